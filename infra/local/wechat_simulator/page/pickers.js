// What a follower chooses from: a channel code, a place, a subscription; and the own profile.

import { accept, reject, scan, sendLocation } from "./acts.js";
import { qrImage } from "./api.js";
import { avatar } from "./avatar.js";
import { button, el } from "./dom.js";
import { fullTime, toMillis } from "./format.js";
import { actionSheet, closeSheet, contentSheet } from "./sheet.js";
import { currentAccount, currentFollower, store } from "./store.js";
import { toast } from "./toast.js";

const PLACES = [
  { label: "北京市东城区天安门广场", lat: 39.9087, lng: 116.3975 },
  { label: "上海市黄浦区外滩", lat: 31.2400, lng: 121.4906 },
  { label: "广州市海珠区广州塔", lat: 23.1065, lng: 113.3245 },
  { label: "深圳市南山区深圳湾公园", lat: 22.5207, lng: 113.9468 },
  { label: "杭州市西湖区断桥残雪", lat: 30.2590, lng: 120.1481 },
  { label: "成都市锦江区春熙路", lat: 30.6571, lng: 104.0801 },
];

export const qrName = (code) => code.name || code.scene;

export function chooseScan() {
  const codes = store.qrcodes.map((code) => button(".sheet-item", { "data-testid": "sheet-qr", onclick: () => (closeSheet(), scan(code.scene)) },
    el("img.qr-thumb", { src: qrImage(code.ticket), alt: "", loading: "lazy" }),
    el("span.item-text", {}, el("b", {}, qrName(code)), el("small", {}, `场景值 ${code.scene}`))));
  const none = !codes.length && el("p.hint", {}, "公众号还没有渠道码，也可以直接填场景值");
  contentSheet("扫渠道码", codes, none, oneFieldForm("其他场景值", "扫码", scan));
}

export function chooseLocation() {
  const places = PLACES.map((place) => button(".sheet-item", { "data-testid": "place", onclick: () => (closeSheet(), sendLocation(place)) },
    el("span.item-text", {}, el("b", {}, place.label), el("small", {}, `北纬 ${place.lat}，东经 ${place.lng}`))));
  contentSheet("发送位置", places, oneFieldForm("纬度, 经度", "发送", sendTyped));
}

export function chooseSubscription(isAccepted) {
  const templates = store.templates.subscribe ?? [];
  if (!templates.length) {
    toast("公众号还没有订阅通知模板");
    return;
  }
  const choose = isAccepted ? accept : reject;
  actionSheet(isAccepted ? "接受哪一个订阅通知？" : "拒绝哪一个订阅通知？",
    templates.map((one) => ({ label: one.title, testid: "subscription", pick: () => choose(one.template_id) })));
}

export function showProfile() {
  const follower = currentFollower();
  if (!follower) return;
  const facts = [
    ["OpenID", follower.openid],
    ["公众号", currentAccount()?.name],
    ["关注时间", follower.subscribed_at ? fullTime(toMillis(follower.subscribed_at)) : "未关注"],
    ["标签", follower.tags?.map((tag) => tag.name).join("、") || "无"],
  ];
  contentSheet("我的资料",
    el("div.profile-head", {}, avatar(follower.name, follower.openid), el("b", {}, follower.name)),
    el("dl.facts", {}, facts.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
    button(".secondary.wide", { "data-testid": "copy-openid", onclick: () => copy(follower.openid) }, "复制 OpenID"));
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("已复制");
  } catch {
    toast("浏览器不让复制，请手动选取");
  }
}

function oneFieldForm(placeholder, label, submit) {
  const field = el("input.field", { placeholder, "aria-label": placeholder });
  return el("form.sheet-form", {
    onsubmit: (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      closeSheet();
      submit(field.value.trim());
    },
  }, field, el("button.primary", { type: "submit" }, label));
}

function sendTyped(text) {
  const [lat, lng] = text.split(/[,，\s]+/).map(Number);
  if (Number.isFinite(lat) && Number.isFinite(lng)) sendLocation({ lat, lng });
  else toast("请写成：39.9087, 116.3975");
}
