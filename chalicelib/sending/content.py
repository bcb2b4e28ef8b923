"""What may be said on which channel: classes of content, words that a template may not carry, fields that fit. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from chalicelib.sending.fields import unfit
from chalicelib.sending.traits import TRAITS
from chalicelib.store.push import Channel, Content, ContentClass

MARKETING_WORDS: tuple[str, ...] = (
    "红包", "优惠券", "优惠卷", "代金券", "抵用券", "抵扣券", "折扣券", "现金券", "礼券", "礼包",
    "秒杀", "抽奖", "特价", "满减", "清仓", "大酬宾", "限时抢购", "免费领取", "coupon",
)  # fmt: skip
"""Template messages are for services only: no advertising, red packets, coupons, vouchers or promotions (official page
on template messages; operating rules, 3.9). WeChat refuses such a message with 40249 and takes the template or the
whole API away by and by. The words are ours: WeChat publishes none. An account's trade may need others."""
NUMBER = "[0-9.一二两三四五六七八九十百千]"
OWN_POINTS = r"[^,。;!?\n]{0,12}积分[^,。;!?\n]{0,12}(?:到期|过期|清零|失效)"
"""What a member was given once, and is told of now because it ends."""
MARKETING_PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    map(
        re.compile,
        (
            # off the price; 三折伞, 两折页 and the like are goods, 第三折 is an act of a play
            rf"(?<![第0-9.一二三四五六七八九十]){NUMBER}+折(?![叠页屏伞床垫椅桌凳梯门窗扇刀尺架盒袋线痕合返射腾断纸])",
            r"打折(?![叠断])",
            r"[0-9]%off",
            rf"满{NUMBER}+元?(?:立|即|直)?(?:减|送|赠|抵|返(?![还回工程]))",
            r"(?<![成建设创])立减",
            r"半价(?!票)",
            # what was already taken off an order's price is a fact
            r"(?<!已)(?<!共)(?<!本单)(?<!订单)优惠(?!金额|合计|总额|明细)",
            # for nothing; 积分兑换的礼品, 礼品袋 and a gift that lies in the parcel are what the member ordered
            rf"买{NUMBER}[送赠得]{NUMBER}",
            rf"赠送(?!{OWN_POINTS})",
            r"(?<!含)赠品(?!已)",
            r"(?<!兑换)(?<!兑换的)礼品(?![袋盒卡册箱纸店已])",
            r"好礼(?![貌仪堂节服])",
            r"(?<!员工)(?<!职工)(?<!社会)福利(?![院彩机费局])",
            # 督促销售 and 扩大促进 are none
            r"(?<!督)促销",
            r"大促(?![进使成])",
        ),
    )
)
"""The same where a word alone would refuse honest notices, too."""


def objection(channel: Channel, content_class: ContentClass, content: Content) -> str:
    """Why this may never be sent on the channel: a code of `reasons.py`; empty when it may.

    Words are looked for in template messages alone. Elsewhere the class is taken from whoever asks: the answer to a
    question about coupons is a service.
    """
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
    return next(_found(said, words), "")


def _found(said: str, words: Iterable[str]) -> Iterator[str]:
    yield from (word for word in words if word in said)
    for pattern in MARKETING_PATTERNS:
        yield from (found.group() for found in pattern.finditer(said))


def _plain(text: str) -> str:
    """Without white space and what is not seen, in one width and case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in folded if unicodedata.category(one)[0] not in "ZC")
