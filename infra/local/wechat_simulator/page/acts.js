// What a follower does: the own bubble appears at once, the answer when the delivery is over.

import { api } from "./api.js";
import { nowMillis } from "./clock_now.js";
import { changed, chatOf, store } from "./store.js";
import { refresh } from "./sync.js";
import { toast, toastError } from "./toast.js";
import { outsideLink } from "./rich_text.js";

export const say = (text) => act("say", { text }, { type: "text", text });
export const tapMenuItem = ({ id, content }) => act("menu_reply", { id, content }, { type: "text", text: content });
export const sendLocation = (place) => act("location", place, { type: "location", ...place });
export const sendImage = () => act("image", {}, { type: "image" });
export const sendVoice = () => act("voice", {}, { type: "voice" });
export const click = (key) => act("click", { key });
export const scan = (scene) => act("scan", { scene });
export const follow = () => act("follow", {});
export const unfollow = () => act("unfollow", {});
export const accept = (templateId) => act("accept", { template_id: templateId });
export const reject = (templateId) => act("reject", { template_id: templateId });
export const revoke = (codes) => act("revoke", { codes });
export const receiveOff = (isOff) => act("receive_off", { on: isOff });

/** Opens a menu's page: the account hears of it, and the page is one tap away. */
export function view(url) {
  toast(url, { link: outsideLink(url, "打开网页", "a.toast-link") });
  return act("view", { url });
}

/** Does `action` as the chosen follower; `shows` is the own bubble. Answers null when it was refused. */
async function act(action, body, shows = null) {
  const { openid } = store;
  if (!openid) return null;
  const chat = chatOf(openid);
  const pending = shows && { ...shows, from: "follower", at: nowMillis() };
  if (pending) chat.pending.push(pending);
  running(chat, +1);
  try {
    return await api.act(openid, action, body);
  } catch (error) {
    if (pending) pending.failed = true;
    toastError(error);
    return null;
  } finally {
    await Promise.all([refresh.chat(), refresh.followers()]);
    if (pending && !pending.failed) chat.pending = chat.pending.filter((one) => one !== pending);
    running(chat, -1);
  }
}

function running(chat, change) {
  chat.running += change;
  changed("chat");
}
