"""How a release does on its own questions: each is asked as if it had not been written. Pure.

It shows what to mend before followers meet it. It does not say how followers will fare: they write otherwise.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.faq.engine import CompiledFaq, asked

MOST_ASKED = 300
"""Questions; of more, as many are asked, evenly spread."""


class Collision(NamedTuple):
    """Two entries of which one answers what belongs to the other: how often, and an example."""

    one: str
    other: str
    times: int
    example: str


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Counts of questions, and the entries that get into each other's way, the worst first."""

    written: int
    """Titles and questions of the release."""
    asked: int
    first: int
    """Whose own entry came first, whatever would have been said."""
    answered: int
    wrong: int
    """Of the answered: by another entry."""
    clarified: int
    missed: int
    collisions: tuple[Collision, ...]

    @property
    def is_sample(self) -> bool:
        return self.asked < self.written


def examine(faq: CompiledFaq, *, most: int = MOST_ASKED) -> SelfTest:
    """Nothing is said about one entry with one phrasing: without it, there is nothing to be found."""
    questions = asked(faq, most)
    outcomes: Counter[str] = Counter()
    confused: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for question in questions:
        own = faq.ranked[question.entry].entry_id
        found = faq.find(question.text, without=question.phrasing)
        if found is None:
            outcomes["miss"] += 1
            continue
        best = faq.ranked[found.ranked[0].entry].entry_id
        verdict = faq.judged(found)
        outcomes[verdict.outcome] += 1
        outcomes["first"] += best == own
        if verdict.outcome == "answer" and best != own:
            confused[min(own, best), max(own, best)].append(question.text)
    return SelfTest(
        written=len(asked(faq, len(faq.index.compared) or 1)),
        asked=len(questions),
        first=outcomes["first"],
        answered=outcomes["answer"],
        wrong=sum(map(len, confused.values())),
        clarified=outcomes["clarify"],
        missed=outcomes["miss"],
        collisions=_worst(confused),
    )


def _worst(confused: dict[tuple[str, str], list[str]]) -> tuple[Collision, ...]:
    found = [Collision(one, other, len(texts), texts[0]) for (one, other), texts in confused.items()]
    return tuple(sorted(found, key=lambda collision: (-collision.times, collision.one, collision.other)))
