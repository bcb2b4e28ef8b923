"""Whatever a follower writes is answered, once, and quickly."""

import time
from itertools import count

import pytest

from chalicelib.faq.misses import MISSED
from chalicelib.faq.texts import MISS
from chalicelib.wechat.reply import TEXT_BYTES
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.tickets import UNTIL_NIGHT, pass_by, the_ticket, words_of

NOTHING = [
    "",
    " ",
    "　",
    "\t\r\n",
    "\u200b",
    "\ufeff",
    "😀",
    "👨\u200d👩\u200d👧",
    "👍🏽" * 20,
    "？！。…",
    "🇨🇳",
    "\u0301\u0302",
]
"""Nothing that could be searched for."""
LONG = [
    "x" * TEXT_BYTES,
    "长" * (TEXT_BYTES // 3),
    "7" * TEXT_BYTES,
    "😀" * (TEXT_BYTES // 4),
    " " * TEXT_BYTES,
    "\u0301\u0316" * (TEXT_BYTES // 4),
    "ﷺ" * (TEXT_BYTES // 3),
    "a\n" * (TEXT_BYTES // 2),
    "]]>" * (TEXT_BYTES // 3),
    "<xml>&amp;" * (TEXT_BYTES // 10),
    "怎么停车" * (TEXT_BYTES // 12),
    "T" * TEXT_BYTES,
]
"""As long as WeChat lets a follower write."""
ODD = [
    "\x7f\x80\x9f", "\u202etxet", "Ａ\u0336Ｂ\u0336", "\ue000\uf8ff", "\U0010fffd", "ｱｲｳ", "İstanbul", "ß", "ﬁ", "²³¹",
    "①②③", "None", "null", "{'a': 1}", "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "${jndi:x}", "%s%n", "第１个",
]  # fmt: skip
NUMBERS = count(24000000000000001)
QUICK = 0.25
"""Seconds of CPU for a whole delivery, with a margin for a busy machine."""


def answer(shop: MemoryShop, openid: str, text: str) -> str:
    """Also to what WeChat's own client would not send."""
    saw = shop.simulator.act(openid, "event", {"MsgType": "text", "Content": text, "MsgId": str(next(NUMBERS))}).saw
    return str(saw[-1].get("text", saw[-1]["type"])) if saw else ""


@pytest.fixture
def shop() -> MemoryShop:
    shop = a_memory_shop()
    shop.simulator.set_switches(deliveries=1)
    return shop


@pytest.mark.parametrize("text", [*NOTHING, *LONG, *ODD])
def test_whatever_is_written_is_answered_once(text: str, shop: MemoryShop) -> None:
    openid = shop.follower()
    before = len(shop.journal())

    began = time.process_time()
    said = answer(shop, openid, text)
    seconds = time.process_time() - began

    assert said
    assert said != "error"
    assert len(shop.journal()) == before + 1
    assert seconds < QUICK


@pytest.mark.parametrize("text", NOTHING)
def test_where_nothing_is_said_we_say_that_we_do_not_know_and_learn_nothing(text: str, shop: MemoryShop) -> None:
    assert answer(shop, shop.follower(), text) == MISS
    assert not [job for job in shop.world.jobs(dead=False) if job["kind"]["S"] == MISSED]


@pytest.mark.parametrize("text", ["长" * (TEXT_BYTES // 3), "😀", "]]>", "\u202etxet"])
def test_a_ticket_keeps_every_word(text: str) -> None:
    shop = a_memory_shop()
    pass_by(shop, UNTIL_NIGHT)
    openid = shop.follower()
    shop.say(openid, "人工")

    shop.say(openid, text)

    assert words_of(shop, the_ticket(shop)) == [text]
