// The account as someone sees it who does not follow: a card with 关注.

import { follow } from "./acts.js";
import { accountAvatar } from "./avatar.js";
import { button, el } from "./dom.js";
import { chooseScan } from "./pickers.js";
import { currentAccount } from "./store.js";

/** The card fills the phone for a newcomer, and is a strip below the history for one who left. */
export function followPanel(hasHistory) {
  const account = currentAccount();
  const buttons = el("div.follow-buttons", {},
    button(".primary.wide", { "data-testid": "follow", onclick: once(follow) }, "关注公众号"),
    button(".secondary.wide", { "data-testid": "scan-follow", onclick: chooseScan }, "扫码关注"));
  return el(`section.profile-card${hasHistory ? ".profile-strip" : ""}`, { "aria-label": "公众号资料" },
    accountAvatar(account), el("h3", {}, account?.name ?? ""), el("p", {}, `服务号 · ${account?.gh_id ?? ""}`), buttons);
}

/** Disables the button until what it does is over. */
function once(work) {
  return async (event) => {
    const pressed = event.currentTarget;
    pressed.disabled = true;
    await work();
    pressed.disabled = false;
  };
}
