"""``ops push drop``: end all that still waits of a kind."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.push import results
from chalicelib.runtime import runtime
from chalicelib.sending.intents import entry
from chalicelib.sending.outcomes import Outcome
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store.push import Push
from chalicelib.store.sends import Sends
from chalicelib.store.table import Lost, Table
from infra.consent import agrees
from infra.progress import Progress
from infra.push_due import names_in

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

TOGETHER = 100
"""Pushes that are read at once, and that one table's seconds are for."""


def add_drop(push: "Commands", account: argparse.ArgumentParser) -> None:
    gone = push.add_parser("drop", parents=[account], help="撤销一类通知里所有还没发的")
    gone.add_argument("--kind", required=True, help="哪一类")
    gone.add_argument("--yes", action="store_true", help="不再询问")
    gone.set_defaults(run=drop)


def drop(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """End what waits of a kind as held. What is being sent just now goes on. Raises BadContent."""
    waiting = [push for push in _waiting(options, open_table) if push.state != "claimed"]
    if not waiting:
        print(f"没有等待中的 {options.kind}。")
        return
    if not options.yes and not agrees(f"撤销 {len(waiting):,} 条等待中的 {options.kind}，不能恢复。"):
        raise BadContent("没有撤销。")
    table, now, progress = open_table(), runtime().now(), Progress(len(waiting), "条")
    outcomes: Counter[bool] = Counter()
    for number, push in enumerate(waiting, start=1):
        table = open_table() if number % TOGETHER == 0 else table  # each has seconds of its own
        outcomes[_dropped(push, table, now)] += 1
        progress.show(number)
    progress.end()
    kept = f"；{outcomes[False]:,} 条刚好正在处理，没有动" if outcomes[False] else ""
    print(f"已撤销 {outcomes[True]:,} 条{kept}。这一类以后新登记的照常发送；要停请用 push pause。")


def _dropped(push: Push, table: Table, now: datetime) -> bool:
    """False where someone else was faster. What WeChat may have accepted before is unknown, whatever we wish now."""
    outcome = Outcome("unknown" if push.doubtful else "held", "operator")
    after = results.after(push, outcome, now=now)
    told = results.ledger_change(_ledger(push, table), push, outcome) if push.doubtful else []
    try:
        table.write([after.put(), entry(after, after.state, at=now).put(), *told])
    except Lost:
        return False
    return True


def _ledger(push: Push, table: Table) -> Sends | None:
    item = table.get(keys.sends(push.account, push.openid))
    return Sends.from_item(item) if item else None


def _waiting(options: argparse.Namespace, open_table: Callable[[], Table]) -> Iterator[Push]:
    """Every push of the kind that waits: all that waits in the stage is looked at for it."""
    for shard in range(keys.DUE_SHARDS):
        table = open_table()
        names = iter([name for name in names_in(table, keys.due_shard(shard)) if _is_push(name, options.account)])
        while some := list(islice(names, TOGETHER)):
            places = [keys.Key(pushes.pk_of(name), "PUSH") for name in some]
            found = map(Push.from_item, open_table().get_many(places).values())
            yield from (push for push in found if push.kind == options.kind and push.is_open)


def _is_push(name: str, account: str) -> bool:
    return name.startswith(f"P#{account}#")
