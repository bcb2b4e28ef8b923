"""The account's templates as WeChat last told them: what a notice may be written on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from chalicelib.clock import iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.push import Channel
from chalicelib.store.table import Item, Put, Table

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a template. `key` tells its type (``thing1``); `choices` are the values it is limited to, if any."""

    key: str
    name: str
    choices: tuple[str, ...] = ()

    def to_item(self) -> dict[str, Any]:
        return {"key": self.key, "name": self.name, "choices": list(self.choices)}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        return cls(item["key"], item["name"], tuple(item["choices"]))


@dataclass(frozen=True, slots=True)
class Template:
    """`channel` is `template` for service notices, `subscribe` for subscription notices."""

    template_id: str
    title: str
    channel: Channel
    fields: tuple[Field, ...]
    long_term: bool = False
    """Of a subscription: one consent holds for good."""

    def to_item(self) -> dict[str, Any]:
        return {
            "template_id": self.template_id,
            "title": self.title,
            "channel": self.channel,
            "fields": [field.to_item() for field in self.fields],
            "long_term": self.long_term,
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        fields = tuple(map(Field.from_item, item["fields"]))
        return cls(item["template_id"], item["title"], item["channel"], fields, item["long_term"])


@dataclass(frozen=True, slots=True)
class Templates:
    """All of one account, fetched together."""

    account: str
    listed: tuple[Template, ...]
    fetched_at: datetime

    def find(self, channel: str, template_id: str) -> Template | None:
        fitting = (one for one in self.listed if (one.channel, one.template_id) == (channel, template_id))
        return next(fitting, None)

    def put(self) -> Put:
        """Write them over what stood there: WeChat alone knows."""
        return Put(keys.templates(self.account), self.to_item())

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "templates": [template.to_item() for template in self.listed],
            "fetched_at": iso(self.fetched_at),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(item["account"], tuple(map(Template.from_item, item["templates"])), parse_iso(item["fetched_at"]))


def find(table: Table, account: str) -> Templates | None:
    """None when they were never fetched."""
    item = table.get(keys.templates(account))
    return Templates.from_item(item) if item else None
