// The simulator's control API. An answer that is an error becomes an Error with the server's Chinese sentence.

export class Unreachable extends Error {}

const get = (path, query) => call("GET", path, { query });
const post = (path, body = {}) => call("POST", path, { body });
const of = (openid) => `followers/${encodeURIComponent(openid)}`;

export const api = {
  accounts: () => get("accounts"),
  followers: (account) => get("followers", { account }),
  createFollower: (account, name) => post("followers", name ? { account, name } : { account }),
  act: (openid, action, body) => post(`${of(openid)}/${action}`, body),
  chat: (openid, after) => get(`${of(openid)}/chat`, { after }),
  menu: (account) => get("menu", { account }),
  qrcodes: (account) => get("qrcodes", { account }),
  templates: (account) => get("templates", { account }),
  clock: () => get("clock"),
  moveClock: (change) => post("clock", change),
  faults: () => get("faults"),
  addFault: (fault) => post("faults", fault),
  clearFaults: () => call("DELETE", "faults"),
  log: (after, account) => get("log", { after, account }),
};

export const qrImage = (ticket) => `sim/showqrcode?ticket=${encodeURIComponent(ticket)}`;

async function call(method, path, { query = {}, body } = {}) {
  const answer = await reach(`sim/${path}${search(query)}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data?.error || `模拟器回答了 ${answer.status}`);
  return data;
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new Unreachable("连不上模拟器");
  }
}

function search(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
