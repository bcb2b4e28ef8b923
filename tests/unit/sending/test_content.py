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
    "text",
    [
        "全场五折", "8折优惠", "8.5 折起", "低至3折", "１２.５折", "满100减20", "满 199 元立减 30", "满200返50",
        "打折", "新品打九折",
        "会员专享好礼", "礼品赠送", "到店领礼品", "福利来了", "下单立减", "50% off", "20%OFF", "Coupon inside",
        "优惠卷到账",
        "限时优惠", "下单赠送双倍积分", "买一送一", "买2赠1", "第二件半价", "超值赠品", "年终大促", "促销活动",
        "新人礼包",
    ],
)  # fmt: skip
def test_marketing_is_refused_however_it_counts(text: str) -> None:
    assert objection("template", "service", Content("T-1", {"thing1": text})) == "marketing_words"


@pytest.mark.parametrize(
    "text",
    [
        "订单已发货", "您的积分将于月底到期", "预约成功，请准时到店", "实付金额已原路退回", "拼团成功",
        "退款 20 元已到账",
        "积分即将到期", "赠送积分即将到期", "您获赠送的 320 积分将于 12 月 31 日清零", "折叠椅已发货",
        "代客打折叠椅", "三折伞", "2折页 500 份",
        "三折叠屏手机", "第三折演出时间", "满意度调查", "您的反馈已满30天", "已满5年返还押金",
        "本单已优惠 20 元", "优惠金额 20 元",
        "公司成立减资公告", "兑换的礼品已到店", "礼品袋 2 个", "含赠品 1 件", "赠品已发出", "职工福利费已发放",
        "福利院探访预约成功",
        "友好礼貌用语", "扩大促进消费试点", "督促销售人员回访", "儿童半价票 1 张", "骨折门诊预约",
        "满100返程车次",
    ],
)  # fmt: skip
def test_what_a_service_has_to_say_is_no_marketing(text: str) -> None:
    assert objection("template", "service", Content("T-1", {"thing1": text})) == ""


def test_two_fields_side_by_side_make_no_word() -> None:
    assert marketing_word(["春季大", "促进销售"]) == ""


def test_an_account_may_have_words_of_its_own() -> None:
    assert marketing_word(["本店砍价"], [*MARKETING_WORDS, "砍价"]) == "砍价"


@pytest.mark.parametrize("channel", ["kefu", "mass"])
def test_fields_of_templates_say_nothing_of_other_channels(channel: Channel) -> None:
    assert objection(channel, "activity", Content(data={"number1": "many", "thing2": "抽奖"})) == ""
