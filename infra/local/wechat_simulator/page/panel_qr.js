// The account's channel codes, to be scanned by the chosen follower.

import { scan } from "./acts.js";
import { qrImage } from "./api.js";
import { nowMillis } from "./clock_now.js";
import { button, el, fill } from "./dom.js";
import { remaining, toMillis } from "./format.js";
import { qrName } from "./pickers.js";
import { on, store } from "./store.js";
import { show } from "./views.js";

export function qrPanel() {
  const list = el("ul.qr-list", { role: "list" });
  const update = () => fill(list, store.qrcodes.length ? store.qrcodes.map(item) : el("li.hint", {}, "公众号还没有生成渠道码"));
  on("qrcodes selection clock", update);
  return list;
}

function item(code) {
  const name = qrName(code);
  return el("li.qr-item", { "data-testid": "qr-item", "data-scene": code.scene },
    el("img", { src: qrImage(code.ticket), alt: `${name}的渠道码`, loading: "lazy", width: 124 }),
    el("b", {}, name),
    el("small", {}, [code.name && code.scene, lasting(code)].filter(Boolean).join(" · ")),
    button(".secondary", { "data-testid": "qr-scan", disabled: !store.openid, onclick: () => (show("phone"), scan(code.scene)) }, "扫码"));
}

function lasting({ permanent, expires_at: until }) {
  if (permanent) return "永久";
  const left = until ? toMillis(until) - nowMillis() : null;
  if (left === null) return "临时";
  return left > 0 ? `还有 ${remaining(left)}` : "已过期";
}
