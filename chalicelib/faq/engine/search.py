"""A compiled release: what it makes of a follower's text. Pure, bounded, and the same every time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from chalicelib.decision import Verdict
from chalicelib.faq.availability import is_available
from chalicelib.faq.engine.confidence import Calibration, features_of, shares_content
from chalicelib.faq.engine.evidence import KEYWORD, PATTERN, Rules
from chalicelib.faq.engine.index import Index
from chalicelib.faq.engine.negation import is_contrary
from chalicelib.faq.engine.scoring import Candidate, candidates, query_of
from chalicelib.faq.engine.text import Words, words
from chalicelib.store.release import FaqEntry, Release

LEAST_KNOWN, LEAST_SCORE = 0.3, 0.4
"""Below, "股票" would be answered as "发票", and "你吃饭了吗" by when breakfast is, for want of a rival."""
LEAST_MARGIN = 0.01
OPTIONS = 3
"""As many entries as a follower is asked to choose from."""
MISS = Verdict("miss")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a text: the candidates, the best first, and how sure the first one is."""

    ranked: tuple[Candidate, ...]
    features: tuple[float, ...]
    is_about_us: bool
    """The message shares more with the first candidate than the small words of every sentence."""
    is_one_letter: bool
    """The message is "额" or "哈哈哈哈": a keyword perhaps, but no question."""
    is_contrary: bool
    """The message says no to something, and the first candidate nowhere does: asked back at best."""

    @property
    def says_enough(self) -> bool:
        """Not when too much of the message is about something else, or there is next to none of it, unless a rule
        settles it."""
        first = self.ranked[0]
        is_a_question = first.known >= LEAST_KNOWN and first.score >= LEAST_SCORE and not self.is_one_letter
        return is_a_question or first.rule >= PATTERN

    @property
    def has_rival(self) -> bool:
        """Another candidate fits just as well."""
        return len(self.ranked) > 1 and self.ranked[0].score - self.ranked[1].score < LEAST_MARGIN


@dataclass(frozen=True, slots=True)
class CompiledFaq:
    """Implements `Faq`. Entries are ranked by priority, then id, so that every tie ends the same way."""

    release: Release
    ranked: tuple[FaqEntry, ...]
    rules: Rules
    index: Index
    calibration: Calibration

    def search(self, text: str, *, now: datetime, tags: tuple[str, ...] = ()) -> Verdict:
        barred = self.barred(now, tags)
        message = words(text)
        known = self._said_whole(message.key, barred)
        if known is not None:
            return Verdict("answer", (known,), 1.0)
        found = self._weighed(message, barred, None)
        return self.judged(found) if found else MISS

    def judged(self, found: Finding) -> Verdict:
        """What a finding is good for."""
        confidence = self.calibration.confidence(found.features)
        is_settled = found.says_enough and not found.is_contrary and not self._is_tied(found)
        if confidence >= self.calibration.answers and is_settled:
            return Verdict("answer", (self.ranked[found.ranked[0].entry],), confidence)
        if found.ranked[0].score >= self.calibration.asks and found.is_about_us:
            return Verdict("clarify", tuple(self.ranked[one.entry] for one in found.ranked[:OPTIONS]), confidence)
        return Verdict("miss", (), confidence, tuple(self.ranked[one.entry] for one in found.ranked[:OPTIONS]))

    def barred(self, now: datetime, tags: Collection[str]) -> frozenset[int]:
        """The entries that do not hold now, or not for this member."""
        return frozenset(
            number for number in self.rules.bound if not is_available(self.ranked[number], now=now, tags=tags)
        )

    def find(self, text: str, *, barred: Collection[int] = (), without: int | None = None) -> Finding | None:
        """The candidates for a text; `without` leaves a phrasing out, as if it were not there."""
        return self._weighed(words(text), barred, without)

    def _weighed(self, message: Words, barred: Collection[int], without: int | None) -> Finding | None:
        if not message.key:
            return None
        query = query_of(message, index=self.index)
        out = self.rules.excludes(message.key).union(barred)
        found = candidates(query, self.index, self._evidence(message.key, without), without=without)
        ranked = sorted((one for one in found if one.entry not in out), key=lambda one: (-one.score, one.entry))
        if not ranked:
            return None
        is_about_us = ranked[0].rule > 0 or shares_content(query, ranked[0].entry, self.index)
        no = is_contrary(message.key, self.ranked[ranked[0].entry])
        return Finding(tuple(ranked), features_of(ranked), is_about_us, len(set(message.key)) == 1, no)

    def _said_whole(self, key: str, barred: Collection[int]) -> FaqEntry | None:
        """The one entry that has this very message as keyword, title or question: then nothing is to be weighed."""
        whole = self.rules.whole.get(key, ())
        if not whole:
            return None
        out = self.rules.excludes(key).union(barred)
        open_to_it = [entry for entry in whole if entry not in out]
        return self.ranked[open_to_it[0]] if len(open_to_it) == 1 else None

    def _is_tied(self, found: Finding) -> bool:
        """Whether nothing, not even priority, says which of two entries is meant."""
        first, *others = (self.ranked[one.entry].priority for one in found.ranked[:2])
        return found.has_rival and first == others[0]

    def _evidence(self, key: str, without: int | None) -> dict[int, float]:
        """What the rules say; a text that is left out as a phrasing is no whole message that is known either."""
        evidence = self.rules.evidence(key)
        return evidence if without is None else {entry: value for entry, value in evidence.items() if value < KEYWORD}
