"""An FAQ as JSON lines, one entry a line, as evaluation tools write it: id, question, similar, keywords, validity."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from chalicelib.errors import BadContent
from chalicelib.store.release import Conditions, FaqEntry, Keyword, Release

KINDS = {"exact", "contains", "prefix", "regex"}


def read(path: Path) -> Release:
    """The release of a file. Raises BadContent with the line."""
    try:
        with path.open(encoding="utf-8") as lines:
            return Release(version=1, entries=tuple(_entries(lines)))
    except OSError as error:
        raise BadContent(f"读不到文件 {path}：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadContent(f"文件不是 UTF-8 编码：{path}") from error


def _entries(lines: Iterable[str]) -> Iterator[FaqEntry]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _entry(json.loads(line))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise BadContent(f"第 {number} 行：不是一个条目") from error


def _entry(faq: Mapping[str, Any]) -> FaqEntry:
    keywords = tuple(Keyword(one["type"], one["pattern"]) for one in faq.get("keywords") or ())
    if not {keyword.kind for keyword in keywords} <= KINDS:
        raise ValueError("an unknown kind of keyword")
    return FaqEntry(
        entry_id=faq["id"],
        title=faq["question"],
        answer=faq.get("answer") or "",
        questions=tuple(faq.get("similar") or ()),
        keywords=keywords,
        priority=faq.get("priority") or 0,
        conditions=Conditions(faq.get("valid_from") or "", faq.get("valid_to") or ""),
    )
