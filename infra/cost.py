"""What a stage costs: units counted in the in-memory world, times the prices of `prices.py`.

python -m infra.cost
python -m infra.cost --into docs/cost.md
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chalice.app import ScheduledEventConfig

from infra import template
from infra.policies import CHALICE
from infra.prices import AS_OF, HOURS, MILLION, PRICES, cost
from infra.usage import MESSAGE, NOTICE, Run, Use, uses

BEGIN, END = "<!-- figures: written by `make cost` -->", "<!-- end of figures -->"
GB = 1024**3
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
MINUTES = {"minute": 1, "hour": 60, "day": 1_440}
CPU_SECONDS = 0.015
TRIP_SECONDS = 0.006
WECHAT_SECONDS = 0.1
"""Assumed, not counted: CPU of one run of a function, one round trip to AWS, one call of WeChat."""
CLOCK_READS, CLOCK_SECONDS = 4.0, 0.1
"""Assumed of one run that the clock begins while nothing happens: read units, and how long it takes."""
POLLS_A_MONTH = HOURS * 3600 / 20 * 5
"""Lambda keeps five long polls of twenty seconds open on every queue, whether or not there are messages."""
METRICS = 15
"""Custom metrics that an account with traffic writes, about."""
JOURNAL_MONTHS = 400 / 30
"""What a callback leaves in the table goes after 400 days, most of it."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A month of an account."""

    name: str
    followers: int
    callbacks: int
    notices: int
    fixed_egress: bool


SHOPS = (
    Shop("a corner shop", 3_000, 10_000, 2_000, False),
    Shop("a chain in one city", 100_000, 600_000, 300_000, True),
    Shop("a national brand", 1_000_000, 8_000_000, 3_000_000, True),
)
MEMBER_BYTES = 1_000


def price(use: Use) -> Mapping[str, float]:
    """Dollars of one use, by service."""
    queue = "fifo" if "push_send" in use.runs else "standard"
    return {
        "API Gateway": cost(api=use.runs["api_handler"].invocations),
        "Lambda": sum(_lambda(name, run) for name, run in use.runs.items()),
        "DynamoDB": cost(read=use.reads, write=use.writes),
        "SQS": cost(**{queue: use.sends + 2 * use.receives}),
        "logs": cost(log=use.log_bytes / GB),
    }


def _lambda(name: str, run: Run) -> float:
    seconds = run.invocations * CPU_SECONDS + run.trips * TRIP_SECONDS + run.wechat * WECHAT_SECONDS
    return cost(invocation=run.invocations, gb_second=seconds * _megabytes(name) / 1024)


def _runs_a_month() -> Iterator[tuple[str, float]]:
    """How often the clock opens each function."""
    from app import app

    for source in app.event_sources:
        if isinstance(source, ScheduledEventConfig):
            told = source.schedule_expression
            number, unit = RATE.findall(told if isinstance(told, str) else told.to_string())[0]
            yield source.name, HOURS * 60 / (int(number) * MINUTES[unit])


def _megabytes(name: str) -> int:
    config = json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))
    return int(config["lambda_functions"][name]["lambda_memory_size"])


def idle(*, fixed_egress: bool) -> Mapping[str, float]:
    """Dollars of a month in which nothing happens, by what they are for."""
    clock = sum(
        cost(invocation=runs, gb_second=runs * CLOCK_SECONDS * _megabytes(name) / 1024, read=runs * CLOCK_READS)
        for name, runs in _runs_a_month()
    )
    found = {
        "the clock's functions": clock,
        "Lambda's polls of both queues": cost(standard=POLLS_A_MONTH, fifo=POLLS_A_MONTH),
        "alarms and dashboard": cost(
            alarm=len(template.resources("AWS::CloudWatch::Alarm")),
            dashboard=len(template.resources("AWS::CloudWatch::Dashboard")),
        ),
        "custom metrics": cost(metric=METRICS),
    }
    return found | ({"fixed address: NAT gateway and its IPv4": cost(nat=HOURS, address=HOURS)} if fixed_egress else {})


def month(shop: Shop, counted: Mapping[str, Use]) -> Mapping[str, float]:
    """Dollars of a shop's month."""
    message, notice = counted[MESSAGE], counted[NOTICE]
    kept = shop.callbacks * message.stored_bytes + shop.notices * notice.stored_bytes
    return {
        "callbacks": shop.callbacks * sum(price(message).values()),
        "notices": shop.notices * sum(price(notice).values()),
        "table and its backups": cost(stored=(kept * JOURNAL_MONTHS + shop.followers * MEMBER_BYTES) / GB),
        "idle": sum(idle(fixed_egress=shop.fixed_egress).values()),
    }


def report(counted: Mapping[str, Use]) -> Iterator[str]:
    """The page's figures, as Markdown."""
    yield "### Counted, for one"
    yield from _table(
        ("what", "API requests", "runs", "round trips", "read units", "write units", "log bytes"),
        ((name, *_counted(use)) for name, use in counted.items()),
    )
    yield "### A million of it, in dollars"
    services = tuple(price(counted[MESSAGE]))
    yield from _table(
        ("what", *services, "together"),
        ((name, *(_dollars(MILLION * part) for part in (*price(use).values(), sum(price(use).values()))))
         for name, use in counted.items()),
    )  # fmt: skip
    yield "### A month in which nothing happens, in dollars"
    parts = idle(fixed_egress=True)
    yield from _table(("for", "a month"), ((name, _dollars(part)) for name, part in parts.items()))
    without = sum(idle(fixed_egress=False).values())
    yield f"Together **{_dollars(without)}** without a fixed address, **{_dollars(sum(parts.values()))}** with one."
    yield ""
    yield "### Three shops, in dollars a month"
    yield from _table(
        ("shop", "followers", "callbacks", "notices", *(f"{part} $" for part in month(SHOPS[0], counted)), "together"),
        (_shop_row(shop, month(shop, counted)) for shop in SHOPS),
    )
    yield f"### Prices, us-east-1, as of {AS_OF}"
    yield from _table(
        ("of", "dollars", "source"),
        ((each.unit, f"{each.dollars:.10f}".rstrip("0").rstrip("."), each.source) for each in PRICES.values()),
    )


def _counted(use: Use) -> Sequence[str]:
    runs = sum(run.invocations for run in use.runs.values())
    trips = sum(run.trips for run in use.runs.values())
    found = (use.runs["api_handler"].invocations, runs, trips, use.reads, use.writes, use.log_bytes)
    return [f"{number:,.1f}".removesuffix(".0") for number in found]


def _shop_row(shop: Shop, parts: Mapping[str, float]) -> Sequence[str]:
    amounts = (shop.followers, shop.callbacks, shop.notices)
    return (
        shop.name + (", fixed address" if shop.fixed_egress else ""),
        *(f"{amount:,}" for amount in amounts),
        *map(_dollars, (*parts.values(), sum(parts.values()))),
    )


def _dollars(amount: float) -> str:
    return f"{amount:,.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ""
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""


def written_into(page: str, lines: Iterable[str]) -> str:
    """The page with these figures. Raises ValueError when it has no place for them."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return "\n".join((f"{before}{BEGIN}", "", *lines, f"{END}{after}"))


def main(arguments: list[str] | None = None) -> int:
    """Count what callbacks and notices ask of AWS, and say what that costs."""
    parser = argparse.ArgumentParser(prog="python -m infra.cost", description=main.__doc__)
    parser.add_argument("--into", type=Path, help="a page whose figures are replaced by these")
    options = parser.parse_args(arguments)
    lines = list(report(uses()))
    if options.into:
        options.into.write_text(written_into(options.into.read_text(encoding="utf-8"), lines), encoding="utf-8")
    else:
        print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
