// The list of followers, the account switch and the button that makes a new follower.

import { api } from "./api.js";
import { accountAvatar, avatar } from "./avatar.js";
import { nowMillis } from "./clock_now.js";
import { button, el, fill } from "./dom.js";
import { listTime, toMillis } from "./format.js";
import { preview } from "./preview.js";
import { chooseAccount, chooseFollower } from "./selection.js";
import { currentAccount, on, store } from "./store.js";
import { refresh } from "./sync.js";
import { toastError } from "./toast.js";
import { show } from "./views.js";

const SHOWN = 200;
const MODES = { plain: "明文", compatible: "兼容", safe: "安全" };

const list = el("ul.follower-list", { role: "list", "aria-label": "粉丝列表" });
const head = el("div.account");
const search = el("input.field", { type: "search", placeholder: "搜索", "aria-label": "搜索粉丝", oninput: showList });
const name = el("input.field", { placeholder: "昵称", title: "可不填", "aria-label": "新粉丝的昵称，可不填", maxlength: 30 });

export function startFollowers(root) {
  const make = el("form.new-follower", { onsubmit: create }, name,
    el("button.primary", { type: "submit", "data-testid": "new-follower" }, "新建粉丝"));
  fill(root, head, el("div.search", {}, search), list, make);
  list.addEventListener("keydown", moveFocus);
  on("accounts selection", showHead);
  on("followers selection clock templates", showList);
}

function showHead() {
  const account = currentAccount();
  if (!account) return fill(head, el("p.hint", {}, "还没有公众号"));
  const title = store.accounts.length > 1 ? accountSwitch() : el("h1", {}, account.name);
  const mode = MODES[account.mode] ?? account.mode;
  const facts = [account.appid, mode && `${mode}模式`].filter(Boolean).join(" · ");
  return fill(head, accountAvatar(account), el("div.account-facts", {}, title, el("p", { title: account.callback_url }, facts)));
}

function accountSwitch() {
  const options = store.accounts.map((one) => el("option", { value: one.account, selected: one.account === store.account }, one.name));
  return el("select", { "aria-label": "公众号", "data-testid": "account", onchange: (event) => chooseAccount(event.target.value) }, options);
}

function showList() {
  const wanted = search.value.trim().toLowerCase();
  const found = sorted().filter((one) => !wanted || `${one.name} ${one.openid}`.toLowerCase().includes(wanted));
  const focused = document.activeElement?.dataset?.openid;
  const more = found.length > SHOWN && el("li.hint", {}, `还有 ${found.length - SHOWN} 位，请搜索`);
  const none = !found.length && el("li.hint", {}, wanted ? "没有这样的粉丝" : "还没有粉丝，先新建一位");
  fill(list, found.slice(0, SHOWN).map(item), more, none);
  if (focused) list.querySelector(`[data-openid="${CSS.escape(focused)}"]`)?.focus();
}

function sorted() {
  const heard = (one) => toMillis(one.last_at ?? one.subscribed_at) || 0;
  return [...store.followers].sort((a, b) => heard(b) - heard(a));
}

function item(follower) {
  const isChosen = follower.openid === store.openid;
  const at = toMillis(follower.last_at);
  return el("li", {}, button(".follower", {
    "data-testid": "follower-item",
    "data-openid": follower.openid,
    "aria-current": isChosen ? "true" : null,
    onclick: () => open(follower.openid),
  },
  el("span.face", {}, avatar(follower.name, follower.openid), badge(isChosen ? 0 : follower.unread)),
  el("span.who", {}, el("span.name", {}, follower.name), el("span.state", {}, stateOf(follower) ?? preview(follower))),
  el("time", {}, at ? listTime(at, nowMillis()) : "")));
}

function open(openid) {
  chooseFollower(openid);
  show("phone");
}

function badge(unread) {
  return unread > 0 && el("span.badge", { "aria-label": `${unread} 条未读` }, unread > 99 ? "99+" : String(unread));
}

export function stateOf(follower) {
  if (follower.closed) return "已注销微信";
  if (follower.following) return null;
  return follower.subscribed_at || follower.last_at ? "已取消关注" : "未关注";
}

async function create(event) {
  event.preventDefault();
  try {
    const { openid } = await api.createFollower(store.account, name.value.trim());
    name.value = "";
    await refresh.followers();
    open(openid);
  } catch (error) {
    toastError(error);
  }
}

function moveFocus(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const items = [...list.querySelectorAll(".follower")];
  items[items.indexOf(document.activeElement) + step]?.focus();
  event.preventDefault();
}
