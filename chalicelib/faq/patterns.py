"""Which regular expressions a keyword may be: those that cannot stall a message, whatever a follower writes.

A quantifier that may repeat stands only behind one character or a class of them, or behind a group that holds neither
quantifier nor choice. With a bounded number of such quantifiers, and on a bounded text, every search ends soon.
"""

import re
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

MOST_REPEATS = 3
"""Quantifiers without a small bound, in one pattern."""
MOST_OPTIONS = 6
"""Question marks, each of which doubles the ways to match."""
MOST_TIMES = 20
"""The largest number that a counted repetition may name."""
TRIAL_SECONDS = 0.03
READ = 60
"""Characters of a message that patterns see."""

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\(|\)|\||[*+?]\??|\{\d*,?\d*\}\??|.", re.DOTALL)
_REPEAT = re.compile(r"[*+]\??|\{(\d*)(,?)(\d*)\}\??")


@dataclass(slots=True)
class _Group:
    is_complex: bool = False
    """Holds a quantifier or a choice."""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, for normalised texts. Raises re.error."""
    return re.compile(pattern, re.IGNORECASE)


def danger(pattern: str) -> str:
    """Why a pattern may not be saved, in words for the operator; empty when it may."""
    return flaw(pattern) or _slowness(pattern)


def flaw(pattern: str) -> str:
    """What can be seen from the pattern alone: quick, and enough for one that was saved before."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            is_empty = compiled(pattern).search("") is not None
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return f"不是正确的正则表达式（{error}）"
    if is_empty:
        return "什么都没有也会命中，请至少写一个必须出现的字"
    return next(_dangers(pattern), "")


def _dangers(pattern: str) -> Iterator[str]:
    groups, last, repeats, options = [_Group()], _Group(), 0, 0
    for found in _TOKEN.finditer(pattern):
        token = found[0]
        if pattern.startswith("(?", found.start()) and token == "(":  # noqa: S105 - a token of a pattern
            yield "只能用普通的括号或 (?:…)，不能用 (?…) 的其他写法"
        if re.fullmatch(r"\\[1-9]", token):
            yield "不能用 \\1 这样的反向引用"
        if token in {"(", "(?:"}:
            groups.append(_Group())
        elif token == ")":  # noqa: S105
            last = groups.pop()
            groups[-1].is_complex |= last.is_complex
        elif token == "|":  # noqa: S105
            groups[-1].is_complex = True
        elif token[0] in "*+{" and _REPEAT.fullmatch(token):
            repeats += 1
            yield from _repeat_dangers(token, last, repeats)
            groups[-1].is_complex = True
        elif token[0] == "?":
            options += 1
            if options > MOST_OPTIONS:
                yield f"? 最多用 {MOST_OPTIONS} 次"
            groups[-1].is_complex = True
        else:
            last = _Group()


def _repeat_dangers(token: str, repeated: _Group, repeats: int) -> Iterator[str]:
    if repeated.is_complex:
        yield f"{token} 重复的括号里还有重复或“|”，某些消息会让它算很久"
    if repeats > MOST_REPEATS:
        yield f"*、+ 和 {{}} 一共最多用 {MOST_REPEATS} 次"
    if any(int(number) > MOST_TIMES for number in re.findall(r"\d+", token)):
        yield f"重复次数最多写 {MOST_TIMES}"


def _slowness(pattern: str) -> str:
    """The pattern is tried on what it is made of, over and over; only what passed the other checks comes here."""
    made_of = "".join(re.findall(r"\w", pattern)) or "一"
    texts = [(text * READ)[:READ] for text in (made_of, made_of[0], made_of[-1], "一")]
    if max(min(_seconds(pattern, text) for _ in range(3)) for text in texts) > TRIAL_SECONDS:
        return "试运行太慢，请写得更简单"
    return ""


def _seconds(pattern: str, text: str) -> float:
    began = time.perf_counter()
    compiled(pattern).search(text + "\n")
    return time.perf_counter() - began
