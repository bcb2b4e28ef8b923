"""``ops faq try`` and ``ops faq serve``: what the engine makes of a question, for people and for programs."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.errors import BadContent
from chalicelib.faq import releases
from chalicelib.faq.engine import CompiledFaq, compile_release, with_index
from chalicelib.faq.engine.confidence import FEATURES
from chalicelib.faq.engine.search import OPTIONS
from chalicelib.store import account as accounts
from chalicelib.store.release import Release
from chalicelib.store.table import Table
from infra import faq_file, faq_jsonl
from infra.patience import present

DECISIONS = {"answer": "answer", "clarify": "suggest", "miss": "decline"}
TOLD = {"answer": "直接回答", "clarify": "反问“您是不是想问”", "miss": "说不知道"}
MEASURES = {"score": "总分", "margin": "领先第二名", "agreement": "各项一致", "known": "认得的字词",
            "known_more": "比别的多认得"}  # fmt: skip


def try_question(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Show what would be said, the candidates, and what speaks for each."""
    faq = _compiled(_release(options, open_table))
    now = present()
    tags = tuple(options.tag)
    verdict = faq.search(options.question, now=now, tags=tags)
    print(f"{TOLD[verdict.outcome]}（把握 {verdict.confidence:.2f}，{faq.calibration.answers:.2f} 以上才直接回答）")
    found = faq.find(options.question, barred=faq.barred(now, tags))
    if found is None:
        return
    told = zip(FEATURES, found.features, strict=True)
    print("　".join(f"{MEASURES[name]} {value:.2f}" for name, value in told))
    if found.is_contrary:
        print("话里有“不要”“别”这样的否定，而这个条目里没有：最多反问")
    for number, one in enumerate(found.ranked[:OPTIONS], start=1):
        entry = faq.ranked[one.entry]
        print(
            f"{number}. {entry.title}（{entry.entry_id}）总分 {one.score:.2f} = 最像的问法 {one.best:.2f}、"
            f"整体 {one.centre:.2f}、读音 {one.spoken:.2f}、逐字 {one.alike:.2f}、关键词 {one.rule:.2f}"
        )


def serve(options: argparse.Namespace, _open_table: Callable[[], Table]) -> None:
    """Answer JSON lines ``{"text", "at"}`` with ``{"decision", "id", "confidence", "candidates"}``, until they end."""
    faq = _compiled(faq_jsonl.read(options.faqs))
    for answer in served(faq, sys.stdin):
        print(json.dumps(answer, ensure_ascii=False), flush=True)


def served(faq: CompiledFaq, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The answer to each line; one that cannot be read is declined, with the reason."""
    for line in lines:
        try:
            asked = json.loads(line)
            text, at = str(asked["text"]), datetime.fromisoformat(asked["at"])
        except (ValueError, LookupError, TypeError):
            yield {"decision": "decline", "id": None, "confidence": 0.0, "candidates": [], "error": "unreadable line"}
            continue
        yield _answer(faq, text, at)


def _answer(faq: CompiledFaq, text: str, at: datetime) -> dict[str, Any]:
    verdict = faq.search(text, now=at)
    found = faq.find(text, barred=faq.barred(at, ()))
    candidates = [
        {"id": faq.ranked[one.entry].entry_id, "score": round(one.score, 4)}
        for one in (found.ranked[:OPTIONS] if found else ())
    ]
    first = verdict.entries[0].entry_id if verdict.outcome == "answer" else None
    decision = DECISIONS[verdict.outcome]
    return {"decision": decision, "id": first, "confidence": verdict.confidence, "candidates": candidates}


def _compiled(release: Release) -> CompiledFaq:
    return compile_release(release if release.index else with_index(release))


def _release(options: argparse.Namespace, open_table: Callable[[], Table]) -> Release:
    if options.file:
        file: Path = options.file
        return faq_jsonl.read(file) if file.suffix == ".jsonl" else faq_file.read(file)
    table = open_table()
    version = accounts.find(table, options.account).release
    try:
        return releases.load(table, options.account, version)
    except releases.BrokenRelease as error:
        raise BadContent("这个公众号还没有可用的版本") from error
