"""What may be said on which channel: classes of content, words that a template may not carry, fields that fit. Pure."""

import unicodedata
from collections.abc import Iterable

from chalicelib.sending.fields import unfit
from chalicelib.sending.traits import TRAITS
from chalicelib.store.push import Channel, Content, ContentClass

MARKETING_WORDS: tuple[str, ...] = (
    "红包", "优惠券", "代金券", "抵用券", "抵扣券", "现金券", "礼券",
    "促销", "大促", "秒杀", "抽奖", "特价", "满减", "清仓", "买一送一", "大酬宾", "限时抢购", "免费领取",
)  # fmt: skip
"""Template messages are for services only: no advertising, red packets, coupons, vouchers or promotions (official page
on template messages; operating rules, 3.9). WeChat refuses such a message with 40249 and takes the template or the
whole API away by and by. The words are ours: WeChat publishes none. An account's trade may need others."""


def objection(channel: Channel, content_class: ContentClass, content: Content) -> str:
    """Why this may never be sent on the channel: a code of `reasons.py`; empty when it may."""
    if content_class not in TRAITS[channel].classes:
        return "class_not_allowed"
    if channel == "template" and marketing_word(content.data.values()):
        return "marketing_words"
    if channel in ("template", "subscribe") and unfit(content.data):
        return "template_fields"
    return ""


def marketing_word(texts: Iterable[str], words: Iterable[str] = MARKETING_WORDS) -> str:
    """The first such word in the texts, however it is spaced out; empty when there is none."""
    said = "\n".join(map(_plain, texts))
    return next((word for word in words if word in said), "")


def _plain(text: str) -> str:
    """Without white space and what is not seen, in one width."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(one for one in folded if unicodedata.category(one)[0] not in "ZC")
