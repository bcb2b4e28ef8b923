"""Why a push was put off or held: each code that is given has its words."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.sending.outcomes import RULES
from chalicelib.sending.reasons import CLASSES, CODES, REASONS, in_words
from chalicelib.sending.traits import RESERVE, TRAITS, most_for
from chalicelib.store.push import Channel
from chalicelib.wechat.codes import error_for
from chalicelib.wechat.errors import DayLimit, MinuteLimit, UnknownCode, Unreachable, WaitingForAdmin, WechatError
from tests.support.project import ROOT

SPOKEN = {"Stop": 0, "Wait": 1, "Outcome": 1, "_until": 2, "_again_later": 0}
"""Where each of these takes its reason."""


def given_by(file: Path) -> set[str]:
    """Every reason that the file gives in so many words."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    named = [(call.func.id, call.args) for call in calls if isinstance(call.func, ast.Name) and call.func.id in SPOKEN]
    spoken = [args[SPOKEN[name]] for name, args in named if len(args) > SPOKEN[name]]
    return {str(one.value) for one in spoken if isinstance(one, ast.Constant) and one.value}


@pytest.mark.parametrize("folder", ["sending", "push"])
def test_every_reason_that_is_given_has_its_words(folder: str) -> None:
    given = set().union(*map(given_by, (ROOT / "chalicelib" / folder).rglob("*.py")))

    assert given
    assert given <= REASONS.keys()


def test_an_operator_reads_words_and_wechats_own_codes() -> None:
    assert in_words("cap.day") == "当天的提醒次数已到上限"
    assert in_words("47003") == "微信错误 47003（模板字段的内容不合要求）"
    assert in_words("45015") == "微信错误 45015（没有可用的客服消息时段）"
    assert in_words("-1") == "微信错误 -1（微信繁忙）"
    assert in_words("99999") == "微信错误 99999（没有见过的错误）"


@pytest.mark.parametrize("code", CODES)
def test_a_code_with_words_of_its_own_is_one_that_wechat_gives(code: str) -> None:
    assert not isinstance(error_for(int(code)), UnknownCode)


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=lambda rule: rule.__name__)
def test_every_class_of_error_that_ends_a_push_has_its_words(rule: type[WechatError]) -> None:
    puts_off_or_is_no_refusal = {DayLimit, MinuteLimit, Unreachable, WaitingForAdmin, WechatError}

    assert rule in CLASSES or rule in puts_off_or_is_no_refusal


def test_no_two_reasons_read_the_same() -> None:
    assert len(set(REASONS.values())) == len(REASONS)


@pytest.mark.parametrize("channel", get_args(Channel))
def test_a_part_of_each_days_quota_is_kept_for_service_notices(channel: Channel) -> None:
    limit = TRAITS[channel].daily

    assert most_for("service", limit) == limit
    assert most_for("public", limit) == most_for("brand", limit) == round(limit * (1 - RESERVE))


def test_wechat_remembers_the_keys_of_templates_and_masses_only() -> None:
    assert {channel for channel, traits in TRAITS.items() if traits.repeat_within} == {"template", "mass"}
    assert TRAITS["template"].classes == {"service", "public"}
