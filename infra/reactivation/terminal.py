"""A report on a terminal."""

from collections.abc import Iterator

from infra.figures import terminal
from infra.figures.push_files import told
from infra.figures.pushes import COLUMNS
from infra.reactivation import rows, words
from infra.reactivation.effect import Effect
from infra.reactivation.report import Report
from infra.reactivation.words import LOSSES, RETURNS, Outcome

MOST_REASONS = 30
"""Lines; JSON has them all."""


def render(report: Report) -> str:
    parts = (_head(report), _effect(report), _later(report), _pushes(report), words.METHOD)
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"{words.title(report)}　{report.asked.first} 至 {report.asked.last} 分组（上海时间）"
    yield from (f"　{note}" for note in words.notes(report))


def _effect(report: Report) -> Iterator[str]:
    if not report.treated.assigned and not report.control.assigned:
        yield "这段时间没有可以下结论的分组"
        return
    yield from terminal.columns(rows.arms(report))
    yield ""
    yield from _verdict(RETURNS, report.returns, report)
    if needed := words.needed(report):
        yield f"　{needed}"
    yield from _verdict(LOSSES, report.losses, report)


def _verdict(outcome: Outcome, effect: Effect | None, report: Report) -> Iterator[str]:
    yield f"{outcome.title}：{words.verdict(outcome, effect, report)}"
    yield from (f"　{line}" for line in (words.figures(effect, report) if effect else ()))


def _later(report: Report) -> Iterator[str]:
    found = rows.later(report)
    if found:
        yield f"后面的阶梯　{words.LATER}"
        yield from terminal.columns(found)


def _pushes(report: Report) -> Iterator[str]:
    yield "这些天里的推送（不论是哪天分组的）"
    yield from terminal.columns([[title for title, _ in COLUMNS], [str(of(report.pushes)) for _, of in COLUMNS]])
    for _, state, why, number in map(told, report.reasons[:MOST_REASONS]):
        yield f"　{state}：{why}　{number}"
    if len(report.reasons) > MOST_REASONS:
        yield f"　另 {len(report.reasons) - MOST_REASONS} 种原因，见 --format json"
    yield words.spending(report)
