// The text input: Enter sends, except while an input method composes; "+" opens a drawer.

import { say, sendImage, sendVoice } from "./acts.js";
import { button, el, fill, icon } from "./dom.js";
import { chooseLocation, chooseSubscription } from "./pickers.js";

const IME_KEYCODE = 229;

const DRAWER = [
  ["pin", "发送位置", "plus-location", chooseLocation],
  ["picture", "图片", "plus-image", sendImage],
  ["microphone", "语音", "plus-voice", sendVoice],
  ["bell", "接受订阅通知", "plus-accept", () => chooseSubscription(true)],
  ["bell-off", "拒绝订阅", "plus-reject", () => chooseSubscription(false)],
];

/** The row, the drawer below it, and what others may ask of them. Each follower has a draft of their own. */
export function startComposer() {
  const drafts = new Map();
  let writer = null;
  const input = el("textarea.input", { rows: 1, "data-testid": "input", "aria-label": "输入消息", maxlength: 2000, enterkeyhint: "send" });
  const send = button(".primary.send", { "data-testid": "send", hidden: true, onclick: submit }, "发送");
  const plus = button(".round", {
    "data-testid": "plus", "aria-label": "更多功能", "aria-expanded": "false", onclick: () => open(drawer.hidden),
  }, icon("plus"));
  const drawer = el("div.drawer", { hidden: true, role: "group", "aria-label": "更多功能" }, DRAWER.map(drawerItem));

  input.addEventListener("input", showSend);
  input.addEventListener("focus", () => open(false));
  input.addEventListener("keydown", (event) => {
    const isComposing = event.isComposing || event.keyCode === IME_KEYCODE;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    submit();
  });

  function submit() {
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    showSend();
    input.focus();
    say(text);
  }

  function swapDraft(openid) {
    if (openid === writer) return;
    drafts.set(writer, input.value);
    writer = openid;
    input.value = drafts.get(openid) ?? "";
    open(false);
    showSend();
  }

  function showSend() {
    send.hidden = !input.value.trim();
    plus.hidden = !send.hidden;
  }

  function open(isOpen) {
    drawer.hidden = !isOpen;
    plus.setAttribute("aria-expanded", String(isOpen));
  }

  function drawerItem([drawing, label, testid, pick]) {
    return button(".drawer-item", { "data-testid": testid, onclick: () => (open(false), pick()) }, el("span.drawer-icon", {}, icon(drawing)), label);
  }

  const rowNode = el("div.input-row");
  return {
    row: (openid, toggle) => {
      swapDraft(openid);
      return fill(rowNode, toggle, input, plus, send);
    },
    drawer,
    focus: () => input.focus(),
    close: () => open(false),
  };
}
