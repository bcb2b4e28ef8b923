"""One year in a process of its own: played, and written down."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import NamedTuple

from chalicelib.journal.days import CLOSED_AFTER
from chalicelib.store import figures
from chalicelib.store import policy as policies
from infra.figures import page as figures_page
from infra.figures import push_page
from infra.figures.period import Period
from infra.local.year.outcome import Outcome
from infra.local.year.people import crowd
from infra.local.year.play import Year
from infra.local.year.shop import ACCOUNT, START, Shop, quiet
from infra.local.year.ways import way_of
from infra.reactivation import page as report_page
from infra.reactivation.gathering import gather, observed_days
from infra.reactivation.report import Asked

REPORTS = {"points": "积分到期提醒", "season": "时令上新", "answer": "问过的事解决了没有", "monthly": "每月群发"}


class Order(NamedTuple):
    """Which year."""

    way: str
    people: int
    days: int
    seed: int
    into: Path


class Day(NamedTuple):
    """The end of one."""

    way: str
    day: str
    followers: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a process gives back; `links` are the pages it has written, by what they are called."""

    outcome: Outcome
    links: dict[str, str] = field(default_factory=dict)


_days: list["Queue[Day]"] = []
"""Whom this process tells of each day, if anybody."""


def report_to(days: "Queue[Day]") -> None:
    """From now on."""
    _days[:] = [days]


def year(order: Order) -> Told:
    """Plays it, and writes what there is to read."""
    with quiet():
        shop = Shop(seed=order.seed)
        people = crowd(order.people, start=START, days=order.days, seed=order.seed)
        played = Year(way_of(order.way), shop, people, days=order.days, seed=order.seed, tell=_tell)
        outcome = played.play()
        outcome.save(order.into / f"{order.way}.json")
        return Told(outcome, dict(_pages(shop, outcome, order)) if order.way == "policies" else {})


def _tell(outcome: Outcome) -> None:
    for days in _days:
        days.put(Day(outcome.way, outcome.days[-1], outcome.followers[-1]))


def _pages(shop: Shop, outcome: Outcome, order: Order) -> Iterator[tuple[str, str]]:
    """The operator's own reports, on what the product itself has counted."""
    shop.go_to(shop.now + CLOSED_AFTER)
    shop.world.roll()
    table, days = shop.world.table(), tuple(outcome.days)
    observed = observed_days(days[0], days[-1], shop.now) or days
    for policy in policies.list_all(table, ACCOUNT):
        report = gather(Asked(policy, days[0], observed[-1], by_person=True), table, now=shop.now)
        name = f"report-{policy.name}.html"
        (order.into / name).write_text(report_page.render(report), encoding="utf-8")
        yield f"唤醒报告：{REPORTS.get(policy.name, policy.name)}", name
    period = Period(ACCOUNT, days, tuple(figures.list_days(table, ACCOUNT, first=days[0], last=days[-1])))
    for title, name, text in (
        ("推送：结果和原因", "pushes.html", push_page.render(period)),
        ("会员数字", "figures.html", figures_page.render(period)),
    ):
        (order.into / name).write_text(text, encoding="utf-8")
        yield title, name
