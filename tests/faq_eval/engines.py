"""What is compared: our engine, and what others use for the same. Each makes an `Ask` of a release."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from chalicelib.faq.availability import is_available
from chalicelib.faq.engine import compile_release, exact_texts, normalise, with_index
from chalicelib.faq.engine.calibration import calibrated
from chalicelib.faq.engine.compiling import compile_entries
from chalicelib.faq.engine.index import phrasings_of
from chalicelib.faq.engine.search import CompiledFaq
from chalicelib.store.release import Release
from tests.faq_eval.scorers import Scorer


class Said(NamedTuple):
    """What an engine makes of a question; `options` are the candidates, the best first, whatever the decision."""

    decision: str
    options: tuple[str, ...]
    confidence: float


Ask: TypeAlias = Callable[[str, datetime], Said]


def ours(release: Release) -> Ask:
    return _asking(compile_release(with_index(release)))


def ours_with_curve(release: Release, curve: Sequence[float]) -> Ask:
    """Our engine, with a prior curve that was fitted elsewhere."""
    return _asking(calibrated(compile_entries(release), prior=curve))


def _asking(faq: CompiledFaq) -> Ask:
    def ask(text: str, at: datetime) -> Said:
        verdict = faq.search(text, now=at)
        found = faq.find(text, barred=faq.barred(at, ()))
        options = tuple(faq.ranked[one.entry].entry_id for one in found.ranked[:3]) if found else ()
        return Said(verdict.outcome, options, verdict.confidence)

    return ask


def literal_keywords(release: Release) -> Ask:
    """As WeChat's console does it: questions and exact keywords match as a whole, others as a part; the first wins."""
    whole = [(text, entry) for entry in release.entries for text in exact_texts(entry)]
    parts = [
        (normalise(one.pattern), entry) for entry in release.entries for one in entry.keywords if one.kind == "contains"
    ]

    def ask(text: str, at: datetime) -> Said:
        key = normalise(text)
        hits = [entry for known, entry in whole if known == key] + [entry for known, entry in parts if known in key]
        found = dict.fromkeys(entry.entry_id for entry in hits if is_available(entry, now=at, tags=()))
        return Said("answer" if found else "miss", tuple(found)[:3], 1.0 if found else 0.0)

    return ask


def by_similarity(release: Release, scorer: Scorer, *, answers: float) -> Ask:
    """The best phrasing decides: answered from `answers` on, suggested from half of it."""
    owners = [entry for entry in release.entries for _ in phrasings_of(entry)]
    score = scorer([text for entry in release.entries for text in phrasings_of(entry)])

    def ask(text: str, at: datetime) -> Said:
        best: dict[str, float] = {}
        for entry, value in zip(owners, score(text), strict=True):
            if value > best.get(entry.entry_id, 0.0) and is_available(entry, now=at, tags=()):
                best[entry.entry_id] = value
        ranked = sorted(best, key=lambda one: (-best[one], one))[:3]
        confidence = best[ranked[0]] if ranked else 0.0
        decision = "answer" if confidence >= answers else "clarify" if confidence >= answers / 2 else "miss"
        return Said(decision if ranked else "miss", tuple(ranked), confidence)

    return ask
