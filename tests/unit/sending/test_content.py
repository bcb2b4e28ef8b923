"""What may be said on which channel."""

import pytest

from chalicelib.sending.content import MARKETING_WORDS, marketing_word, objection
from chalicelib.store.push import Channel, Content
from infra.local.wechat_simulator.switches import Switches


@pytest.mark.parametrize("word", Switches().marketing_words)
def test_we_refuse_every_word_that_wechat_is_known_to_refuse(word: str) -> None:
    assert objection("template", "service", Content("T-1", {"thing1": f"会员{word}来了"})) == "marketing_words"


@pytest.mark.parametrize(
    "text", ["领 红 包", "优惠\u200b券到账", "红\n包", "限时\u3000抢购"], ids=["spaced", "zero width", "broken", "wide"]
)
def test_spacing_a_word_out_does_not_hide_it(text: str) -> None:
    assert objection("template", "service", Content("T-1", {"thing1": text})) == "marketing_words"


@pytest.mark.parametrize(
    "text", ["订单已发货", "您的积分将于月底到期", "预约成功，请准时到店", "实付金额已原路退回", "拼团成功"]
)
def test_what_a_service_has_to_say_is_no_marketing(text: str) -> None:
    assert objection("template", "service", Content("T-1", {"thing1": text})) == ""


def test_two_fields_side_by_side_make_no_word() -> None:
    assert marketing_word(["春季大", "促进销售"]) == ""


def test_an_account_may_have_words_of_its_own() -> None:
    assert marketing_word(["本店砍价"], [*MARKETING_WORDS, "砍价"]) == "砍价"


@pytest.mark.parametrize("channel", ["kefu", "mass"])
def test_fields_of_templates_say_nothing_of_other_channels(channel: Channel) -> None:
    assert objection(channel, "activity", Content(data={"number1": "many", "thing2": "抽奖"})) == ""
