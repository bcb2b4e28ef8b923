"""The tables of a report, as texts: for a terminal and for a page."""

from collections.abc import Iterator

from infra.figures.funnel import share
from infra.figures.terminal import NOTHING
from infra.reactivation import words
from infra.reactivation.counted import ARMS, Cohort, Reached
from infra.reactivation.report import Report


def arms(report: Report) -> list[list[str]]:
    """A row of titles, and one per arm."""
    titles = ["", f"分组（{words.unit(report)}）", "7 天内回来", "占", "7 天内取关", "占"]
    return [titles, *(_arm(words.ARM_NAMES[arm], report.counted.total(arm)) for arm in ARMS)]


def later(report: Report) -> list[list[str]]:
    """A row of titles, and one per later rung; nothing if none was reached."""
    numbers = sorted({number for number, _ in report.counted.later})
    titles = ["", *(text for arm in ARMS for text in (words.ARM_NAMES[arm], "回来"))]
    rows = [[f"第 {number + 1} 级", *_of_rung(report, number)] for number in numbers]
    return [titles, *rows] if rows else []


def _arm(name: str, cohort: Cohort) -> list[str]:
    returned, lost = share(cohort.returned, cohort.assigned), share(cohort.lost, cohort.assigned)
    return [name, f"{cohort.assigned:,}", f"{cohort.returned:,}", returned, f"{cohort.lost:,}", lost]


def _of_rung(report: Report, number: int) -> Iterator[str]:
    for arm in ARMS:
        reached = report.counted.later.get((number, arm), Reached(0, None))
        yield f"{reached.number:,}"
        yield (
            NOTHING
            if reached.returned is None
            else f"{reached.returned:,}（{share(reached.returned, reached.number)}）"
        )
