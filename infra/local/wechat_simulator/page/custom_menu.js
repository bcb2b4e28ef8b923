// The account's custom menu: up to three buttons, each with a list that pops up.

import { click, sendImage, view } from "./acts.js";
import { button, el, fill, icon } from "./dom.js";
import { chooseLocation, chooseScan } from "./pickers.js";
import { toast } from "./toast.js";

const DOES = {
  click: ({ key }) => click(key),
  view: ({ url }) => view(url),
  location_select: chooseLocation,
  scancode_push: chooseScan,
  scancode_waitmsg: chooseScan,
  pic_sysphoto: sendImage,
  pic_photo_or_album: sendImage,
  pic_weixin: sendImage,
  miniprogram: (item) => toast(`打开小程序 ${item.appid ?? ""} ${item.pagepath ?? ""}`),
};

export function menuBar(buttons) {
  return el("div.menu-bar", { role: "menubar", "aria-label": "公众号菜单" }, buttons.map(menuButton));
}

function menuButton(item) {
  const subs = item.sub_button?.list ?? item.sub_button ?? [];
  const popup = el("div.menu-popup", { role: "menu", "aria-label": item.name, hidden: true });
  const opener = button(".menu-button", {
    role: "menuitem",
    "data-testid": "menu-button",
    "aria-haspopup": subs.length ? "menu" : null,
    "aria-expanded": subs.length ? "false" : null,
    onclick: () => (subs.length ? toggle(opener, popup) : run(item)),
  }, subs.length > 0 && icon("lines"), el("span", {}, item.name));
  fill(popup, subs.map((sub) => button(".menu-item", {
    role: "menuitem",
    "data-testid": "menu-item",
    onclick: () => {
      close(opener, popup);
      run(sub);
    },
  }, sub.name)));
  popup.addEventListener("keydown", (event) => onKey(event, opener, popup));
  return el("div.menu-cell", { role: "none" }, opener, subs.length > 0 && popup);
}

function run(item) {
  const does = DOES[item.type];
  if (does) does(item);
  else toast(`模拟器还不会「${item.type}」类型的菜单`);
}

function toggle(opener, popup) {
  if (!popup.hidden) {
    close(opener, popup);
    return;
  }
  popup.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  popup.firstChild?.focus();
  const outside = (event) => {
    if (opener.parentNode?.contains(event.target)) return;
    close(opener, popup);
    document.removeEventListener("pointerdown", outside);
  };
  document.addEventListener("pointerdown", outside);
}

function close(opener, popup) {
  if (popup.contains(document.activeElement)) opener.focus();
  popup.hidden = true;
  opener.setAttribute("aria-expanded", "false");
}

function onKey(event, opener, popup) {
  const items = [...popup.children];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close(opener, popup);
  if (!step) return;
  event.preventDefault();
  items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
}
