// Panels that slide up inside the phone: lists of choices, and free content.

import { button, byId, el, fill } from "./dom.js";
import { on } from "./store.js";

let giveBack = null;

document.addEventListener("keydown", (event) => event.key === "Escape" && closeSheet());
on("selection", closeSheet);

/** A list of `{label, pick, danger?, testid?}`, with 取消 below. */
export function actionSheet(title, items) {
  const rows = items.map(({ label, pick, danger, testid }) => button(`.sheet-row${danger ? ".danger" : ""}`, {
    "data-testid": testid,
    onclick: () => (closeSheet(), pick()),
  }, label));
  open(title ?? "更多", [title && el("p.sheet-title", {}, title), ...rows, el("div.sheet-gap"),
    button(".sheet-row", { onclick: closeSheet }, "取消")]);
}

/** A panel of its own, headed by `title` and a button that closes it. */
export function contentSheet(title, ...content) {
  const close = button(".sheet-close", { "aria-label": "关闭", onclick: closeSheet }, "关闭");
  open(title, [el("div.sheet-head", {}, el("h3", {}, title), close), el("div.sheet-body", {}, ...content)]);
}

export function closeSheet() {
  const overlay = byId("overlay");
  if (overlay.hidden) return;
  overlay.hidden = true;
  overlay.replaceChildren();
  byId("screen").inert = false;
  giveBack?.focus();
}

function open(label, content) {
  giveBack = byId("overlay").hidden ? document.activeElement : giveBack;
  const panel = el("div.sheet", { role: "dialog", "aria-modal": "true", "aria-label": label, tabindex: "-1" }, ...content);
  fill(byId("overlay"), el("div.sheet-shade", { onclick: closeSheet }), panel);
  byId("overlay").hidden = false;
  byId("screen").inert = true;
  panel.focus();
}
