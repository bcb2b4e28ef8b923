"""Every sentence about membership that a follower may read."""

WELCOME = "您好，欢迎关注！直接发送您的问题，我会尽快回答；发送“人工”可转接客服。"
SCANNED = "您好，欢迎再次光临！有问题直接发给我就好。"
RECEIVED = "已收到您的扫码。有问题直接发给我就好。"

OPTED_OUT = (
    "已为您退订活动和优惠类消息，之后不会再发给您。\n"
    "订单、积分等与您有关的服务通知不受影响。\n"
    "想恢复时，发送“订阅”即可。"
)
OPTED_IN = "已恢复订阅，有合适的活动会告诉您。\n不想再收到时，随时发送“退订”。"

ASK_ERASURE = (
    "删除后，您的会员资料（标签、来源、活跃记录、订阅授权等）将全部清除，不能恢复；您的关注不受影响。\n"
    "确定删除，请在 10 分钟内回复“{confirm}”；其他任何回复都会取消。"
)
CONFIRM_ERASURE = "确认删除"
ERASURE_CANCELLED = "好的，已取消删除，您的资料没有变动。"
ERASED = "您的会员资料已全部删除。\n之后您再次发消息时，会作为新会员重新开始。\n如果您退订过活动消息，退订仍然有效。"
NOTHING_TO_ERASE = "我们没有保存您的会员资料，无需删除。"

MY_DATA_HEAD = "我们保存的您的资料："
MY_DATA_FOOT = (
    "您给人工客服的留言（如有）加密保存，90 天后删除；没有列出的其他项目，我们没有保存。\n"
    "发送“删除我的数据”可全部删除，发送“退订”可停收活动消息。"
)  # fmt: skip
FOLLOWING = "已关注"
NOT_FOLLOWING = "未关注"
LINKED = "已关联"
NOT_OPTED_OUT = "未退订"
REACHABILITY = {"ok": "可以送达", "blocked": "您关闭了通知，无法送达", "unknown": ""}
ARMS = {"treatment": "提醒", "control": "不提醒，用于对照"}
FOUND_BY = {
    "ADD_SCENE_SEARCH": "搜索",
    "ADD_SCENE_ACCOUNT_MIGRATION": "公众号迁移",
    "ADD_SCENE_PROFILE_CARD": "名片分享",
    "ADD_SCENE_QR_CODE": "扫描二维码",
    "ADD_SCENE_PROFILE_LINK": "图文页内名称",
    "ADD_SCENE_PROFILE_ITEM": "图文页右上角菜单",
    "ADD_SCENE_PAID": "支付后关注",
    "ADD_SCENE_WECHAT_ADVERTISEMENT": "微信广告",
    "ADD_SCENE_REPRINT": "他人转载",
    "ADD_SCENE_LIVESTREAM": "视频号直播",
    "ADD_SCENE_CHANNELS": "视频号",
    "ADD_SCENE_WXA": "小程序",
    "ADD_SCENE_OTHERS": "其他",
}
"""How WeChat says that a follower came (subscribe_scene), in its own words."""
