// A few faults that WeChat and the network really have, each one switch.

import { api } from "./api.js";
import { button, el, fill } from "./dom.js";
import { on, store } from "./store.js";
import { refresh } from "./sync.js";
import { toastError } from "./toast.js";

const FAULTS = [
  ["reply-lost", "回复丢失一次", "公众号答了，微信没收到，于是重投", { kind: "reply_lost" }],
  ["duplicate", "重复投递 ×3", "下一条消息先后到三次", { kind: "duplicate", copies: 3 }],
  ["concurrent", "同时投递 ×3", "下一条消息同时到三次", { kind: "concurrent", copies: 3 }],
  ["token", "令牌一直失效", "所有接口回答 40001", { kind: "api_token_rejected", times: null }],
  ["quota", "配额用尽", "所有接口回答 45009", { kind: "api_daily_quota", times: null }],
  ["busy", "系统繁忙", "所有接口回答 -1", { kind: "api_busy", times: null }],
];

export function faultsPanel() {
  const list = el("ul.fault-list", { role: "list" });
  const clear = button(".secondary.wide", { "data-testid": "fault-clear", onclick: () => set(api.clearFaults()) }, "清除全部故障");
  on("faults", () => redraw(list));
  redraw(list);
  return [list, clear];
}

/** Draws the switches again and keeps the focus on the one that had it. */
function redraw(list) {
  const focused = document.activeElement?.dataset?.testid;
  fill(list, FAULTS.map(item));
  if (focused) list.querySelector(`[data-testid="${focused}"]`)?.focus();
}

function item([name, label, note, fault]) {
  const isOn = isWaiting(fault);
  const toggle = button(".switch", {
    role: "switch", "data-testid": `fault-${name}`, "aria-checked": String(isOn), "aria-label": label,
    onclick: () => set(isOn ? without(fault) : api.addFault(fault)),
  }, el("span.knob"));
  return el("li", {}, el("span.fault-text", {}, el("b", {}, label), el("small", {}, note)), toggle);
}

function isWaiting({ kind }) {
  return store.faults.some((one) => one.kind === kind);
}

/** The server can only clear all: what else was waiting is ordered again. */
async function without({ kind }) {
  const others = store.faults.filter((one) => one.kind !== kind);
  await api.clearFaults();
  for (const { id: _, ...order } of others) await api.addFault(order);
}

async function set(request) {
  try {
    await request;
    await refresh.faults();
  } catch (error) {
    toastError(error);
  }
}
