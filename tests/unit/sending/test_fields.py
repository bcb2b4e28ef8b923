"""A template's fields: every value as its type takes it, cut visibly or refused by name, never by WeChat."""

from dataclasses import dataclass
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sending.fields import PROBLEMS, RULES, Fitted, Problem, check, fitted, length, unfit
from infra.local.wechat_simulator.api.fields import RULES as PLATFORM

LONG = "您在旗舰店预订的会员日双人下午茶套餐已经为您准备好了"
KEYS = st.sampled_from([f"{kind}{number}" for kind in RULES for number in (1, 12)])


@dataclass(frozen=True, slots=True)
class Declared:
    """A field as a template declares it."""

    key: str
    choices: tuple[str, ...] = ()


def seen(text: str) -> str:
    """Without white space and control characters."""
    return "".join(one for one in text if not one.isspace() and category(one) != "Cc")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "会员日双人下午茶"),
        ("thing1", LONG[:20]),
        ("short_thing2", "已到店"),
        ("character_string3", "SO-2026/03#0001"),
        ("character_string3", "A" * 32),
        ("number4", "12.50"),
        ("number4", "-3"),
        ("number4", "9" * 32),
        ("letter5", "ABC"),
        ("symbol6", "★★★★★"),
        ("time7", "15:01"),
        ("time7", "2019年10月1日 15:01"),
        ("time7", "2026-03-04 09:00~2026-03-04 18:00"),
        ("date8", "2019年10月1日"),
        ("date8", "2026-03-04"),
        ("date8", "2026/03/04 15:01~2026/03/05"),
        ("amount9", "¥100.00"),
        ("amount9", "12.5元"),
        ("phone_number10", "+86-0766-66888866"),
        ("car_number11", "粤A8Z888挂"),
        ("name12", "欧阳娜娜"),
        ("name12", "Alexander Hamilton"),
        ("phrase13", "配送中"),
        ("enum14", "是"),
        ("const15", "已发货"),
    ],
)
def test_what_fits_stays_as_it_is(key: str, value: str) -> None:
    assert fitted(key, value) == Fitted(value)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("thing1", LONG, LONG[:19] + "…"),
        ("short_thing1", "已到店等您来取", "已到店等…"),
        ("character_string1", "N" * 40, "N" * 29 + "..."),
        ("name1", "买买提·阿卜杜热合曼·艾力", "买买提·阿卜杜热合…"),
        ("name1", "Wolfeschlegelsteinhausenberger", "Wolfeschlegelstei..."),
        ("thing1", "一二三四五六七八九十一二三四五六七八 二十一", "一二三四五六七八九十一二三四五六七八…"),
    ],
)
def test_what_is_too_long_is_cut_so_that_it_can_be_seen(key: str, value: str, shown: str) -> None:
    assert fitted(key, value) == Fitted(shown, cut=True)


@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [
        ("thing1", " 第一行\n第二行\t\x00第三行 ", "第一行 第二行 第三行"),
        ("character_string1", "ＳＯ－２０２６", "SO-2026"),
        ("number1", "１２，３４５．６", "12345.6"),
        ("amount1", "￥1,299.00", "￥1299.00"),
        ("time1", "１５：０１～１６：００", "15:01~16:00"),
        ("phone_number1", "（０２０）８１１６７８８８", "(020)81167888"),
        ("phrase1", " 配送中 ", "配送中"),
    ],
)
def test_what_says_the_same_in_the_fields_own_form_is_brought_to_it(key: str, value: str, taken: str) -> None:
    assert fitted(key, value) == Fitted(taken)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        *[(f"{kind}1", " \n", "empty") for kind in RULES],
        ("thing1", "", "empty"),
        ("character_string1", "订单0001", "malformed"),
        ("number1", "twelve", "malformed"),
        ("number1", "9" * 33, "malformed"),
        ("number1", "١٢", "malformed"),
        ("letter1", "A1", "malformed"),
        ("symbol1", "★★★★★★", "too_long"),
        ("symbol1", "五星", "malformed"),
        ("symbol1", "★ ★", "malformed"),
        ("time1", "下午三点", "malformed"),
        ("time1", "2026-03-04", "malformed"),
        ("date1", "明天", "malformed"),
        ("amount1", "12345678901", "malformed"),
        ("amount1", "一百元", "malformed"),
        ("phone_number1", "1" * 18, "malformed"),
        ("car_number1", "粤A8Z888粤A8", "too_long"),
        ("phrase1", "正在为您配送", "malformed"),
        ("phrase1", "OK", "malformed"),
        ("const1", LONG, "too_long"),
        ("thing1", "\ud800", "malformed"),
        ("keyword1", "\ud800", "malformed"),
    ],
)
def test_what_cannot_be_made_to_fit_is_left_alone_and_named(key: str, value: str, problem: str) -> None:
    assert fitted(key, value) == Fitted(value, problem=problem)


@pytest.mark.parametrize("key", ["first", "keyword1", "remark"])
def test_fields_of_old_industry_templates_take_anything(key: str) -> None:
    assert fitted(key, LONG * 3) == Fitted(LONG * 3)


def test_emoji_count_twice_and_are_never_cut_in_half() -> None:
    fit = fitted("thing1", "🎂" * 15)

    assert fit == Fitted("🎂" * 9 + "…", cut=True)
    assert length(fit.value) == 19


@given(KEYS, st.text())
def test_whatever_is_said_the_platform_takes_it_or_we_name_what_is_wrong(key: str, value: str) -> None:
    fit = fitted(key, value)

    rule = PLATFORM.get(key.rstrip("0123456789"))
    assert fit.problem in {"", *PROBLEMS}
    assert fit.problem or rule is None or rule(fit.value)
    assert not (fit.problem and fit.value != value)


@given(KEYS, st.text())
def test_what_was_fitted_once_fits(key: str, value: str) -> None:
    fit = fitted(key, value)

    if not fit.problem:
        assert fitted(key, fit.value) == Fitted(fit.value)


@given(st.text(min_size=1))
def test_only_what_is_cut_loses_words(value: str) -> None:
    fit = fitted("thing1", value)

    if fit.cut:
        assert seen(value).startswith(seen(fit.value.removesuffix("…")))
    else:
        assert seen(fit.value) == seen(value)
    assert fit.problem or length(fit.value) <= 20


def test_data_is_checked_against_the_keywords_of_its_template() -> None:
    keywords = [Declared("thing1"), Declared("time2"), Declared("enum3", ("是", "否")), Declared("number4")]
    data = {"thing1": LONG, "enum3": "也许", "number4": "many", "phrase5": "完成"}

    problems = check(data, keywords)

    assert problems == [
        Problem("time2", "missing"),
        Problem("phrase5", "unknown"),
        Problem("enum3", "not_a_choice"),
        Problem("number4", "malformed"),
    ]
    assert problems[0].in_words == "time2：缺少这个字段"


def test_data_that_fits_its_template_has_no_problems() -> None:
    assert check({"thing1": LONG, "enum2": "是"}, [Declared("thing1"), Declared("enum2", ("是", "否"))]) == []


def test_without_the_template_the_keys_tell_what_does_not_fit() -> None:
    assert unfit({"thing1": LONG, "time2": "soon", "keyword3": "soon"}) == [Problem("time2", "malformed")]
