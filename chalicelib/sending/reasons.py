"""Why a push was put off, held or refused: codes for the ledger and the journal, and what an operator reads."""

from collections.abc import Mapping

from chalicelib.wechat import errors
from chalicelib.wechat.codes import error_for

REASONS: Mapping[str, str] = {
    "not_before": "还没到发送时间",
    "quiet_hours": "免打扰时段，早上再发",
    "best_time": "等到合适的时段",
    "paused.account": "公众号的发送已暂停",
    "paused.kind": "这类通知已暂停",
    "paused.channel": "这个发送渠道已暂停",
    "canary": "先发的一小批还没有结果",
    "cap.day": "当天的提醒次数已到上限",
    "cap.month": "当月的提醒次数已到上限",
    "quota": "当天的接口额度已用完",
    "reserve": "剩余额度留给服务通知",
    "too_fast": "接口调用太快，稍后再发",
    "busy": "微信繁忙，稍后再发",
    "token": "access_token 暂不可用",
    "waiting_admin": "等待公众号管理员确认",
    "unanswered": "微信没有应答，在去重有效期内重试",
    "in_batch": "等待所在的群发批次",
    "left": "对方已取消关注",
    "stranger": "对方不是已知的粉丝",
    "not_following": "对方没有关注公众号",
    "returned": "对方已自己回来",
    "opted_out": "对方已退订营销消息",
    "blocked": "对方屏蔽了通知",
    "blacklisted": "对方在黑名单中",
    "no_window": "没有可用的客服消息时段",
    "window_used": "客服消息时段的条数已用完",
    "no_credit": "对方没有可用的订阅授权",
    "mass_month": "对方当月已收满四条群发",
    "too_few": "群发至少要有两位收件人",
    "mass_body": "群发不支持这种内容",
    "mass_too_late": "群发只能安排在一天之内",
    "batch_over": "所在的群发批次已结束",
    "stale": "名单要重新核对",
    "class_not_allowed": "这个渠道不允许发送此类内容",
    "marketing_words": "模板消息里有营销用语",
    "template_unknown": "没有这个模板",
    "template_fields": "内容与模板字段不符",
    "control": "对照组，不发送",
    "facts_missing": "缺少要填写的会员数据",
    "crashed": "发送途中断，结果未知",
    "system": "微信系统失败",
    "freq_limit": "微信限制了发送频率",
    "blocks": "屏蔽通知的人太多",
    "unfollows": "推送后取关的人太多",
    "undelivered": "未送达的比例太高",
    "operator": "运营人员操作",
}
CODES: Mapping[str, str] = {
    "40003": "openid 不属于这个公众号的粉丝",
    "40037": "模板 ID 不对",
    "40130": "群发至少要有两位收件人",
    "40164": "我们的 IP 不在公众号的白名单里",
    "40249": "内容被认为是营销",
    "43004": "对方没有关注公众号",
    "43019": "对方在公众号的黑名单里",
    "43101": "对方没有同意接收，或授权已用完",
    "45028": "群发次数已用完",
    "47003": "模板字段的内容不合要求",
    "48001": "公众号没有这个接口的权限",
    "48002": "对方关闭了消息接收",
    "48004": "接口因违规被封禁",
    "50002": "对方的微信号受限",
}
"""WeChat's codes that operators meet most, each more telling than its class."""
CLASSES: Mapping[type[errors.WechatError], str] = {
    errors.Busy: "微信繁忙",
    errors.TokenRefused: "access_token 不可用",
    errors.MonthLimit: "当月的额度已用完",
    errors.RecipientMonthLimit: "对方当月的额度已用完",
    errors.RecipientGone: "对方无法接收",
    errors.NoWindow: "没有可用的客服消息时段",
    errors.NoCredit: "对方没有可用的订阅授权",
    errors.ContentRefused: "微信不接受这个内容",
    errors.OurMistake: "请求有误",
    errors.NotAllowed: "公众号没有这个权限，或被处罚",
    errors.UnknownCode: "没有见过的错误",
}


def in_words(reason: str) -> str:
    """For an operator: a code of ours in words alone, a code of WeChat's with the number to look it up by."""
    if not reason.removeprefix("-").isdecimal():
        return REASONS.get(reason, reason)
    words = CODES.get(reason) or CLASSES.get(type(error_for(int(reason))), "")
    return f"微信错误 {reason}（{words}）" if words else f"微信错误 {reason}"
