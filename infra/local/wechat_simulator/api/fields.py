"""What a template's fields may hold (official docs, parameter types of template and subscription messages)."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from infra.local.wechat_simulator.account_state import Keyword
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json

_DAY = r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})"
_HOUR = r"(?:[01]?\d|2[0-4])[:：][0-5]\d(?:[:：][0-5]\d)?"
_MOMENT = rf"(?:{_DAY}\s*)?{_HOUR}"
_DATE = rf"{_DAY}(?:\s*{_HOUR})?"


def _pattern(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def is_thing(value: str) -> bool:
    return len(value) <= 20 and not any(unicodedata.category(one) == "Cc" for one in value)


def is_character_string(value: str) -> bool:
    """Letters, digits and symbols; Chinese is refused."""
    return len(value) <= 32 and not any(unicodedata.category(one) in ("Lo", "Cc") for one in value)


def is_symbol(value: str) -> bool:
    return len(value) <= 5 and not any(one.isalnum() or one.isspace() for one in value)


def is_name(value: str) -> bool:
    """Ten Chinese characters, or twenty Latin ones."""
    return len(value) <= (20 if value.isascii() else 10)


RULES: dict[str, Callable[[str], bool]] = {
    "thing": is_thing,
    "character_string": is_character_string,
    "number": _pattern(r"[-+]?(?=[\d.]{1,32}$)\d+(?:\.\d+)?"),
    "letter": _pattern(r"[A-Za-z]{1,32}"),
    "symbol": is_symbol,
    "time": _pattern(rf"{_MOMENT}(?:\s*~\s*{_MOMENT})?"),
    "date": _pattern(rf"{_DATE}(?:\s*~\s*{_DATE})?"),
    "amount": _pattern(r"[¥￥$€£]?(?=[\d.]{1,11}元?$)\d{1,10}(?:\.\d+)?元?"),
    "phone_number": _pattern(r"[\d+\-() ,*#]{1,17}"),
    "car_number": lambda value: len(value) <= 8,
    "name": is_name,
    "phrase": _pattern(r"[\u4e00-\u9fff]{1,5}"),
    "short_thing": lambda value: len(value) <= 5,
    "const": lambda value: len(value) <= 20,
}


def check_data(data: Json, keywords: Sequence[Keyword], *, refuse_missing: bool, refuse_long_thing: bool) -> None:
    """Raises 47003 for the first keyword whose value is missing or does not fit."""
    for keyword in keywords:
        if keyword.key not in data:
            if refuse_missing:
                raise _wrong(keyword.key)
            continue
        value = value_of(data[keyword.key])
        if value is None or not _fits(keyword, value, refuse_long_thing=refuse_long_thing):
            raise _wrong(keyword.key)


def value_of(field: object) -> str | None:
    """The text of `{"value": …}`, if it says something."""
    value = field.get("value") if isinstance(field, dict) else None
    return value if isinstance(value, str) and value.strip() else None


def _fits(keyword: Keyword, value: str, *, refuse_long_thing: bool) -> bool:
    kind = keyword.key.rstrip("0123456789")
    if kind == "enum":
        return not keyword.choices or value in keyword.choices
    if kind == "thing" and not refuse_long_thing:
        value = value[:20]
    rule = RULES.get(kind)
    return rule is None or rule(value)


def _wrong(key: str) -> ApiError:
    return ApiError(47003, f"argument invalid! data.{key}.value invalid")
