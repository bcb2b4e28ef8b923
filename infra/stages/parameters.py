"""What `stack.yaml` accepts as a stage's name and as its other parameters, asked before anything is made."""

import argparse
import re
from collections.abc import Mapping
from typing import Any

from infra import template

OWN = ("Stage", "DeletionProtection")
"""Parameters that have an option of their own."""
WORDS: Mapping[str, str] = {
    "Stage": "一到十六个小写字母和数字，以字母开头",
    "AlarmEmail": "一个邮箱地址，或者留空",
}
"""What the template's patterns mean, for the operator."""


def stage_name(text: str) -> str:
    """An argparse type."""
    if trouble := refusal("Stage", text):
        raise argparse.ArgumentTypeError(f"环境的名字 {text} 不合格，应当是{trouble}")
    return text


def setting(text: str) -> tuple[str, str]:
    """An argparse type: one parameter and its value."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text} 应当写成 参数=值")
    settable = sorted(template.load()["Parameters"].keys() - OWN)
    if name not in settable:
        raise argparse.ArgumentTypeError(f"没有参数 {name}，可以设置的是 {'、'.join(settable)}")
    if trouble := refusal(name, value):
        raise argparse.ArgumentTypeError(f"{text} 不合格，{name} 应当是{trouble}")
    return name, value


def refusal(name: str, value: str) -> str:
    """What the template wants instead of this value, in words; nothing when it takes it."""
    rules: Mapping[str, Any] = template.load()["Parameters"][name]
    pattern, values = rules.get("AllowedPattern"), [str(each) for each in rules.get("AllowedValues", ())]
    if pattern is not None and not re.fullmatch(pattern, value):
        return f"{WORDS[name]}（{pattern}）"
    if values and value not in values:
        return f"其中之一：{'、'.join(values)}"
    if rules["Type"] == "Number" and not _is_number(value, least=rules.get("MinValue", 0)):
        return f"不小于 {rules.get('MinValue', 0)} 的整数"
    return ""


def _is_number(value: str, *, least: int) -> bool:
    return re.fullmatch(r"[0-9]+", value) is not None and int(value) >= least
