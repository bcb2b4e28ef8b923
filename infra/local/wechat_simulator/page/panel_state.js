// What the platform holds about the chosen follower: windows, credits, tags; and the account's wiring.

import { nowMillis } from "./clock_now.js";
import { el, fill } from "./dom.js";
import { fullTime, remaining, toMillis } from "./format.js";
import { stateOf } from "./followers.js";
import { currentAccount, currentFollower, on, templateOf } from "./store.js";

const KINDS = { message: "发消息", menu: "点菜单", follow: "关注", scan: "扫码" };

export function statePanel() {
  const root = el("div.state-panel");
  const update = () => fill(root, followerFacts(currentFollower()), accountFacts(currentAccount()));
  on("followers selection accounts clock templates", update);
  return root;
}

function followerFacts(follower) {
  if (!follower) return el("p.hint", {}, "先选一位粉丝");
  return [
    el("h3", {}, follower.name),
    facts([
      ["OpenID", el("code", {}, follower.openid)],
      ["关系", stateOf(follower) ?? "已关注"],
      ["关注于", follower.subscribed_at && fullTime(toMillis(follower.subscribed_at))],
      ["服务通知", follower.blocked ? "已屏蔽" : "正常接收"],
      ["来源", follower.scene && `渠道 ${follower.scene}`],
      ["备注", follower.remark],
      ["标签", follower.tags?.length ? follower.tags.map((tag) => el("span.chip", {}, tag.name || `标签 ${tag.id}`)) : "无"],
    ]),
    el("h3", {}, "客服消息窗口"), windowFacts(follower.window),
    el("h3", {}, "一次性订阅额度"), creditFacts(follower.credits ?? {}),
  ];
}

function windowFacts(open) {
  if (!open) return el("p.hint", {}, "没有打开的窗口：现在不能主动发客服消息");
  const left = toMillis(open.until) - nowMillis();
  return facts([
    ["由来", KINDS[open.kind] ?? open.kind],
    ["还能发", `${open.left} 条`],
    ["剩余", remaining(left)],
    ["到", fullTime(toMillis(open.until))],
  ]);
}

function creditFacts(credits) {
  const rows = Object.entries(credits).map(([id, count]) => [templateOf(id)?.title ?? id, `${count} 次`]);
  return rows.length ? facts(rows) : el("p.hint", {}, "没有额度");
}

function accountFacts(account) {
  if (!account) return null;
  return [el("h3", {}, account.name), facts([
    ["回调地址", el("code", {}, account.callback_url)],
    ["AppID", el("code", {}, account.appid)],
    ["原始 ID", el("code", {}, account.gh_id)],
    ["消息加密", { plain: "明文", compatible: "兼容", safe: "安全" }[account.mode] ?? account.mode],
  ])];
}

function facts(rows) {
  return el("dl.facts", {}, rows.filter(([, value]) => value).map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}
