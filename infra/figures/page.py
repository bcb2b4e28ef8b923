"""Figures as one page that opens offline: style and charts are in it, no script is."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from chalicelib.store.figures import Figures
from infra.figures import names
from infra.figures.chart import Series
from infra.figures.period import COLUMNS, NOT_ADDED, Channel, Column, Period, amount, came, left, total
from infra.figures.pieces import TEMPLATE, cells, drawing, headline, row
from infra.figures.terminal import NOTHING, SHOWN, TOLD_ALREADY, as_of

HOURS = tuple(f"{hour:02d}" for hour in range(24))


def render(period: Period) -> str:
    return TEMPLATE.substitute(
        title=escape(f"{period.account} 的会员数字"),
        account=escape(period.account),
        range=f"{period.days[0]} 至 {period.days[-1]}",
        state=escape(_state(period)),
        heads="".join(_heads(period)),
        charts="".join(_charts(period)),
        table_title="每天",
        table=_days(period),
        groups="".join(_groups(period)),
    )


def _state(period: Period) -> str:
    """What is not final yet, of the newest day, and what is missing."""
    open_days = [figures for figures in period.figures if not figures.final]
    missing = len(period.days) - len(period.figures)
    parts = [f"{figures.day[5:]} 还没结账，{as_of(figures.as_of)}" for figures in open_days[-1:]]
    parts += [f"{missing} 天没有统计"] if missing else []
    return "".join(f"；{part}" for part in parts)


def _heads(period: Period) -> Iterator[str]:
    days = period.figures
    joined, gone = total(days, came), total(days, left)
    asked = total(days, lambda day: amount(day, "faq", "answer", "clarify", "miss"))
    answered = total(days, lambda day: amount(day, "faq", "answer"))
    active = total(days, lambda day: day.active)
    yield headline("关注", str(joined))
    yield headline("取关", str(gone))
    yield headline("净增", f"{joined - gone:+d}")
    yield headline("日均活跃会员", f"{active / len(days):.0f}" if days else NOTHING)
    yield headline("消息", str(total(days, lambda day: amount(day, "messages"))))
    yield headline("自动回答率", f"{answered / asked:.0%}" if asked else NOTHING)


def _charts(period: Period) -> Iterator[str]:
    yield _by_day(period, "关注与取关", (("关注", came), ("取关", left)), "ab", below=frozenset({"取关"}))
    yield _by_day(period, "活跃会员", (("活跃会员", lambda day: day.active),), "c")
    answers: tuple[Column, ...] = tuple(
        (names.of_figure(group, name), _amount(group, name))
        for group, name in (("faq", "answer"), ("faq", "clarify"), ("faq", "miss"), ("human", "transfer"))
    )
    yield _by_day(period, "提问怎样得到回答", answers, "adbc")
    by_hour = period.total("hours")
    acts = Series("互动", "c", tuple(by_hour[hour] for hour in HOURS))
    yield drawing("一天里的互动（按小时合计）", HOURS, (acts,))


def _by_day(
    period: Period, title: str, columns: Sequence[Column], colours: str, *, below: frozenset[str] = frozenset()
) -> str:
    days = [period.of_day(day) for day in period.days]
    series = tuple(
        Series(name, colour, tuple(of(figures) if figures else 0 for figures in days), name in below)
        for (name, of), colour in zip(columns, colours, strict=True)
    )
    pale = frozenset(slot for slot, figures in enumerate(days) if figures and not figures.final)
    return drawing(title, [day[5:] for day in period.days], series, pale)


def _days(period: Period) -> str:
    titles = row(("日期", *(title for title, _ in COLUMNS), ""), cell="th")
    rows = "".join(_day(day, period.of_day(day)) for day in reversed(period.days))
    sums = (NOTHING if title in NOT_ADDED else str(total(period.figures, of)) for title, of in COLUMNS)
    return f'<table>{titles}{rows}<tr class="sum">{cells(("合计", *sums, ""))}</tr></table>'


def _day(day: str, figures: Figures | None) -> str:
    if figures is None:
        return f'<tr class="none">{cells((day, *(NOTHING for _ in COLUMNS), "没有统计"))}</tr>'
    return row((day, *(str(of(figures)) for _, of in COLUMNS), "" if figures.final else as_of(figures.as_of)))


def _groups(period: Period) -> Iterator[str]:
    if channels := period.channels():
        yield f"<section><h2>渠道</h2>{_channels(channels)}</section>"
    for group in names.in_order(set(period.groups()) - TOLD_ALREADY):
        yield f"<section><h2>{escape(names.of_group(group))}</h2>{_ranking(group, period)}</section>"


def _channels(channels: Sequence[Channel]) -> str:
    titles = row(("", "关注", "取关", "净增"), cell="th")
    rows = (
        row((names.of_figure("channels.in", channel.name), str(channel.came), str(channel.left), f"{channel.net:+d}"))
        for channel in channels[:SHOWN]
    )
    return f"<table>{titles}{''.join(rows)}</table>{_more(len(channels), '个渠道')}"


def _ranking(group: str, period: Period) -> str:
    ranked = period.total(group).most_common()
    most = ranked[0][1]
    rows = (
        f"<tr>{cells((names.of_figure(group, name), str(number)))}"
        f'<td class="bar"><i class="c" style="width:{number / most:.1%}"></i></td></tr>'
        for name, number in ranked[:SHOWN]
    )
    return f"<table>{''.join(rows)}</table>{_more(len(ranked), '项')}"


def _more(found: int, what: str) -> str:
    return f'<p class="note">另 {found - SHOWN} {what}，见 CSV</p>' if found > SHOWN else ""


def _amount(group: str, name: str) -> Callable[[Figures], int]:
    return lambda day: amount(day, group, name)
