// The phone's status bar, with the simulated time.

import { nowMillis } from "./clock_now.js";
import { el, fill, icon } from "./dom.js";
import { shanghai } from "./format.js";
import { on } from "./store.js";

export function startStatusBar(root) {
  const time = el("span.status-time");
  const tick = () => (time.textContent = shanghai(nowMillis()).time);
  fill(root, time, el("span.island"), el("span.status-icons", {}, icon("signal"), icon("wifi"), icon("battery")));
  on("clock", tick);
  setInterval(tick, 1000);
  tick();
}
