"""What goes into the corpus after a run: the fewest cases that take every step that any of them takes."""

from collections.abc import Iterable

from tests.fuzz import corpus
from tests.fuzz.arena import Arena, listening
from tests.fuzz.blocks import run_one, target_of
from tests.fuzz.campaign import Campaign
from tests.fuzz.cases import Case
from tests.fuzz.tracing import Steps

MOST = 150
"""Per target."""


def keep(campaign: Campaign) -> None:
    """The corpus as it was, and what the campaign found, without what adds nothing."""
    for target, result in campaign.results.items():
        known = (*corpus.load(target), *sorted(result.kept, key=lambda case: sum(map(len, case.parts.values()))))
        kept = _needed(target, known)
        if kept:
            corpus.save(target, kept)


def _needed(target: str, cases: Iterable[Case]) -> list[Case]:
    arena, steps = Arena(), Steps()
    fed = target_of(target, arena)
    with listening(arena.said, level="ERROR"):
        return [case for case in cases if steps.added_by(lambda case=case: run_one(fed, case))][:MOST]  # type: ignore[misc]
