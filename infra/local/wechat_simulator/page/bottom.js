// Below the chat: 关注 for someone who does not follow, else the custom menu or the text input.

import { startComposer } from "./composer.js";
import { menuBar } from "./custom_menu.js";
import { button, el, fill, icon } from "./dom.js";
import { followPanel } from "./profile.js";
import { currentFollower, on, store } from "./store.js";

const KEY = "wechat-simulator-input";

const composer = startComposer();
let drawn = "";

export function startBottom(root) {
  const update = () => draw(root);
  on("selection followers menu accounts", update);
  on("chat", update);
  update();
}

function draw(root) {
  const follower = currentFollower();
  const mode = !follower ? "empty" : !follower.following ? "profile" : isTyping() ? "text" : "menu";
  const has = Boolean(store.chats.get(store.openid)?.entries.length);
  const menu = mode === "menu" ? store.menu : store.menu.length > 0;
  const state = JSON.stringify([mode, store.openid, store.account, menu, has]);
  if (state === drawn) return;
  drawn = state;
  root.dataset.mode = mode;
  if (mode === "empty") fill(root);
  else if (mode === "profile") fill(root, followPanel(has));
  else if (mode === "text") fill(root, composer.row(store.openid, store.menu.length ? toggle(root, "menu-lines", "切换到菜单") : null), composer.drawer);
  else fill(root, el("div.input-row.menu-row", {}, toggle(root, "keyboard", "切换到键盘"), menuBar(store.menu)));
}

function isTyping() {
  return !store.menu.length || sessionStorage.getItem(KEY) === "text";
}

function toggle(root, drawing, label) {
  return button(".round.toggle", {
    "data-testid": "toggle-input",
    "aria-label": label,
    onclick: () => {
      sessionStorage.setItem(KEY, isTyping() ? "menu" : "text");
      composer.close();
      draw(root);
      if (isTyping()) composer.focus();
      else root.querySelector(".toggle")?.focus();
    },
  }, icon(drawing));
}
