"""How the FAQ did, as one page that opens offline."""

from collections.abc import Iterator, Sequence
from html import escape

from chalicelib.store.release import Release
from infra.figures.chart import Series
from infra.figures.funnel import Step, funnel
from infra.figures.period import Period, amount
from infra.figures.pieces import TEMPLATE, card, drawing, headline, row
from infra.figures.question_files import disliked_line, headlines, miss_line, notes
from infra.figures.questions import Questions

SHOWN = 30
"""Lines per card; the rest is in JSON."""
BY_DAY = (("直接回答", "a", "answer"), ("反问", "d", "clarify"), ("没答上", "b", "miss"))


def render(period: Period, asked: Questions, release: Release) -> str:
    return TEMPLATE.substitute(
        title=escape(f"{period.account} 的常见问题"),
        account=escape(f"{period.account} 的常见问题"),
        range=f"{period.days[0]} 至 {period.days[-1]}",
        state=escape("".join(f"；{note}" for note in notes(period))),
        heads="".join(headline(title, value) for title, value in headlines(asked)),
        charts=_by_day(period) + card("提问怎样得到回答", _funnel(asked)),
        groups="".join(_lists(asked)),
        table_title="没答上的问题",
        table=_table(asked, release),
    )


def _by_day(period: Period) -> str:
    found = [period.of_day(day) for day in period.days]
    series = tuple(
        Series(title, colour, tuple(amount(day, "faq", name) if day else 0 for day in found))
        for title, colour, name in BY_DAY
    )
    pale = frozenset(slot for slot, figures in enumerate(found) if figures and not figures.final)
    return drawing("每天", [day[5:] for day in period.days], series, pale)


def _funnel(asked: Questions) -> str:
    steps = (
        Step("提问", "e", asked.asked, asked.asked),
        Step("直接回答", "a", asked.answered, asked.asked),
        Step("反问", "d", asked.clarified, asked.asked),
        Step("反问后选中", "c", asked.chosen, asked.clarified),
        Step("没答上", "b", asked.missed, asked.asked),
    )
    return funnel("提问怎样得到回答", steps)


def _lists(asked: Questions) -> Iterator[str]:
    yield _card("常被说没帮助的条目", [disliked_line(*judged) for judged in asked.disliked])
    yield _card("没有人问到的条目", [f"{entry.title}（{entry.entry_id}）" for entry in asked.idle])


def _card(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = f'<p class="note">另 {len(lines) - SHOWN} 个</p>' if len(lines) > SHOWN else ""
    return card(title, f"<table>{''.join(row((line,)) for line in lines[:SHOWN])}</table>{more}")


def _table(asked: Questions, release: Release) -> str:
    if not asked.misses:
        return '<p class="note">没有</p>'
    return f"<table>{''.join(row((miss_line(miss, release),)) for miss in asked.misses[:SHOWN])}</table>"
