"""How WeChat's XML fields become typed values: lenient about what is missing, deaf to what is new."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, field, fields
from functools import cache
from math import isfinite
from typing import Any, TypeAlias, TypeVar, get_args, get_type_hints

Fields: TypeAlias = Mapping[str, Any]
"""Parsed XML: texts, maps and lists of them. An element that occurs once is no list."""
T = TypeVar("T")
LONGEST_NUMBER = 32


def xml(name: str, *, inside: str = "") -> Any:
    """Declare the element that a dataclass field is read from, `inside` another element if need be.

    The field is a str, an int, a float, or a tuple of such a dataclass.
    """
    return field(default=MISSING, metadata={"xml": name, "inside": inside})


def read(cls: Callable[..., T], source: Fields) -> T:
    """Fill a dataclass from parsed XML. What is missing or misshapen becomes the type's empty value."""
    values = {}
    for name, tag, inside, wanted in _plan(cls):
        place = _map(source.get(inside)) if inside else source
        values[name] = _value(wanted, place.get(tag))
    return cls(**values)


@cache
def _plan(cls: Any) -> tuple[tuple[str, str, str, Any], ...]:
    hints = get_type_hints(cls)
    return tuple((f.name, f.metadata["xml"], f.metadata["inside"], hints[f.name]) for f in fields(cls))


def _value(wanted: Any, found: Any) -> Any:
    if wanted is str:
        return text_of(found)
    if wanted is int or wanted is float:
        return _number(wanted, text_of(found))
    return tuple(read(get_args(wanted)[0], one) for one in _maps(found))


def text_of(found: Any) -> str:
    """The text of an element; empty when it is missing or holds elements."""
    return found if isinstance(found, str) else ""


def _number(wanted: type[int] | type[float], text: str) -> int | float:
    """Finite, and short enough for the table to hold; else zero."""
    try:
        number = wanted(text[: LONGEST_NUMBER + 1])
    except ValueError:
        return wanted(0)
    return number if isfinite(number) and len(text) <= LONGEST_NUMBER else wanted(0)


def _map(found: Any) -> Fields:
    return found if isinstance(found, Mapping) else {}


def _maps(found: Any) -> list[Fields]:
    """The elements of a repeated element; empty ones and bare texts say nothing."""
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]
