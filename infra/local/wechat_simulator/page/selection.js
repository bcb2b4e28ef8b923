// Which account and which follower the page shows; kept in the address and in the session.

import { api } from "./api.js";
import { changed, chatOf, store } from "./store.js";
import { refresh, refreshAccount } from "./sync.js";

const KEY = "wechat-simulator";

export async function chooseAccount(account, openid = null) {
  store.account = account;
  Object.assign(store, { followers: [], menu: [], qrcodes: [], templates: { template: [], subscribe: [] }, openid: null });
  changed("selection");
  await refreshAccount();
  const hasChosenMeanwhile = store.account !== account || store.openid;
  if (hasChosenMeanwhile) return;
  const known = store.followers.some((one) => one.openid === openid);
  chooseFollower(known ? openid : (lastHeard()?.openid ?? null));
}

export function chooseFollower(openid) {
  if (openid === store.openid && openid) return;
  store.openid = openid;
  remember();
  changed("selection");
  if (!openid) return;
  chatOf(openid);
  refresh.chat().then(refresh.followers);
}

/** The follower of the address or of this session, else the account's most recent one. */
export async function chooseAtStart() {
  const wanted = fromAddress() ?? remembered().openid;
  const owner = wanted && (await ownerOf(wanted));
  const last = store.accounts.find((one) => one.account === remembered().account);
  const account = owner ?? last?.account ?? store.accounts[0]?.account;
  if (account) await chooseAccount(account, wanted);
}

export function followAddress() {
  window.addEventListener("hashchange", async () => {
    const openid = fromAddress();
    if (!openid || openid === store.openid) return;
    const owner = await ownerOf(openid);
    if (!owner) return;
    if (owner === store.account) chooseFollower(openid);
    else await chooseAccount(owner, openid);
  });
}

async function ownerOf(openid) {
  for (const { account } of store.accounts) {
    const followers = await api.followers(account).catch(() => []);
    if (followers.some((one) => one.openid === openid)) return account;
  }
  return null;
}

function lastHeard() {
  return [...store.followers].sort((a, b) => String(b.last_at ?? "").localeCompare(String(a.last_at ?? "")))[0];
}

function fromAddress() {
  return new URLSearchParams(location.hash.slice(1)).get("openid");
}

function remember() {
  const { account, openid } = store;
  sessionStorage.setItem(KEY, JSON.stringify({ account, openid }));
  if (openid) history.replaceState(null, "", `#openid=${encodeURIComponent(openid)}`);
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
