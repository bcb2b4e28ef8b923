"""A release: everything that followers of an account read and operators edit, immutable once published."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from chalicelib.store import keys
from chalicelib.store.faq_entry import Answer, Conditions, FaqEntry, Keyword
from chalicelib.store.table import Absent, Item, Put, Table, all_items

__all__ = [
    "Answer", "Channel", "Conditions", "FaqEntry", "Keyword", "Release", "find", "joined", "list_versions", "parts",
]  # fmt: skip

SCHEMA = 2
"""Since 2 the JSON is preceded by its length and followed by the index."""
LENGTH_BYTES = 4
PART_BYTES = 300_000
"""Under DynamoDB's item limit of 400 KB, with room for the keys."""


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
    words: Mapping[str, str] = field(default_factory=dict)
    """What placeholders in answers stand for: ``{shop}`` is the word of ``shop``."""
    feedback: bool = False
    """Whether followers are asked, now and then, if an answer that was searched for has helped."""
    index: bytes = field(default=b"", repr=False, compare=False)
    """The entries as the engine searches them, made when publishing; empty where they must be indexed on loading."""
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
            "entries": [entry.to_json() for entry in self.entries],
            "words": dict(self.words),
            "feedback": self.feedback,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, index: bytes = b"") -> Self:
        return cls(
            version=data["version"],
            entries=tuple(map(FaqEntry.from_json, data["entries"])),
            channels=tuple(Channel(*channel) for channel in data["channels"]),
            welcome=data["welcome"],
            service_from=data["service"][0],
            service_until=data["service"][1],
            words=data.get("words", {}),
            feedback=data.get("feedback", False),
            index=index,
        )


def parts(account: str, release: Release) -> tuple[Put, ...]:
    """The release as compressed items, each under the item limit; none is ever overwritten."""
    packed = zlib.compress(_packed(release), 6)
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
    return joined(items)


def joined(items: Sequence[Item]) -> Release:
    """The release of all its parts."""
    data = zlib.decompress(b"".join(item["data"] for item in items))
    if items[0]["v"] == 1:
        return Release.from_json(json.loads(data))
    end = LENGTH_BYTES + int.from_bytes(data[:LENGTH_BYTES], "big")
    return Release.from_json(json.loads(data[LENGTH_BYTES:end]), index=data[end:])


def list_versions(table: Table, account: str) -> tuple[int, ...]:
    """Versions of which at least one part exists, oldest first."""
    items = all_items(table, keys.release_partition(account), prefix=keys.RELEASE)
    return tuple(sorted({keys.release_version(item["sk"]) for item in items}))


def _packed(release: Release) -> bytes:
    content = json.dumps(release.to_json(), ensure_ascii=False, separators=(",", ":")).encode()
    return len(content).to_bytes(LENGTH_BYTES, "big") + content + release.index
