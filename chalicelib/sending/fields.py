"""What a template's fields may hold, and how a value is made to fit. Pure.

Official pages on template messages and subscription notices: a field's type is the front of its key (``thing1``). What
does not fit is answered with 47003 for the whole message, so it is cut or refused here. A cut value ends in "…"; where
its type leaves no room for such a mark, a value that is too long is a problem, because nobody could tell it was cut.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

PROBLEMS: Mapping[str, str] = {
    "missing": "缺少这个字段",
    "unknown": "模板没有这个字段",
    "empty": "没有内容",
    "too_long": "内容太长",
    "malformed": "内容不符合字段类型",
    "not_a_choice": "不在可选值之内",
}
"""What can be wrong with a field, and what an operator reads."""

HALF_WIDTH = {0x3000: " "} | {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
"""Full-width letters, digits and signs, as Chinese keyboards give them, to the ones that typed fields take."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A value as its field takes it. With a `problem` (a code of PROBLEMS) it is as it came, and would be refused."""

    value: str
    cut: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    key: str
    code: str

    @property
    def in_words(self) -> str:
        return f"{self.key}：{PROBLEMS[self.code]}"


class Keyword(Protocol):
    """A field as the template declares it; `choices` are the values that it is limited to, if any."""

    @property
    def key(self) -> str: ...

    @property
    def choices(self) -> tuple[str, ...]: ...


Rule: TypeAlias = Callable[[str], Fitted]


def fitted(key: str, value: str) -> Fitted:
    """The value as the type in `key` takes it. Types that we do not know (old industry templates) take anything."""
    if any(unicodedata.category(one) == "Cs" for one in value):
        return Fitted(value, problem="malformed")
    rule = RULES.get(type_of(key))
    return rule(value) if rule else Fitted(value)


def type_of(key: str) -> str:
    return key.rstrip("0123456789")


def unfit(data: Mapping[str, str]) -> list[Problem]:
    """What the keys alone tell to be wrong."""
    return [Problem(key, code) for key, value in data.items() if (code := fitted(key, value).problem)]


def check(data: Mapping[str, str], keywords: Iterable[Keyword]) -> list[Problem]:
    """What WeChat would refuse of the data for a template of these keywords."""
    declared = {keyword.key: keyword for keyword in keywords}
    missing = [Problem(key, "missing") for key in declared if key not in data]
    unknown = [Problem(key, "unknown") for key in data if key not in declared]
    given = [(key, _problem(declared[key], value)) for key, value in data.items() if key in declared]
    return missing + unknown + [Problem(key, code) for key, code in given if code]


def _problem(keyword: Keyword, value: str) -> str:
    if keyword.choices and value not in keyword.choices:
        return "not_a_choice"
    return fitted(keyword.key, value).problem


def length(text: str) -> int:
    """As a phone counts: an emoji and a rare character are two. The platform does not say; this is never too few."""
    return len(text.encode("utf-16-le")) // 2


def _cut_to(most: int) -> Rule:
    """Any text, on one line."""

    def rule(value: str) -> Fitted:
        text = _on_one_line(value)
        return _cut(text, most) if text else Fitted(value, problem="empty")

    return rule


def _characters(value: str) -> Fitted:
    """Letters, digits and signs, without Chinese; so the mark of a cut is written with three dots."""
    text = _on_one_line(value.translate(HALF_WIDTH))
    if not text:
        return Fitted(value, problem="empty")
    if any(unicodedata.category(one) == "Lo" for one in text):
        return Fitted(value, problem="malformed")
    return _cut(text, 32, mark="...")


def _name(value: str) -> Fitted:
    """Ten Chinese characters, or twenty Latin ones; a mixture counts as Chinese."""
    text = _on_one_line(value)
    if not text:
        return Fitted(value, problem="empty")
    return _cut(text, 20, mark="...") if text.isascii() else _cut(text, 10)


def _up_to(most: int) -> Rule:
    """A short text that means something else when it is cut, such as a number plate."""

    def rule(value: str) -> Fitted:
        text = _on_one_line(value)
        if not text:
            return Fitted(value, problem="empty")
        return Fitted(text) if length(text) <= most else Fitted(value, problem="too_long")

    return rule


def _symbols(value: str) -> Fitted:
    text = value.strip()
    if not text:
        return Fitted(value, problem="empty")
    if length(text) > 5:
        return Fitted(value, problem="too_long")
    plain = not any(one.isalnum() or one.isspace() or unicodedata.category(one) == "Cc" for one in text)
    return Fitted(text) if plain else Fitted(value, problem="malformed")


def _like(pattern: str, *, without: str = "") -> Rule:
    """What has a form of its own: it is brought to half width, without the signs that may be left out."""
    form, dropped = re.compile(pattern), dict.fromkeys(map(ord, without))

    def rule(value: str) -> Fitted:
        text = value.translate(HALF_WIDTH).translate(dropped).strip()
        if not text:
            return Fitted(value, problem="empty")
        return Fitted(text) if form.fullmatch(text) else Fitted(value, problem="malformed")

    return rule


def _on_one_line(value: str) -> str:
    """Without control characters, line breaks and stretches of white space."""
    return " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in value).split())


def _cut(text: str, most: int, *, mark: str = "…") -> Fitted:
    if length(text) <= most:
        return Fitted(text)
    kept = text[: most - len(mark)]
    while length(kept) > most - len(mark):
        kept = kept[:-1]
    return Fitted(kept.rstrip() + mark, cut=True)


_DAY = r"[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}日|[-/.][0-9]{1,2}[-/.][0-9]{1,2})"
_HOUR = r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?"
_TIME = rf"(?:{_DAY} *)?{_HOUR}"
_DATE = rf"{_DAY}(?: *{_HOUR})?"

RULES: Mapping[str, Rule] = {
    "thing": _cut_to(20),
    "short_thing": _cut_to(5),
    "const": _up_to(20),
    "character_string": _characters,
    "number": _like(r"[-+]?(?=[0-9.]{1,32}$)[0-9]+(?:\.[0-9]+)?", without=","),
    "letter": _like(r"[A-Za-z]{1,32}"),
    "symbol": _symbols,
    "time": _like(rf"{_TIME}(?: *~ *{_TIME})?"),
    "date": _like(rf"{_DATE}(?: *~ *{_DATE})?"),
    "amount": _like(r"[¥￥$€£]?(?=[0-9.]{1,11}元?$)[0-9]{1,10}(?:\.[0-9]+)?元?", without=","),
    "phone_number": _like(r"[0-9+\-() ,*#]{1,17}"),
    "car_number": _up_to(8),
    "name": _name,
    "phrase": _like(r"[\u4e00-\u9fff]{1,5}"),
    "enum": _up_to(20),
}
"""By type."""
