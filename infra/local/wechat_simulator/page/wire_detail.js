// One entry of the wire log, opened: what was said in both directions.

import { button, el, fill } from "./dom.js";
import { highlight, tidy } from "./highlight.js";
import { copy } from "./pickers.js";

export function wireDetail(entry) {
  const parts = entry.kind === "delivery" ? deliveryParts(entry) : callParts(entry);
  return el("div.log-detail", {}, parts);
}

/** The decrypted words of both sides; the envelope as it went over the wire is folded away. */
function deliveryParts({ request, response, path }) {
  if (typeof request === "string") return [pathLine(path), payload("推送", request), payload("回复", response)];
  return [
    pathLine(request?.url),
    payload("推送（已解密）", request?.xml ?? request?.json),
    response?.xml ? payload("回复（已解密）", response.xml) : payload("回复", response?.body),
    envelope(request, response),
  ];
}

function callParts({ title, request, response }) {
  const query = request?.query ?? {};
  const said = request?.json ?? (request?.query ? null : request);
  const isEmpty = said && typeof said === "object" && !Object.keys(said).length;
  return [
    pathLine(title),
    Object.keys(query).length > 0 && payload("查询参数", query),
    !isEmpty && payload("请求", said),
    payload("应答", response),
  ];
}

function envelope(request, response) {
  const around = request?.query ?? request?.headers;
  if (!around) return null;
  const sealed = response?.xml && response.body !== response.xml ? response.body : null;
  return el("details.payload-raw", {}, el("summary", {}, "线上的样子"),
    payload(request.query ? "查询参数" : "请求头", around), payload("推送", request.body), sealed && payload("回复", sealed));
}

function pathLine(path) {
  return path && el("p.log-path", {}, path);
}

function payload(label, data) {
  const text = tidy(data);
  if (!text) return el("p.payload-empty", {}, `${label}：空`);
  const take = button(".copy", { "aria-label": `复制${label}`, onclick: () => copy(text) }, "复制");
  return el("figure.payload", {}, el("figcaption", {}, label, take), fill(el("pre"), highlight(text)));
}
