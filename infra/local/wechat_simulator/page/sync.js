// Fetches what changed, each thing at most once at a time.

import { Unreachable, api } from "./api.js";
import { takeClock } from "./clock_now.js";
import { changed, chatOf, store } from "./store.js";
import { toastError } from "./toast.js";

const LOG_KEPT = 1000;
const SHAPES_MENU = /\/menu\/|\/qrcode\/|template|newtmpl/;

export const refresh = {
  accounts: oneAtATime(async () => put("accounts", await api.accounts())),
  followers: oneAtATime(() => forAccount("followers", api.followers)),
  chat: oneAtATime(fetchChat),
  clock: oneAtATime(async () => takeClock(await api.clock())),
  faults: oneAtATime(async () => put("faults", (await api.faults()).faults)),
  log: oneAtATime(fetchLog),
  furniture: oneAtATime(() => Promise.all([
    forAccount("menu", async (account) => (await api.menu(account))?.button ?? []),
    forAccount("qrcodes", api.qrcodes),
    forAccount("templates", api.templates),
  ])),
};

/** All that belongs to the chosen account. */
export function refreshAccount() {
  store.log = [];
  store.logLast = 0;
  changed("log");
  return Promise.all([refresh.followers(), refresh.furniture(), refresh.log(), refresh.clock(), refresh.faults()]);
}

/** Keeps what was fetched; says so only when it differs, so that nothing is drawn in vain. */
function put(topic, value) {
  if (JSON.stringify(store[topic]) === JSON.stringify(value)) return;
  store[topic] = value;
  changed(topic);
}

async function forAccount(topic, fetchFor) {
  const { account } = store;
  if (!account) return;
  const value = await fetchFor(account);
  if (account === store.account) put(topic, value);
}

async function fetchChat() {
  const { openid } = store;
  if (!openid) return;
  const chat = chatOf(openid);
  const { entries, last } = await api.chat(openid, chat.last);
  if (last < chat.last) return forgetChat(openid);
  const fresh = entries.filter((entry) => entry.seq > chat.last);
  for (const entry of fresh) settlePending(chat, entry);
  chat.entries.push(...fresh);
  chat.last = last;
  changed("chat");
  if (openid !== store.openid) await fetchChat();
}

/** The simulator was started anew: what we hold is of its former life. */
function forgetChat(openid) {
  store.chats.delete(openid);
  return fetchChat();
}

/** An own bubble that was shown at once gives way to the server's record of it. */
function settlePending(chat, entry) {
  if (entry.from !== "follower") return;
  const index = chat.pending.findIndex((one) => one.type === entry.type && (one.text ?? "") === (entry.text ?? ""));
  if (index >= 0) chat.pending.splice(index, 1);
}

async function fetchLog() {
  const { account } = store;
  if (!account) return;
  const { entries, last } = await api.log(store.logLast, account);
  if (account !== store.account) return;
  if (last < store.logLast) store.log = [];
  const fresh = last < store.logLast ? [] : entries.filter((entry) => entry.seq > store.logLast);
  store.logLast = last < store.logLast ? 0 : last;
  store.log = [...store.log, ...fresh].slice(-LOG_KEPT);
  changed("log");
  if (fresh.some((entry) => entry.kind === "api" && SHAPES_MENU.test(entry.path ?? ""))) await refresh.furniture();
}

/** Runs `work` once at a time; asked again meanwhile, it rests as long as it worked and runs once more. */
function oneAtATime(work) {
  let running = null;
  let again = false;
  const untilCurrent = async () => {
    while (again) {
      const started = performance.now();
      again = false;
      await work();
      if (again) await pause(performance.now() - started);
    }
  };
  return function run() {
    again = true;
    running ??= untilCurrent().catch(report).finally(() => (running = null));
    return running;
  };
}

function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

function report(error) {
  if (!(error instanceof Unreachable)) toastError(error);
}
