"""What groups and figures are called in front of operators. A name that is not listed is shown as it is."""

from collections.abc import Iterable, Mapping

from chalicelib.journal.rules import NONE
from chalicelib.journal.tallies import REST

GROUPS: Mapping[str, str] = {
    "follows": "关注",
    "unfollows": "取关",
    "channels.in": "渠道关注",
    "channels.out": "渠道取关",
    "scans": "扫码（已关注）",
    "messages": "消息",
    "visits": "菜单、扫码与订阅弹窗",
    "hours": "互动时段",
    "faq": "常见问题",
    "faq.entries": "回答了哪些条目",
    "human": "人工服务",
    "marketing": "活动消息",
    "subscriptions": "订阅授权",
    "notices": "订阅通知",
    "rights": "资料权利",
    "erased": "资料删除",
    "jobs": "后台任务",
    "reports": "平台通知",
    "late": "过时的事件",
    "unknown": "不认识的事件",
    "other": "未归类",
}
NAMES: Mapping[tuple[str, str], str] = {
    ("follows", "new"): "首次关注",
    ("follows", "returned"): "取关后回来",
    ("follows", "again"): "重复关注",
    ("unfollows", "told"): "取消关注",
    ("unfollows", "found"): "核对时发现",
    ("messages", "text"): "文字",
    ("messages", "image"): "图片",
    ("messages", "voice"): "语音",
    ("messages", "video"): "视频",
    ("messages", "shortvideo"): "小视频",
    ("messages", "location"): "位置",
    ("messages", "link"): "链接",
    ("messages", "miniprogrampage"): "小程序卡片",
    ("visits", "scan"): "扫渠道码",
    ("visits", "click"): "点菜单",
    ("visits", "view"): "点菜单网页",
    ("visits", "view_miniprogram"): "点菜单小程序",
    ("visits", "scancode_push"): "菜单扫码",
    ("visits", "scancode_waitmsg"): "菜单扫码（等回复）",
    ("visits", "pic_sysphoto"): "菜单拍照",
    ("visits", "pic_photo_or_album"): "菜单拍照或相册",
    ("visits", "pic_weixin"): "菜单相册",
    ("visits", "location_select"): "菜单选位置",
    ("visits", "subscribe_msg_popup_event"): "订阅弹窗",
    ("faq", "answer"): "直接回答",
    ("faq", "clarify"): "反问",
    ("faq", "miss"): "没答上",
    ("faq", "suggestion"): "选中建议",
    ("human", "transfer"): "转人工",
    ("human", "closed"): "非服务时间",
    ("human", "passed_on"): "继续转人工",
    ("human", "began"): "客服接入",
    ("human", "ended"): "会话结束",
    ("human", "left"): "主动退出",
    ("marketing", "opted_out"): "退订",
    ("marketing", "opted_in"): "恢复订阅",
    ("subscriptions", "accepted"): "同意",
    ("subscriptions", "refused"): "拒绝",
    ("notices", "delivered"): "送达",
    ("notices", "failed"): "未送达",
    ("rights", "data.shown"): "查看资料",
    ("rights", "erasure.asked"): "申请删除",
    ("rights", "erasure.cancelled"): "取消删除",
    ("rights", "erasure.nothing"): "无资料可删",
    ("rights", "profile.refreshed"): "平台要求更正",
    ("rights", "revoked.nothing_held"): "撤回授权（本无此资料）",
    ("erased", "wish"): "本人要求",
    ("erased", "cancelled"): "注销微信",
    ("erased", "revoked"): "撤回授权",
    ("jobs", "member.profile/profile"): "补全资料",
    ("jobs", "member.profile/gone"): "补全资料：人已离开",
    ("jobs", "member.profile/not_following"): "补全资料：未关注",
    ("jobs", "member.profile/unfollowed.found"): "补全资料：发现已取关",
    ("jobs", "member.erasure/erased"): "清除余下资料",
}


def of_group(group: str) -> str:
    return GROUPS.get(group, group)


def of_figure(group: str, name: str) -> str:
    if name == NONE:
        return "（无渠道）" if group.startswith(("channels.", "scans")) else "（无）"
    return "（其余）" if name == REST else NAMES.get((group, name), name)


def in_order(groups: Iterable[str]) -> list[str]:
    """In the order in which they are named above, what has no name last."""
    known = list(GROUPS)
    return sorted(groups, key=lambda group: (known.index(group) if group in known else len(known), group))
