// Listens to the simulator: what changed is fetched, a lost connection is shown calmly and tried again.

import { byId } from "./dom.js";
import { store } from "./store.js";
import { refresh } from "./sync.js";

const RETRY_MS = 1500;
const GATHER_MS = 60;
const CALM_MS = 1200;

const TOPICS = {
  followers: ["followers"],
  chat: ["chat", "followers"],
  log: ["log", "faults"],
  clock: ["clock", "followers"],
  faults: ["faults"],
};

let gathering = null;
let bannerTimer = null;

/** Starts listening; `load` runs when the simulator is there again after a loss, or has its first account. */
export function listen(load) {
  let lost = false;
  const connect = () => {
    const source = new EventSource("sim/stream");
    source.onopen = () => {
      showBanner(false);
      if (lost) load();
      else gather(TOPICS, load);
      lost = false;
    };
    source.onmessage = (event) => gather(JSON.parse(event.data), load);
    source.onerror = () => {
      lost = true;
      showBanner(true);
      source.close();
      setTimeout(connect, RETRY_MS);
    };
  };
  connect();
}

/** Notes what is stale and fetches it a moment later, all at once. */
function gather(news, load) {
  const stale = gathering?.stale ?? new Set();
  for (const [kind, topics] of Object.entries(TOPICS)) {
    if (kind in news) topics.forEach((topic) => stale.add(topic));
  }
  gathering ??= { stale, timer: setTimeout(() => fetchStale(stale, load), GATHER_MS) };
}

function fetchStale(stale, load) {
  gathering = null;
  if (!store.account) load();
  else stale.forEach((topic) => refresh[topic]());
}

function showBanner(on) {
  clearTimeout(bannerTimer);
  if (on && byId("banner").hidden) bannerTimer = setTimeout(() => (byId("banner").hidden = false), CALM_MS);
  if (!on) byId("banner").hidden = true;
}
