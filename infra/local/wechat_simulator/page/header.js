// The bar above the chat: whose account it is, and the "…" menu.

import { receiveOff, revoke, unfollow } from "./acts.js";
import { button, el, fill, icon } from "./dom.js";
import { chooseScan, showProfile } from "./pickers.js";
import { actionSheet } from "./sheet.js";
import { currentAccount, currentFollower, on, store } from "./store.js";
import { show } from "./views.js";

const REVOCABLE = [
  ["201", "地址"], ["202", "发票信息"], ["203", "卡券"], ["204", "录音"], ["205", "昵称和头像"], ["206", "位置信息"], ["207", "选中的图片和视频"],
];

export function startHeader(root) {
  const back = button(".bar-button.back", {
    "aria-label": "回到粉丝列表", onclick: () => show("followers"),
  }, icon("back"));
  const more = button(".bar-button", {
    "data-testid": "more", "aria-label": "更多", "aria-haspopup": "dialog", onclick: showMore,
  }, icon("more"));
  const title = el("h2.chat-title", { "aria-live": "polite" });
  fill(root, back, title, more);
  const update = () => {
    const isTyping = store.chats.get(store.openid)?.running > 0 && currentFollower()?.following;
    const words = isTyping ? "对方正在输入…" : (currentAccount()?.name ?? "微信模拟器");
    if (title.textContent !== words) title.textContent = words;
    more.disabled = !store.openid;
  };
  on("selection accounts followers chat", update);
}

function showMore() {
  const follower = currentFollower();
  if (!follower) return;
  const ifFollowing = follower.following ? [
    { label: follower.blocked ? "恢复接收服务通知" : "屏蔽服务通知", testid: "receive-off", pick: () => receiveOff(!follower.blocked) },
    { label: "撤回授权", testid: "revoke", pick: chooseRevoke },
    { label: "取消关注", testid: "unfollow", danger: true, pick: unfollow },
  ] : [];
  actionSheet(null, [
    { label: "我的资料", testid: "profile", pick: showProfile },
    { label: "扫渠道码", testid: "scan", pick: chooseScan },
    ...ifFollowing,
  ]);
}

function chooseRevoke() {
  const items = REVOCABLE.map(([code, label]) => ({ label, testid: `revoke-${code}`, pick: () => revoke([code]) }));
  actionSheet("撤回哪一项授权？", items);
}
