// The conversation: the server's entries, own bubbles that are under way, and three dots while a delivery runs.

import { bubble } from "./bubbles.js";
import { nowMillis } from "./clock_now.js";
import { byId, button, el, fill, icon } from "./dom.js";
import { chatTime, toMillis } from "./format.js";
import { currentFollower, on, store } from "./store.js";

const PAGE = 200;
const PAUSE_MS = 5 * 60_000;
const NEAR_PX = 90;

const list = el("div.chat-list");
const tail = el("div.chat-tail");
const earlier = button(".earlier", { hidden: true, onclick: showEarlier }, "查看更早的消息");
const dots = el("div.dots", { "data-testid": "typing", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
let shown = nothing(null);
let root;
let pill;

export function startChat(chatRoot, toBottom) {
  root = chatRoot;
  pill = fill(toBottom, icon("down"), el("span", {}, "新消息"));
  fill(root, earlier, list, tail);
  pill.addEventListener("click", () => toEnd("smooth"));
  root.addEventListener("scroll", () => isNearEnd() && (pill.hidden = true), { passive: true });
  new ResizeObserver(() => shown.isAtEnd && toEnd()).observe(root);
  root.addEventListener("scroll", () => (shown.isAtEnd = isNearEnd()), { passive: true });
  on("selection chat", update);
  on("followers", updateTail);
  on("templates accounts", rebuild);
  on("clock", tellTimes);
}

function nothing(openid) {
  return { openid, first: 0, count: 0, lastAt: 0, pending: [], isAtEnd: true };
}

function rebuild() {
  shown = nothing(undefined);
  update();
}

function update() {
  const chat = store.chats.get(store.openid);
  const isOther = shown.openid !== store.openid || shown.entries !== chat?.entries;
  if (isOther) begin(chat);
  const fresh = (chat?.entries ?? []).slice(shown.count);
  const wasAtEnd = shown.isAtEnd;
  append(fresh, isOther);
  updateTail();
  if (isOther || wasAtEnd || isOwnLast(chat)) toEnd();
  else if (fresh.some((entry) => entry.from !== "follower")) pill.hidden = false;
}

function begin(chat) {
  const total = chat?.entries.length ?? 0;
  shown = { ...nothing(store.openid), entries: chat?.entries, first: Math.max(0, total - PAGE), count: Math.max(0, total - PAGE) };
  list.replaceChildren();
  earlier.hidden = shown.first === 0;
  pill.hidden = true;
}

function append(entries, isOld) {
  for (const entry of entries) {
    const at = toMillis(entry.at);
    if (at - shown.lastAt > PAUSE_MS) list.append(el("time.pause", { datetime: new Date(at).toISOString() }, chatTime(at, nowMillis())));
    const node = bubble(entry);
    if (!isOld && entry.from !== "follower") node.classList.add("fresh");
    list.append(node);
    shown.lastAt = at || shown.lastAt;
    shown.count += 1;
  }
}

/** Today becomes yesterday when the clock is moved. */
function tellTimes() {
  for (const pause of list.querySelectorAll("time.pause")) pause.textContent = chatTime(toMillis(pause.dateTime), nowMillis());
}

function updateTail() {
  const chat = store.chats.get(store.openid);
  const pending = chat?.pending ?? [];
  for (const one of pending) one.node ??= bubble(one);
  const nodes = pending.map((one) => one.node);
  for (const one of pending) one.node.classList.toggle("failed", Boolean(one.failed));
  if (chat?.running && currentFollower()?.following) nodes.push(dots);
  const isSame = nodes.length === tail.children.length && nodes.every((node, index) => node === tail.children[index]);
  if (isSame) return;
  fill(tail, nodes);
  if (shown.isAtEnd) toEnd();
}

function isOwnLast(chat) {
  return Boolean(chat?.pending.length && !chat.pending.at(-1).failed);
}

/** Draws the page before the first one shown, and stays where the reader was. */
function showEarlier() {
  const { entries } = shown;
  const first = Math.max(0, shown.first - PAGE);
  const fromEnd = root.scrollHeight - root.scrollTop;
  shown = { ...shown, first, count: first, lastAt: 0 };
  list.replaceChildren();
  append(entries.slice(first), true);
  earlier.hidden = first === 0;
  root.scrollTop = root.scrollHeight - fromEnd;
}

function isNearEnd() {
  return root.scrollHeight - root.scrollTop - root.clientHeight < NEAR_PX;
}

function toEnd(behavior = "instant") {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const lastScreen = root.scrollHeight - 2 * root.clientHeight;
  if (root.scrollTop < lastScreen) root.scrollTop = lastScreen;
  root.scrollTo({ top: root.scrollHeight, behavior: isCalm ? "instant" : behavior });
  byId("to-bottom").hidden = true;
  shown.isAtEnd = true;
}
