// Short notes over the page, gone by themselves.

import { byId, el } from "./dom.js";

const SHOWN_MS = 4200;

export function toast(text, { error = false, link = null } = {}) {
  const node = el(`div.toast${error ? ".toast-error" : ""}`, { "data-testid": "toast" }, el("span", {}, text), link);
  const toasts = byId("toasts");
  toasts.append(node);
  while (toasts.children.length > 3) toasts.firstChild.remove();
  setTimeout(() => node.remove(), link ? SHOWN_MS * 2 : SHOWN_MS);
}

export const toastError = (error) => toast(error.message || String(error), { error: true });
