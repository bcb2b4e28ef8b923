"""What became of pushes, as one page that opens offline."""

from collections.abc import Iterator
from html import escape

from infra.figures import names, pushes
from infra.figures.chart import Series
from infra.figures.funnel import Step, funnel, share
from infra.figures.period import Period, amount
from infra.figures.pieces import TEMPLATE, card, cells, drawing, headline, row
from infra.figures.push_files import notes, told
from infra.figures.pushes import COLUMNS, Pushes

SHOWN = 12
"""Funnels, and lines per card; the rest is in the table, and in JSON."""
NOT_SENT = ("failed", "held", "expired", "dead")
"""What is unknown may have arrived: it has a bar of its own."""


def render(period: Period, kind: str = "") -> str:
    kinds = pushes.of_kinds(period, kind=kind)
    return TEMPLATE.substitute(
        title=escape(f"{period.account} 的推送"),
        account=escape(f"{period.account} 的推送"),
        range=f"{period.days[0]} 至 {period.days[-1]}",
        state=escape("".join(f"；{note}" for note in notes(period, kinds))),
        heads="".join(_heads(pushes.total(kinds))),
        charts="".join(_charts(period, kinds, kind)),
        groups="".join(_reasons(period, kind)),
        table_title="每类推送",
        table=_table(kinds),
    )


def _heads(whole: Pushes) -> Iterator[str]:
    yield headline("计划", str(whole.planned))
    yield headline("等待发送", str(whole.waiting))
    yield headline("微信受理", str(whole.sent))
    yield headline("送达率（已有结果的）", share(whole.delivered, whole.delivered + whole.undelivered))
    yield headline("没有发出", str(sum(getattr(whole, state) for state in NOT_SENT)))
    yield headline("24 小时内取关", str(whole.unfollowed))


def _charts(period: Period, kinds: tuple[Pushes, ...], kind: str) -> Iterator[str]:
    if len(kinds) != 1:
        yield card("全部推送", _funnel("全部推送", pushes.total(kinds)))
    for one in kinds[:SHOWN]:
        title = names.of_figure("", one.kind)
        yield card(title, _funnel(title, one))
    yield drawing("每天", [day[5:] for day in period.days], tuple(_by_day(period, kind)), _pale(period))


def _funnel(title: str, one: Pushes) -> str:
    steps = (
        Step("计划", "e", one.planned, one.planned),
        Step("微信受理", "c", one.sent, one.planned),
        Step("送达", "a", one.delivered, one.planned),
        Step("未送达", "b", one.undelivered, one.planned),
        Step("没有发出", "d", sum(getattr(one, state) for state in NOT_SENT), one.planned),
        Step("等待", "e", one.waiting, one.planned),
    )
    others = (Step("未知", "e", one.unknown, one.planned), Step("七天内回来", "a", one.returned, one.planned))
    return funnel(title, (*steps, *(step for step in others if step.number)))


def _by_day(period: Period, kind: str) -> Iterator[Series]:
    days = [period.of_day(day) for day in period.days]
    of = (kind,) if kind else ()
    for title, colour, groups in (
        ("送达", "a", ("push.delivered",)),
        ("未送达", "b", ("push.undelivered",)),
        ("没有发出", "d", tuple(f"push.{state}" for state in NOT_SENT)),
    ):
        values = (sum(amount(day, group, *of) for group in groups) if day else 0 for day in days)
        yield Series(title, colour, tuple(values))


def _pale(period: Period) -> frozenset[int]:
    found = (period.of_day(day) for day in period.days)
    return frozenset(slot for slot, figures in enumerate(found) if figures and not figures.final)


def _reasons(period: Period, kind: str) -> Iterator[str]:
    """What was put off, held or refused, and why; one card per state."""
    found = pushes.reasons(period, kind=kind)
    for state, title in names.PUSH_STATES.items():
        of_state = [told(reason) for reason in found if reason.state == state]
        if of_state:
            rows = (row((f"{why}（{named}）", number)) for named, _, why, number in of_state[:SHOWN])
            more = f'<p class="note">另 {len(of_state) - SHOWN} 种</p>' if len(of_state) > SHOWN else ""
            yield card(f"{title}的原因", f"<table>{''.join(rows)}</table>{more}")


def _table(kinds: tuple[Pushes, ...]) -> str:
    titles = row(("类型", *(title for title, _ in COLUMNS)), cell="th")
    rows = "".join(row(_line(names.of_figure("", one.kind), one)) for one in kinds)
    return f'<table>{titles}{rows}<tr class="sum">{cells(_line("合计", pushes.total(kinds)))}</tr></table>'


def _line(title: str, one: Pushes) -> tuple[str, ...]:
    return title, *(str(of(one)) for _, of in COLUMNS)
