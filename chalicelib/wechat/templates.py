"""What WeChat tells about an account's templates: their fields, and what these may hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from chalicelib.wechat.calls import clean

FIELD = re.compile(r"(?P<name>[^\n{}]*)\{\{\s*(?P<key>\w+)\.DATA\s*\}\}")
"""One field in a template's content: ``订单号:{{character_string1.DATA}}``."""
LONGEST_CONTENT = 10_000


@dataclass(frozen=True, slots=True)
class TemplateField:
    """`key` tells the type (``thing1``); `choices` are the values of an `enum`, where WeChat names them."""

    key: str
    name: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """One of the account's own templates."""

    template_id: str
    title: str
    fields: tuple[TemplateField, ...]
    long_term: bool = False
    """Of a subscription: it needs no consent per send."""

    @classmethod
    def from_private(cls, told: Mapping[str, Any]) -> Self:
        """A template of service notices. Raises AttributeError, LookupError or TypeError when it is misshapen."""
        return cls(clean(told["template_id"]), clean(told.get("title")), _fields(told["content"], {}))

    @classmethod
    def from_subscription(cls, told: Mapping[str, Any]) -> Self:
        """A template of subscription notices: type 2 is for one send per consent, 3 for good. Raises as above."""
        listed = told.get("keywordEnumValueList") or ()
        choices = {str(one["keywordCode"]).removesuffix(".DATA"): one["enumValueList"] for one in listed}
        fields = _fields(told["content"], choices)
        return cls(clean(told["priTmplId"]), clean(told.get("title")), fields, long_term=told.get("type") == 3)


def _fields(content: str, choices: Mapping[str, Any]) -> tuple[TemplateField, ...]:
    found = FIELD.finditer(content[:LONGEST_CONTENT])
    return tuple(
        TemplateField(
            one["key"], clean(one["name"].strip().rstrip(":： ")), tuple(map(clean, choices.get(one["key"], ())))
        )
        for one in found
    )
