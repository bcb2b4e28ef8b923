// The clock that drives the simulator and the app alike, and the buttons that move it.

import { api } from "./api.js";
import { nowMillis, takeClock } from "./clock_now.js";
import { button, el } from "./dom.js";
import { fullTime, shanghai, tomorrowAtNine } from "./format.js";
import { on, store } from "./store.js";
import { toastError } from "./toast.js";

const HOUR = 3600;
const MOVES = [
  ["+1 小时", "clock-1h", () => ({ advance_seconds: HOUR })],
  ["+1 天", "clock-1d", () => ({ advance_seconds: 24 * HOUR })],
  ["+30 天", "clock-30d", () => ({ advance_seconds: 30 * 24 * HOUR })],
  ["到明早 9 点", "clock-9am", () => ({ set: tomorrowAtNine(nowMillis()) })],
];

export function clockPanel() {
  const time = el("time.clock-time", { "data-testid": "clock-now" });
  const day = el("p.clock-day");
  const ahead = el("p.clock-ahead");
  const buttons = MOVES.map(([label, testid, change]) => button(".secondary", {
    "data-testid": testid, onclick: (event) => move(event.currentTarget, change()),
  }, label));
  const tick = () => {
    const now = nowMillis();
    const words = fullTime(now);
    if (time.dateTime !== new Date(now).toISOString()) time.dateTime = new Date(now).toISOString();
    time.textContent = words;
    day.textContent = `${shanghai(now).weekday} · 北京时间`;
    ahead.textContent = aheadWords(store.clock?.offset ?? 0);
  };
  on("clock", tick);
  setInterval(tick, 1000);
  tick();
  return [el("div.clock-face", {}, time, day, ahead), el("div.clock-moves", {}, buttons),
    el("p.note", {}, "公众号和微信共用这只钟。拨动以后，到期的任务、窗口和额度都按新的时间走。")];
}

async function move(pressed, change) {
  pressed.disabled = true;
  try {
    takeClock(await api.moveClock(change));
  } catch (error) {
    toastError(error);
  }
  pressed.disabled = false;
}

function aheadWords(seconds) {
  const minutes = Math.round(seconds / 60);
  if (!minutes) return "与真实时间一致";
  const days = Math.floor(Math.abs(minutes) / 1440);
  const hours = Math.floor((Math.abs(minutes) % 1440) / 60);
  const rest = Math.abs(minutes) % 60;
  const parts = [days && `${days} 天`, hours && `${hours} 小时`, rest && `${rest} 分钟`].filter(Boolean).join(" ");
  return `比真实时间${minutes > 0 ? "快" : "慢"} ${parts}`;
}
