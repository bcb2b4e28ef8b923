// The simulated time, running on between two answers of the server.

import { toMillis } from "./format.js";
import { changed, store } from "./store.js";

export function takeClock({ now, offset_seconds: offset }) {
  store.clock = { millis: toMillis(now), readAt: performance.now(), offset };
  changed("clock");
}

export function nowMillis() {
  if (!store.clock) return Date.now();
  return store.clock.millis + performance.now() - store.clock.readAt;
}
