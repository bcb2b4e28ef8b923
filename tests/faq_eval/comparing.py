"""Which engines are compared, and with which thresholds."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from chalicelib.faq.engine.compiling import compile_entries
from chalicelib.faq.engine.confidence import FEATURES
from chalicelib.faq.engine.fitting import Example, fit
from chalicelib.store.release import Release
from tests.faq_eval import engines, scorers
from tests.faq_eval.data import Question, questions_of, release_of
from tests.faq_eval.engines import Ask
from tests.faq_eval.measures import asked, by_slice, overall, threshold
from tests.faq_eval.scorers import Scorer

EACH = 800.0
"""As many examples as a set counts for in the curve, whatever its size."""
STRENGTH = 3.0
"""How many examples hold the curve at nothing."""
PRECISION = 0.95
"""What each threshold of the others aims at, on the first set; ours are told by each release itself."""
SCORERS: dict[str, tuple[str, Scorer]] = {
    "jieba + BM25": ("jieba", scorers.jieba_bm25),
    "RapidFuzz ratio": ("rapidfuzz", scorers.rapidfuzz_ratio),
    "character TF-IDF": ("", scorers.character_tfidf),
}


class Row(NamedTuple):
    name: str
    engine: str
    figures: dict[str, float]
    slices: dict[str, tuple[int, float, float]]


def rows(sets: Sequence[str], unseen: Sequence[str]) -> Iterator[Row]:
    """Every engine on every set; ours once more with a curve from the other sets, where this one had a part in it."""
    sources = {name: (release_of(name), questions_of(name)) for name in (*sets, *unseen)}
    thresholds = {engine: _threshold(scorer, *sources[sets[0]]) for engine, scorer in _scorers()}
    for name, (release, questions) in sources.items():
        yield _row(name, "**Huiyuan**", engines.ours(release), questions)
        if name in sets:
            others = [sources[other] for other in sets if other != name]
            yield _row(name, "Huiyuan, fitted on the other sets", _ours_fitted(release, others), questions)
        yield _row(name, "literal keywords", engines.literal_keywords(release), questions)
        for engine, scorer in _scorers():
            ask = engines.by_similarity(release, scorer, answers=thresholds[engine])
            yield _row(name, engine, ask, questions)


def fitted(sources: Sequence[tuple[Release, Sequence[Question]]]) -> tuple[float, ...]:
    """The confidence curve that suits these sets best."""
    examples = [example for release, questions in sources for example in _examples(release, questions)]
    return fit(examples, (0.0,) * (len(FEATURES) + 1), strength=STRENGTH)


def _examples(release: Release, questions: Sequence[Question]) -> Iterator[Example]:
    """The questions that are weighed: not those that are known as a whole, which the curve never meets."""
    faq = compile_entries(release)
    judged = [one for one in questions if one.not_id is None and faq.search(one.text, now=one.at).confidence < 1.0]
    found = [(one, faq.find(one.text, barred=faq.barred(one.at, ()))) for one in judged]
    weighed = [(one, finding) for one, finding in found if finding]
    for one, finding in weighed:
        is_right = faq.ranked[finding.ranked[0].entry].entry_id == one.entry_id
        yield finding.features, is_right, EACH / len(weighed)


def _ours_fitted(release: Release, others: Sequence[tuple[Release, Sequence[Question]]]) -> Ask:
    return engines.ours_with_curve(release, fitted(others))


def _scorers() -> Iterator[tuple[str, Scorer]]:
    """Those whose library is there: all of them in .venv-eval."""
    for engine, (library, scorer) in SCORERS.items():
        if not library or find_spec(library):
            yield engine, scorer


def _threshold(scorer: Scorer, release: Release, questions: Sequence[Question]) -> float:
    ask = engines.by_similarity(release, scorer, answers=0.0)
    return threshold(asked(ask, questions), PRECISION)


def _row(name: str, engine: str, ask: Ask, questions: Sequence[Question]) -> Row:
    outcomes = asked(ask, questions)
    return Row(name, engine, overall(outcomes), by_slice(outcomes))
