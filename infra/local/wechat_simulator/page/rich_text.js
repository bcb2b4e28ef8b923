// A text message's links, made safe: only http(s) leads anywhere, everything else stays text.

import { button, el } from "./dom.js";

const ANCHOR = /<a\b([^>]*)>([\s\S]*?)<\/a>/gi;
const BARE = /https?:\/\/[^\s<>"'，。；！？、）】》]+/g;
const MENU_ITEM = /^weixin:\/\/bizmsgmenu\?/i;

/** Nodes for `text`: `<a href>` and bare addresses as links, a bizmsgmenu link as a tappable item. */
export function richText(text, onMenuReply) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(ANCHOR)) {
    nodes.push(...bareLinks(text.slice(from, match.index)), anchor(match[1], match[2], onMenuReply));
    from = match.index + match[0].length;
  }
  return [...nodes, ...bareLinks(text.slice(from))];
}

/** A link that opens outside, or null when `href` is not http(s). */
export function outsideLink(href, label, spec = "a") {
  if (!isWebAddress(href)) return null;
  return el(spec, { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function isWebAddress(href) {
  try {
    return ["http:", "https:"].includes(new URL(href).protocol);
  } catch {
    return false;
  }
}

function anchor(attributes, label, onMenuReply) {
  const href = decode(/href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(attributes)?.slice(1).find(Boolean) ?? "");
  if (MENU_ITEM.test(href) && onMenuReply) return menuItem(href, label, onMenuReply);
  return outsideLink(href, label) ?? el("span.dead-link", { title: href }, label);
}

function menuItem(href, label, onMenuReply) {
  const query = new URLSearchParams(href.slice(href.indexOf("?") + 1));
  const item = { id: query.get("msgmenuid") ?? "", content: query.get("msgmenucontent") || label };
  return button(".text-link", { "data-testid": "menu-reply", onclick: () => onMenuReply(item) }, label);
}

function bareLinks(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(BARE)) {
    nodes.push(text.slice(from, match.index), outsideLink(match[0], match[0]) ?? match[0]);
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)].filter((node) => node !== "");
}

const decode = (href) => href.replaceAll("&amp;", "&");
