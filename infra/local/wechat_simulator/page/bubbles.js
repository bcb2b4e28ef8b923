// One message as the follower sees it.

import { tapMenuItem } from "./acts.js";
import { accountAvatar, avatar } from "./avatar.js";
import { newsCard, noticeCard } from "./cards.js";
import { button, el, icon } from "./dom.js";
import { bareImage, linkCard, locationCard, miniprogramCard, musicCard, videoBubble, voiceBubble } from "./media.js";
import { richText } from "./rich_text.js";
import { currentAccount, currentFollower } from "./store.js";

const IN_BUBBLE = { text: textOf, voice: voiceBubble, menu: menuOf };
const BARE = {
  image: bareImage, video: videoBubble, shortvideo: videoBubble, location: locationCard, music: musicCard, link: linkCard,
  miniprogram: miniprogramCard,
};
const CARDS = { template: noticeCard, subscribe: noticeCard, news: newsCard, mpnews: newsCard };
const LINES = { transfer: "已转接人工客服", transfer_customer_service: "已转接人工客服" };

export function bubble(entry) {
  if (entry.type === "error") return line(entry, "error-line", [icon("warning"), el("span", {}, entry.text)]);
  const isLine = entry.from === "system" || entry.type === "event" || LINES[entry.type];
  if (isLine) return line(entry, "system-line", [el("span", {}, LINES[entry.type] ?? entry.text ?? entry.type)]);
  if (CARDS[entry.type]) return el("div.row.row-card", {}, mark(CARDS[entry.type](entry), entry));
  const isOwn = entry.from === "follower";
  const face = isOwn ? followerFace() : accountAvatar(currentAccount());
  return el(`div.row.row-${isOwn ? "own" : "account"}`, {}, face, mark(body(entry), entry),
    entry.ai && el("span.ai-mark", {}, "内容由 AI 生成"),
    isOwn && el("span.failed-mark", { "aria-label": "没有发出" }, "!"));
}

function body(entry) {
  if (BARE[entry.type]) return BARE[entry.type](entry);
  return el(`div.bubble.bubble-${entry.type}`, {}, (IN_BUBBLE[entry.type] ?? otherOf)(entry));
}

function mark(node, entry) {
  node.dataset.testid = "bubble";
  node.dataset.from = entry.from;
  node.dataset.type = entry.type;
  if (entry.seq) node.dataset.seq = entry.seq;
  return node;
}

function line(entry, look, content) {
  return el("div.row.row-line", {}, mark(el(`p.${look}`, {}, content), entry));
}

function followerFace() {
  const follower = currentFollower();
  return avatar(follower?.name ?? "我", follower?.openid);
}

function textOf(entry) {
  return richText(entry.text ?? "", entry.from === "account" ? tapMenuItem : null);
}

function menuOf({ head, items = [], tail }) {
  const rows = items.map((item) => button(".text-link.menu-line", { "data-testid": "menu-reply", onclick: () => tapMenuItem(item) }, item.content));
  return [head && el("span", {}, head), el("span.menu-lines", {}, rows), tail && el("span", {}, tail)];
}

function otherOf(entry) {
  return entry.text ?? entry.content ?? `[${entry.type}]`;
}
