// Pictures, voices, videos, places and songs. Nothing is loaded from another site: what is not ours is drawn.

import { el, icon } from "./dom.js";

const MIN_VOICE = 84;
const PER_SECOND = 5;

export function bareImage(entry) {
  return el("div.media-image", { role: "img", "aria-label": "图片" }, ownImage(entry.url ?? entry.picurl) ?? icon("picture"));
}

export function videoBubble(entry) {
  return el("div.media-video", { role: "img", "aria-label": `视频 ${entry.title ?? ""}` }, icon("play"), entry.title && el("span", {}, entry.title));
}

export function voiceBubble(entry) {
  const words = entry.recognition || entry.text;
  const seconds = Math.min(60, Math.max(1, Math.round(entry.duration ?? entry.seconds ?? 3)));
  const bar = el("span.voice", { role: "img", "aria-label": `语音 ${seconds} 秒` }, icon("voice"), `${seconds}″`);
  bar.style.setProperty("inline-size", `${MIN_VOICE + seconds * PER_SECOND - 24}px`);
  const recognised = words && el("span.voice-words", {}, words);
  return [bar, recognised];
}

export function locationCard(entry) {
  const [name, detail] = placeWords(entry);
  return el("div.media-location", {}, el("span.place", {}, el("b", {}, name), el("small", {}, detail)),
    el("span.map", { "aria-hidden": "true" }, icon("pin")));
}

export function musicCard(entry) {
  return el("div.media-music", {}, el("span.place", {}, el("b", {}, entry.title ?? "音乐"), el("small", {}, entry.description ?? "")), icon("play"));
}

export function linkCard(entry) {
  return el("div.media-music", {}, el("span.place", {}, el("b", {}, entry.title ?? entry.url), el("small", {}, entry.description || entry.url)));
}

export function miniprogramCard(entry) {
  return el("div.media-location", {}, el("span.place", {}, el("b", {}, entry.title), el("small", {}, `小程序 ${entry.appid} ${entry.pagepath}`)),
    el("span.cover", {}, icon("picture")));
}

/** An image of this server; null for any other address. */
export function ownImage(address) {
  if (!address) return null;
  const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
  return url?.origin === location.origin ? el("img", { src: url.href, alt: "", loading: "lazy" }) : null;
}

function placeWords({ label, lat, lng }) {
  const where = `北纬 ${Number(lat).toFixed(4)}，东经 ${Number(lng).toFixed(4)}`;
  return label ? [label, where] : ["我的位置", where];
}
