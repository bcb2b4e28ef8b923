"""A report as one page that opens offline: style and charts are in it, no script is."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from chalicelib.sending.wilson import interval
from infra.figures.chart import Series
from infra.figures.funnel import Step, funnel, share
from infra.figures.pieces import TEMPLATE, card, drawing, headline, row
from infra.figures.push_files import told
from infra.figures.terminal import NOTHING
from infra.reactivation import rows, words
from infra.reactivation.counted import ARMS, CONTROL, TREATMENT
from infra.reactivation.drawing import Span, spans
from infra.reactivation.effect import Effect
from infra.reactivation.report import Report
from infra.reactivation.score import Sample
from infra.reactivation.words import LOSSES, RETURNS, Outcome

COLOURS = {TREATMENT: "a", CONTROL: "e"}
SHOWN = 12
"""Reasons; JSON has them all."""


def render(report: Report) -> str:
    return TEMPLATE.substitute(
        title=escape(words.title(report)),
        account=escape(words.title(report)),
        range=f"{report.asked.first} 至 {report.asked.last} 分组",
        state=escape("".join(f"；{note}" for note in words.notes(report))),
        heads="".join(_heads(report)),
        charts="".join(_charts(report)),
        groups="".join(_cards(report)),
        table_title="两组",
        table=_table(rows.arms(report)),
    )


def _heads(report: Report) -> Iterator[str]:
    each, of_kind = words.unit(report), report.pushes
    yield headline(f"提醒组（{each}）", f"{report.treated.assigned:,}")
    yield headline(f"对照组（{each}）", f"{report.control.assigned:,}")
    yield headline(f"每 1000 {each}多回来", _difference(report.returns))
    yield headline(f"每 1000 {each}多取关", _difference(report.losses))
    yield headline("送达率（已有结果的）", share(of_kind.delivered, of_kind.delivered + of_kind.undelivered))
    yield headline("占用发送额度", f"{report.calls:,}")


def _difference(effect: Effect | None) -> str:
    return words.of_thousand(effect.difference) if effect else NOTHING


def _charts(report: Report) -> Iterator[str]:
    samples = {arm: report.counted.total(arm) for arm in ARMS}
    returns, losses = {arm: of.returns for arm, of in samples.items()}, {arm: of.losses for arm, of in samples.items()}
    yield _outcome(RETURNS, report.returns, returns, report)
    yield _outcome(LOSSES, report.losses, losses, report)
    days = report.counted.days
    by_day = (
        Series(words.ARM_NAMES[arm], COLOURS[arm], tuple(report.counted.of_day(day, arm).assigned for day in days))
        for arm in ARMS
    )
    yield drawing("每天的分组", [day[5:] for day in days], tuple(by_day))
    yield card("这些天里的推送", f"{_funnel(report)}{_paragraphs((words.spending(report),))}")


def _outcome(outcome: Outcome, effect: Effect | None, samples: dict[str, Sample], report: Report) -> str:
    """The verdict, both arms, and their difference."""
    verdict = f"<p><b>{escape(words.verdict(outcome, effect, report))}</b></p>"
    lines = [_arm(arm, sample) for arm, sample in samples.items() if sample.of]
    arms = spans(f"7 天内{outcome.title}", lines) if lines else ""
    if effect is None:
        return card(outcome.title, f"{verdict}{arms}")
    difference = spans("相差", (Span("相差", "c", effect.difference, effect.low, effect.high),))
    said = [*words.figures(effect, report), words.needed(report) if outcome is RETURNS else ""]
    return card(f"7 天内{outcome.title}", f"{verdict}{arms}{difference}{_paragraphs(filter(None, said))}")


def _arm(arm: str, sample: Sample) -> Span:
    low, high = interval(sample.hits, sample.of)
    return Span(words.ARM_NAMES[arm], COLOURS[arm], sample.share, low, high)


def _funnel(report: Report) -> str:
    """Who was held as control was never to be sent anything."""
    one = report.pushes
    control = sum(reason.pushes for reason in report.reasons if (reason.state, reason.reason) == ("held", "control"))
    planned = max(0, one.planned - control)
    not_sent = one.failed + max(0, one.held - control) + one.expired + one.dead
    steps = (
        Step("要发送", "e", planned, planned),
        Step("微信受理", "c", one.sent, planned),
        Step("送达", "a", one.delivered, planned),
        Step("未送达", "b", one.undelivered, planned),
        Step("没有发出", "d", not_sent, planned),
        Step("未知", "e", one.unknown, planned),
    )
    return funnel("这些天里的推送", steps)


def _cards(report: Report) -> Iterator[str]:
    yield card("怎么看", _paragraphs(words.METHOD))
    if report.reasons:
        found = [told(reason) for reason in report.reasons]
        lines = "".join(row((f"{state}：{why}", number)) for _, state, why, number in found[:SHOWN])
        more = f"另 {len(found) - SHOWN} 种，见 JSON" if len(found) > SHOWN else ""
        yield card("推迟、未发和失败的原因", f"<table>{lines}</table>{_paragraphs(filter(None, (more,)))}")
    if later := rows.later(report):
        yield card("后面的阶梯", f'<div class="scroll">{_table(later)}</div>{_paragraphs((words.LATER,))}')


def _table(lines: Sequence[Sequence[str]]) -> str:
    titles, *others = lines
    return f"<table>{row(titles, cell='th')}{''.join(map(row, others))}</table>"


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f'<p class="note">{escape(text)}</p>' for text in texts)
