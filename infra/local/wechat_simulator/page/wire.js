// The panel beside the phone: five tabs.

import { button, el, fill } from "./dom.js";
import { clockPanel } from "./panel_clock.js";
import { faultsPanel } from "./panel_faults.js";
import { logPanel } from "./panel_log.js";
import { qrPanel } from "./panel_qr.js";
import { statePanel } from "./panel_state.js";

const KEY = "wechat-simulator-tab";
const TABS = [
  ["log", "线路日志", logPanel], ["clock", "时钟", clockPanel], ["qr", "渠道码", qrPanel],
  ["faults", "故障", faultsPanel], ["state", "状态", statePanel],
];

export function startWire(root) {
  const tabs = TABS.map(([name, label]) => button(".tab", {
    id: `tab-${name}`, role: "tab", "data-testid": `tab-${name}`, "aria-controls": `panel-${name}`, onclick: () => choose(name),
  }, label));
  const panels = TABS.map(([name, , make]) => el(`section.panel.panel-${name}`, {
    id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}`, tabindex: "0",
  }, make()));
  const bar = el("div.tabs", { role: "tablist", "aria-label": "线路与控制" }, tabs);
  bar.addEventListener("keydown", (event) => moveTab(event, tabs));
  fill(root, bar, panels);
  choose(sessionStorage.getItem(KEY) ?? "log");

  function choose(name) {
    const index = Math.max(0, TABS.findIndex(([one]) => one === name));
    sessionStorage.setItem(KEY, TABS[index][0]);
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === index));
      tab.tabIndex = at === index ? 0 : -1;
      panels[at].hidden = at !== index;
    });
  }
}

function moveTab(event, tabs) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length);
  next.click();
  next.focus();
}
