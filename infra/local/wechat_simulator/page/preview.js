// The one line that stands for a conversation in the list of followers.

import { templateOf } from "./store.js";

const WORDS = {
  image: "[图片]", voice: "[语音]", video: "[视频]", shortvideo: "[视频]", music: "[音乐]", location: "[位置]", link: "[链接]",
};

export function preview({ last }) {
  if (!last) return "";
  if (last.type === "template" || last.type === "subscribe") return `[服务通知] ${last.title ?? templateOf(last.template_id)?.title ?? ""}`;
  if (last.type === "news" || last.type === "mpnews") return `[图文] ${last.articles?.[0]?.title ?? ""}`;
  if (last.type === "menu") return last.head || last.items?.[0]?.content || "";
  return WORDS[last.type] ?? (last.text ?? "").replace(/<[^>]+>/g, "");
}
