// The wire log: each delivery and API call, the newest first, with what was said in both directions.

import { button, el } from "./dom.js";
import { fullTime, latency, toMillis, wireTime } from "./format.js";
import { on, store } from "./store.js";
import { wireDetail } from "./wire_detail.js";

const PAGE = 200;
const KINDS = { delivery: "推送", api: "接口", clock: "时钟" };
const FILTERS = [
  ["follower", "当前粉丝", (entry) => entry.openid === store.openid],
  ["all", "全部", () => true],
  ["errors", "只看错误", isError],
];

const list = el("ol.log-list", { "aria-label": "线路日志" });
const none = el("p.hint", {}, "这里还没有什么。发一条消息试试。");
const older = button(".earlier", { hidden: true, onclick: showOlder }, "更早的记录");
let filter = "all";
let newest = 0;
let limit = PAGE;

export function logPanel() {
  const choices = el("div.segments", { role: "group", "aria-label": "筛选" }, FILTERS.map(([name, label]) => button("", {
    "data-testid": `log-${name}`, "aria-pressed": String(name === filter), onclick: (event) => choose(name, event.currentTarget),
  }, label)));
  on("log", update);
  on("selection", rebuild);
  return [choices, none, list, older];
}

function choose(name, pressed) {
  filter = name;
  for (const one of pressed.parentNode.children) one.setAttribute("aria-pressed", String(one === pressed));
  limit = PAGE;
  rebuild();
}

function showOlder() {
  limit += PAGE;
  rebuild();
}

function rebuild() {
  list.replaceChildren();
  newest = 0;
  update();
}

function update() {
  const wasEmptied = store.log.at(-1)?.seq < newest || !store.log.length;
  if (wasEmptied) list.replaceChildren();
  if (wasEmptied) newest = 0;
  const matches = FILTERS.find(([name]) => name === filter)[2];
  const wanted = store.log.filter(matches);
  const fresh = wanted.slice(-limit).filter((entry) => entry.seq > newest);
  list.prepend(...fresh.map(row).reverse());
  while (list.children.length > limit) list.lastChild.remove();
  newest = store.log.at(-1)?.seq ?? 0;
  none.hidden = wanted.length > 0;
  older.hidden = wanted.length <= limit;
}

function row(entry) {
  const error = errorOf(entry);
  const facts = el("summary", {},
    el("time", {}, wireTime(toMillis(entry.at))),
    el(`span.kind.kind-${entry.kind}`, {}, KINDS[entry.kind] ?? entry.kind),
    el("span.log-title", { title: entry.title }, titleOf(entry)),
    entry.attempt > 1 && el("span.chip.chip-retry", {}, `第 ${entry.attempt} 次`),
    entry.status && el(`span.chip${entry.status >= 400 ? ".chip-bad" : ""}`, {}, String(entry.status)),
    el("span.latency", {}, latency(entry.seconds)),
    error && el("span.log-error", {}, error));
  const item = el("details", {}, facts);
  item.addEventListener("toggle", () => item.open && item.children.length === 1 && item.append(wireDetail(entry)));
  return el(`li.log-entry${isError(entry) ? ".is-error" : ""}`, { "data-testid": "log-entry", "data-kind": entry.kind, "data-seq": entry.seq }, item);
}

function titleOf({ kind, title, path, at }) {
  if (kind === "api") return (path ?? title).replace("/cgi-bin/", "");
  return kind === "clock" ? `拨到 ${fullTime(toMillis(at))}` : title;
}

/** What went wrong: the transport's word for it, or WeChat's errcode. */
function errorOf({ error, response }) {
  if (error) return error;
  return response?.errcode ? `${response.errcode} ${response.errmsg ?? ""}` : "";
}

function isError(entry) {
  return Boolean(errorOf(entry)) || entry.status >= 400 || (entry.kind === "delivery" && !entry.status);
}
