"""The demo shop: what its followers ask is answered, and its menu is one that WeChat takes."""

import pytest

from chalicelib.faq import publishing, rules
from chalicelib.faq.engine import compile_release, with_index
from chalicelib.store.release import FaqEntry
from infra.local.demo import content
from tests.builders import NOON

SHOP = content.shop()
FAQ = compile_release(with_index(SHOP))
COMMANDS = {"cmd:my_data", "cmd:human"}


def test_the_shop_can_be_published() -> None:
    assert publishing.check(SHOP) == ()
    assert len(SHOP.entries) >= 40


@pytest.mark.parametrize("entry", SHOP.entries, ids=lambda entry: entry.entry_id)
def test_every_phrase_of_an_entry_finds_it(entry: FaqEntry) -> None:
    phrases = (entry.title, *entry.questions, *(keyword.pattern for keyword in entry.keywords))

    for phrase in phrases:
        verdict = FAQ.search(phrase, now=NOON)
        assert (verdict.outcome, verdict.entries[0].entry_id) == ("answer", entry.entry_id), phrase


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("新", "newcomer"),
        ("老", "regular"),
        ("请问一下积分怎么用呀", "points-use"),
        ("你们几点关门啊", "hours"),
        ("我买的草莓坏了怎么办", "bad-fruit"),
        ("怎么还没到啊都一个小时了", "late"),
        ("怎么开发票呢", "invoice"),
        ("我要退款", "return"),
        ("肉怎么解冻", "keep-meat"),
        ("你好，我想问一下你们配送范围", "delivery-range"),
        ("我想投诉你们的骑手", "complaint"),
        ("jifen zenme yong", "points-use"),
        ("積分怎麼用", "points-use"),
        ("几分怎么用", "points-use"),
        ("how to get an invoice", "invoice"),
        ("积分什么时候过期", "points-expire"),
    ],
)
def test_what_followers_really_write_is_answered(text: str, entry_id: str) -> None:
    verdict = FAQ.search(text, now=NOON)

    assert (verdict.outcome, verdict.entries[0].entry_id) == ("answer", entry_id)


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [("送货上门要钱吗", "delivery-fee"), ("少了一盒鸡蛋", "missing"), ("你们的狗粮怎么保存", "keep-greens")],
)
def test_what_is_less_clear_is_suggested_first(text: str, entry_id: str) -> None:
    verdict = FAQ.search(text, now=NOON)

    assert (verdict.outcome, verdict.entries[0].entry_id) == ("clarify", entry_id)


@pytest.mark.parametrize("text", ["量子纠缠是什么", "你们卖狗粮吗", "asdf", "嗯嗯嗯"])
def test_what_the_shop_does_not_know_is_a_miss(text: str) -> None:
    assert FAQ.search(text, now=NOON).outcome == "miss"


def test_new_and_regular_customers_get_the_one_tag_and_lose_the_other() -> None:
    newcomer, regular = SHOP.find("newcomer"), SHOP.find("regular")

    assert newcomer is not None
    assert regular is not None
    assert rules.retagged(("老客",), newcomer) == ("新客",)
    assert rules.retagged(("新客",), regular) == ("老客",)


def test_each_poster_has_its_own_welcome() -> None:
    welcomes = {channel.scene: channel.welcome for channel in SHOP.channels}

    assert set(welcomes) == {"store-01", "flyer-03"}
    assert len({SHOP.welcome, *welcomes.values()}) == 3


def test_the_menu_keeps_within_the_limits_of_wechat() -> None:
    tops = content.menu()["button"]

    assert len(tops) <= 3
    assert all(len(top["name"].encode()) <= 16 for top in tops)
    for top in tops:
        buttons = top["sub_button"]
        assert 1 <= len(buttons) <= 5
        assert all(len(button["name"].encode()) <= 60 for button in buttons)
        assert all(len(button["key"].encode()) <= 128 for button in buttons if button["type"] == "click")
        assert all(len(button["url"].encode()) <= 1024 for button in buttons if button["type"] == "view")


def test_every_button_of_the_menu_leads_somewhere() -> None:
    buttons = [button for top in content.menu()["button"] for button in top["sub_button"]]
    keys = {button["key"] for button in buttons if button["type"] == "click"}

    assert keys >= COMMANDS
    assert all(SHOP.find(key.removeprefix("faq:")) for key in keys - COMMANDS)
