// Wide cards: service notices from a template, and news.

import { nowMillis } from "./clock_now.js";
import { el, icon } from "./dom.js";
import { shanghai, toMillis } from "./format.js";
import { ownImage } from "./media.js";
import { isWebAddress, outsideLink } from "./rich_text.js";
import { templateOf } from "./store.js";

const PLACE = /^(.*?)\{\{\s*(\w+)\.DATA\s*\}\}(.*)$/;

export function noticeCard(entry) {
  const template = templateOf(entry.template_id);
  const title = entry.title ?? template?.title ?? "服务通知";
  const rows = linesOf(entry, template).map(noticeRow);
  return el("article.notice", {},
    el("header", {}, el("h3", {}, title), el("time", {}, day(entry.at))),
    el("div.notice-rows", {}, rows), foot(entry));
}

export function newsCard({ articles = [], article_id: id = "" }) {
  const [first, ...others] = articles;
  if (!first) return newsCard({ articles: [{ title: "图文消息", description: id }] });
  const lead = articleBox("a.news-lead", first, [
    el("span.cover", {}, ownImage(first.picurl) ?? icon("picture")),
    el("h3", {}, first.title),
    !others.length && first.description && el("p", {}, first.description),
  ]);
  return el("article.news", {}, lead, others.map((one) => articleBox("a.news-more", one, [
    el("h4", {}, one.title), el("span.cover-small", {}, ownImage(one.picurl) ?? icon("picture")),
  ])));
}

/** `[label, value]` per line as the platform laid them out, else by the template's content, else the bare values. */
function linesOf({ lines, data = {} }, template) {
  if (lines) return lines.map(({ name, value }) => [name, value]);
  const content = template?.content;
  if (!content) return Object.entries(data).map(([key, field]) => [key, valueOf(field)]);
  return content.split("\n").map((text) => {
    const match = PLACE.exec(text);
    if (!match) return ["", text];
    return [match[1].replace(/[:：]\s*$/, ""), valueOf(data[match[2]]) + match[3]];
  }).filter(([, value]) => value);
}

function noticeRow([label, value]) {
  return label ? el("div.notice-row", {}, el("span.label", {}, label), el("span", {}, value)) : el("p.notice-line", {}, value);
}

function foot(entry) {
  const miniprogram = entry.miniprogram?.appid;
  if (miniprogram) return el("span.notice-foot", {}, "小程序", icon("next"));
  if (!isWebAddress(entry.url)) return null;
  const link = outsideLink(entry.url, "查看详情", "a.notice-foot");
  link.append(icon("next"));
  return link;
}

function articleBox(spec, { url }, content) {
  const node = outsideLink(url, "", spec) ?? el(spec.replace(/^a/, "div"));
  node.append(...content.filter(Boolean));
  return node;
}

function valueOf(field) {
  return String((typeof field === "object" ? field?.value : field) ?? "");
}

function day(at) {
  const { month, day: date } = shanghai(toMillis(at) || nowMillis());
  return `${month}月${date}日`;
}
