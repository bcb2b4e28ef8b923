// What the page knows, and who wants to hear when a part of it changes.

export const store = {
  accounts: [],
  account: null,
  followers: [],
  openid: null,
  chats: new Map(),
  menu: [],
  qrcodes: [],
  templates: { template: [], subscribe: [] },
  clock: null,
  faults: [],
  log: [],
  logLast: 0,
};

const listeners = new Map();

/** Calls `listener` whenever one of `topics` changes: accounts, selection, followers, chat, menu, qrcodes, templates, clock, faults, log. */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
  }
}

export function changed(topic) {
  for (const listener of listeners.get(topic) ?? []) listener();
}

export const currentFollower = () => store.followers.find((one) => one.openid === store.openid) ?? null;

export const currentAccount = () => store.accounts.find((one) => one.account === store.account) ?? null;

/** The conversation of one follower: what the server told, and own bubbles that it has not told yet. */
export function chatOf(openid) {
  if (!store.chats.has(openid)) {
    store.chats.set(openid, { entries: [], last: 0, pending: [], running: 0 });
  }
  return store.chats.get(openid);
}

export function templateOf(id) {
  return [...store.templates.template, ...store.templates.subscribe].find((one) => one.template_id === id) ?? null;
}
