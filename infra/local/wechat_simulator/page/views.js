// On a narrow screen one of three areas is shown at a time; here is which.

import { button, byId, fill, icon } from "./dom.js";

const VIEWS = [["followers", "粉丝", "people"], ["phone", "聊天", "chat"], ["wire", "线路", "wire"]];

export function startViews() {
  fill(byId("views"), VIEWS.map(([view, label, drawing]) =>
    button(".view-tab", { "data-view": view, "data-testid": `view-${view}`, onclick: () => show(view) }, icon(drawing), label)));
  show("phone");
}

export function show(view) {
  document.body.dataset.view = view;
  for (const tab of byId("views").children) {
    if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}
