"""The sets: what followers ask, and which entry should answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.store.release import Release
from infra import faq_jsonl

DATA = Path(__file__).parent / "data"
SETS = ("shop_zh", "hotel_zh", "chitchat_zh", "banking_en")
"""Those that the engine was developed and fitted on."""
UNSEEN = ("clinic_zh",)
"""Those that were measured only, when everything else stood still. Nothing is ever fitted or chosen by them."""
USUALLY = datetime.fromisoformat("2025-12-15T10:00:00+08:00")


@dataclass(frozen=True, slots=True)
class Question:
    """What a follower wrote. `entry_id` is None where nothing should answer; `not_id` must not even be offered."""

    text: str
    entry_id: str | None
    tag: str
    at: datetime
    not_id: str | None


def release_of(name: str) -> Release:
    return faq_jsonl.read(DATA / name / "faqs.jsonl")


def questions_of(name: str) -> tuple[Question, ...]:
    files = sorted((DATA / name).glob("queries*.jsonl"))
    return tuple(_question(line) for file in files for line in read_lines(file))


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, filter(str.strip, lines))


def _question(line: dict[str, Any]) -> Question:
    at = datetime.fromisoformat(line["at"]) if line.get("at") else USUALLY
    return Question(line["text"], line.get("id"), line.get("tag", "all"), at, line.get("not_id"))
