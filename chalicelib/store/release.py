"""A release: everything that followers of an account read and operators edit, immutable once published."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from chalicelib.store import keys
from chalicelib.store.table import Absent, Put, Table, all_items

SCHEMA = 1
PART_BYTES = 300_000
"""Under DynamoDB's item limit of 400 KB, with room for the keys."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A text that a follower may send: the whole message, or a part of it."""

    kind: Literal["exact", "contains"]
    pattern: str


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One question and its answer."""

    entry_id: str
    title: str
    """The standard question, shown in suggestions."""
    answer: str
    questions: tuple[str, ...] = ()
    """Other phrasings of the same question."""
    keywords: tuple[Keyword, ...] = ()
    priority: int = 0
    """Higher wins where evidence is otherwise equal."""
    human: bool = False
    """Hand the follower to human service instead of answering."""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """Where followers come from: a parametric QR code and its own welcome."""

    scene: str
    name: str
    welcome: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """One published version."""

    version: int
    entries: tuple[FaqEntry, ...] = ()
    channels: tuple[Channel, ...] = ()
    welcome: str = ""
    service_from: str = "09:00"
    service_until: str = "21:00"
    """Hours of human service, Asia/Shanghai, ``HH:MM``; they may cross midnight."""
    _by_id: Mapping[str, FaqEntry] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {entry.entry_id: entry for entry in self.entries})

    def find(self, entry_id: str) -> FaqEntry | None:
        return self._by_id.get(entry_id)

    def channel(self, scene: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.scene == scene), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "version": self.version,
            "welcome": self.welcome,
            "service": [self.service_from, self.service_until],
            "channels": [[channel.scene, channel.name, channel.welcome] for channel in self.channels],
            "entries": [_entry_to_json(entry) for entry in self.entries],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            version=data["version"],
            entries=tuple(_entry_from_json(entry) for entry in data["entries"]),
            channels=tuple(Channel(*channel) for channel in data["channels"]),
            welcome=data["welcome"],
            service_from=data["service"][0],
            service_until=data["service"][1],
        )


def parts(account: str, release: Release) -> tuple[Put, ...]:
    """The release as compressed items, each under the item limit; none is ever overwritten."""
    packed = zlib.compress(json.dumps(release.to_json(), ensure_ascii=False).encode(), 9)
    chunks = [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)]
    return tuple(
        Put(
            keys.release_part(account, release.version, number),
            {"v": SCHEMA, "parts": len(chunks), "data": chunk},
            (Absent(),),
        )
        for number, chunk in enumerate(chunks)
    )


def find(table: Table, account: str, version: int) -> Release | None:
    """The release, or None when it is not there or not whole."""
    items = tuple(all_items(table, keys.release_partition(account), prefix=keys.release_prefix(version)))
    if not items or len(items) != items[0]["parts"]:
        return None
    return Release.from_json(json.loads(zlib.decompress(b"".join(item["data"] for item in items))))


def list_versions(table: Table, account: str) -> tuple[int, ...]:
    """Versions of which at least one part exists, oldest first."""
    items = all_items(table, keys.release_partition(account), prefix=keys.RELEASE)
    return tuple(sorted({keys.release_version(item["sk"]) for item in items}))


def _entry_to_json(entry: FaqEntry) -> dict[str, Any]:
    return {
        "id": entry.entry_id,
        "title": entry.title,
        "answer": entry.answer,
        "questions": list(entry.questions),
        "keywords": [[keyword.kind, keyword.pattern] for keyword in entry.keywords],
        "priority": entry.priority,
        "human": entry.human,
        "add_tags": list(entry.add_tags),
        "remove_tags": list(entry.remove_tags),
    }


def _entry_from_json(data: Mapping[str, Any]) -> FaqEntry:
    return FaqEntry(
        entry_id=data["id"],
        title=data["title"],
        answer=data["answer"],
        questions=tuple(data["questions"]),
        keywords=tuple(Keyword(kind, pattern) for kind, pattern in data["keywords"]),
        priority=data["priority"],
        human=data["human"],
        add_tags=tuple(data["add_tags"]),
        remove_tags=tuple(data["remove_tags"]),
    )
