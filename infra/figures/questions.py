"""What followers asked on some days, and how the FAQ did. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.journal.rules import NONE
from chalicelib.journal.tallies import REST
from chalicelib.store.miss import Miss
from chalicelib.store.release import FaqEntry, Release
from infra.figures.period import Period

LEAST_ANSWERS = 5
"""Taps on "did it help" from which on an entry is judged."""
HALF = 0.5


class Judged(NamedTuple):
    """What followers said of an entry's answer."""

    entry_id: str
    title: str
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Questions:
    """The figures of a period, and what the operator may do about them."""

    answered: int
    clarified: int
    missed: int
    chosen: int
    """Questions back of which a suggestion was chosen."""
    handed_over: int
    ticketed: int
    helpful: int
    unhelpful: int
    misses: tuple[Miss, ...]
    """Asked in vain within the period, the most frequent first. Their counts are those of all time."""
    idle: tuple[FaqEntry, ...]
    """Entries that were never the answer in the period."""
    disliked: tuple[Judged, ...]

    @property
    def asked(self) -> int:
        return self.answered + self.clarified + self.missed


def questions(period: Period, release: Release, misses: Sequence[Miss]) -> Questions:
    """`release` is the one that answers now; `misses` are all that are kept, in their order."""
    faq, human, hits = period.total("faq"), period.total("human"), period.total("faq.entries")
    first, last = period.days[0], period.days[-1]
    return Questions(
        answered=faq["answer"],
        clarified=faq["clarify"],
        missed=faq["miss"],
        chosen=faq["suggestion"],
        handed_over=human["transfer"],
        ticketed=human["ticket.opened"] + human["closed"],
        helpful=faq["helpful"],
        unhelpful=faq["unhelpful"],
        misses=tuple(miss for miss in misses if first <= miss.last_day and miss.first_day <= last),
        idle=() if REST in hits else tuple(_idle(release, hits)),
        disliked=_disliked(period, release),
    )


def _idle(release: Release, hit: Iterable[str]) -> Iterator[FaqEntry]:
    """An entry that hands over to people answers nothing by itself."""
    known = frozenset(hit)
    return (entry for entry in release.entries if entry.entry_id not in known and not entry.human)


def _disliked(period: Period, release: Release) -> tuple[Judged, ...]:
    """Entries that did not help half of those who said so, the worst first."""
    helpful, unhelpful = period.total("faq.helpful"), period.total("faq.unhelpful")
    found = []
    for entry_id in unhelpful.keys() - {NONE, REST}:
        entry = release.find(entry_id)
        judged = Judged(entry_id, entry.title if entry else "", helpful[entry_id], unhelpful[entry_id])
        told = judged.helpful + judged.unhelpful
        if told >= LEAST_ANSWERS and judged.unhelpful >= HALF * told:
            found.append(judged)
    return tuple(sorted(found, key=lambda judged: (-judged.unhelpful, judged.entry_id)))
