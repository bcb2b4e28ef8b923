"""Which regular expressions an operator may save."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.faq import patterns


@pytest.mark.parametrize(
    "pattern",
    ["退.*款", "(?:什么|啥)时候(发|寄)货", "^查?单号$", r"订单\d{4,8}", "[a-z]+ship", "[^]a]b", "a?b", "尺码(表)?"],
)
def test_plain_patterns_may_be_saved(pattern: str) -> None:
    assert patterns.danger(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(a+)+b", "重复的括号里还有重复"),
        ("(a|a)*b", "重复的括号里还有重复"),
        ("((ab)?c)+d", "重复的括号里还有重复"),
        ("(?:(x+))*y", "重复的括号里还有重复"),
        (".*a.*b.*c.*d", "一共最多用 3 次"),
        ("a?" * 7 + "b", "? 最多用 6 次"),
        ("a{1,50}b", "重复次数最多写 20"),
        ("(a)\\1b", "反向引用"),
        ("(?=a)b", "不能用 (?…)"),
        ("(?i)b", "不能用 (?…)"),
        ("(", "不是正确的正则表达式"),
        ("a*", "什么都没有也会命中"),
    ],
)
def test_a_pattern_that_could_stall_a_message_is_refused(pattern: str, complaint: str) -> None:
    assert complaint in patterns.danger(pattern)


def test_a_pattern_that_is_slow_when_tried_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "TRIAL_SECONDS", 0.0)

    assert "试运行太慢" in patterns.danger("退.*款")


@given(st.text("ab()|?*+{}[]^$.\\1,2一", max_size=14), st.text("ab一", max_size=patterns.READ))
def test_what_may_be_saved_is_quick_on_any_message(pattern: str, text: str) -> None:
    if patterns.danger(pattern):
        return
    began = time.perf_counter()

    patterns.compiled(pattern).search(text)

    assert time.perf_counter() - began < 0.5
