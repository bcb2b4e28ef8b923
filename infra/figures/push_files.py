"""What became of pushes, on a terminal or for other programs."""

import json
from collections.abc import Iterator

from chalicelib.sending.reasons import in_words
from infra.figures import names, pushes, terminal
from infra.figures.period import Period
from infra.figures.pushes import COLUMNS, Pushes, Reason

MOST_REASONS = 30
"""Lines on a terminal; JSON has them all."""


def as_table(period: Period, kind: str = "") -> str:
    parts = (_kinds(period, kind), _reasons(period, kind))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def as_json(period: Period, kind: str = "") -> str:
    told = {
        "account": period.account,
        "days": period.days,
        "kinds": [_plain(one) for one in pushes.of_kinds(period, kind=kind)],
        "reasons": [one._asdict() | {"words": in_words(one.reason)} for one in pushes.reasons(period, kind=kind)],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def notes(period: Period, kinds: tuple[Pushes, ...]) -> Iterator[str]:
    """What the numbers do not say by themselves."""
    if open_days := [figures for figures in period.figures if not figures.final]:
        yield f"{open_days[-1].day[5:]} 还没结账，{terminal.as_of(open_days[-1].as_of)}"
    if missing := len(period.days) - len(period.figures):
        yield f"{missing} 天没有统计"
    if earlier := sum(one.earlier for one in kinds):
        yield f"其中至少 {earlier} 条是此前计划的"


def told(reason: Reason) -> tuple[str, str, str, str]:
    """As operators read it."""
    return reason.kind, names.PUSH_STATES.get(reason.state, reason.state), in_words(reason.reason), str(reason.pushes)


def _kinds(period: Period, kind: str) -> list[str]:
    found = pushes.of_kinds(period, kind=kind)
    lines = [f"{period.account} 的推送　{period.days[0]} 至 {period.days[-1]}（上海时间）"]
    lines += [f"　{note}" for note in notes(period, found)]
    if not found:
        return [*lines, "", "这段时间没有推送"]
    rows = [["类型", *(title for title, _ in COLUMNS)], *(_row(names.of_figure("", one.kind), one) for one in found)]
    return [*lines, "", *terminal.columns([*rows, _row("合计", pushes.total(found))])]


def _row(title: str, one: Pushes) -> list[str]:
    return [title, *(str(of(one)) for _, of in COLUMNS)]


def _reasons(period: Period, kind: str) -> list[str]:
    found = pushes.reasons(period, kind=kind)
    rows = [f"  {kind}　{state}：{why}　{number}" for kind, state, why, number in map(told, found[:MOST_REASONS])]
    rest = [f"  另 {len(found) - MOST_REASONS} 种原因，见 --format json"] if len(found) > MOST_REASONS else []
    return ["为什么", *rows, *rest] if rows else []


def _plain(one: Pushes) -> dict[str, str | int]:
    numbers: dict[str, int] = {name: getattr(one, name) for name in pushes.NUMBERS}
    return {"kind": one.kind, **numbers, "waiting": one.waiting, "unreported": one.unreported, "earlier": one.earlier}
