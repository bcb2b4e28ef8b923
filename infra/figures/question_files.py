"""How the FAQ did, on a terminal or for other programs."""

import json
from collections.abc import Iterator, Sequence

from chalicelib.store.miss import Miss
from chalicelib.store.release import Release
from infra.figures.funnel import share
from infra.figures.period import Period
from infra.figures.questions import Questions
from infra.figures.terminal import as_of

SHOWN = 12
"""Lines per list on a terminal; JSON has them all."""


def as_table(period: Period, asked: Questions, release: Release) -> str:
    head = [f"{period.account} 的常见问题　{period.days[0]} 至 {period.days[-1]}（上海时间）"]
    head += [f"　{note}" for note in notes(period)]
    shares = [f"{title}　{value}" for title, value in headlines(asked)]
    lists = (
        _list("没答上的问题", [miss_line(miss, release) for miss in asked.misses]),
        _list("常被说没帮助的条目", [disliked_line(*judged) for judged in asked.disliked]),
        _list("没有人问到的条目", [f"{entry.title}（{entry.entry_id}）" for entry in asked.idle]),
    )
    return "\n\n".join("\n".join(part) for part in (head, shares, *lists) if part) + "\n"


def as_json(period: Period, asked: Questions, _release: Release) -> str:
    told = {
        "account": period.account,
        "days": period.days,
        "asked": asked.asked,
        "answered": asked.answered,
        "clarified": asked.clarified,
        "missed": asked.missed,
        "chosen": asked.chosen,
        "handed_over": asked.handed_over,
        "tickets": asked.ticketed,
        "helpful": asked.helpful,
        "unhelpful": asked.unhelpful,
        "misses": [_plain(miss) for miss in asked.misses],
        "unhelpful_entries": [judged._asdict() for judged in asked.disliked],
        "idle_entries": [entry.entry_id for entry in asked.idle],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def headlines(asked: Questions) -> Iterator[tuple[str, str]]:
    """What one wants to know first."""
    yield "提问", str(asked.asked)
    yield "直接回答", share(asked.answered, asked.asked)
    yield "反问", share(asked.clarified, asked.asked)
    yield "反问后选中", share(asked.chosen, asked.clarified)
    yield "没答上", share(asked.missed, asked.asked)
    yield "转人工", str(asked.handed_over)
    yield "非服务时间的工单", str(asked.ticketed)
    yield "觉得有帮助", share(asked.helpful, asked.helpful + asked.unhelpful)


def notes(period: Period) -> Iterator[str]:
    """What the numbers do not say by themselves."""
    if open_days := [figures for figures in period.figures if not figures.final]:
        yield f"{open_days[-1].day[5:]} 还没结账，{as_of(open_days[-1].as_of)}"
    if missing := len(period.days) - len(period.figures):
        yield f"{missing} 天没有统计"


def miss_line(miss: Miss, release: Release) -> str:
    """As operators read it."""
    entries = [release.find(entry_id) for entry_id in miss.nearest]
    near = next((entry.title for entry in entries if entry), "")
    return f"{miss.text}　{miss.count} 次（{miss.key}{f'，最接近 {near}' if near else ''}）"


def disliked_line(entry_id: str, title: str, helpful: int, unhelpful: int) -> str:
    return f"{title or '（已不在）'}（{entry_id}）　有帮助 {helpful}，没帮助 {unhelpful}"


def _list(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  另 {len(lines) - SHOWN} 个，见 --format json"] if len(lines) > SHOWN else []
    return [title, *(f"  {line}" for line in lines[:SHOWN]), *more]


def _plain(miss: Miss) -> dict[str, str | int | list[str]]:
    return {
        "key": miss.key,
        "text": miss.text,
        "count": miss.count,
        "first_day": miss.first_day,
        "last_day": miss.last_day,
        "nearest": list(miss.nearest),
        "confidence": miss.confidence,
    }
