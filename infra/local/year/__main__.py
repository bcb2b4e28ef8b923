"""`make demo`: a year of a shop with reactivation, without it, and with a naive script, side by side.

python -m infra.local.year [--people N] [--days N] [--seed N] [--into DIRECTORY]
"""

import argparse
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path
from queue import Empty, Queue

from infra.local.year import page, run
from infra.local.year.board import Board
from infra.local.year.run import Day, Order, Told
from infra.local.year.ways import WAYS

PEOPLE, DAYS, SEED = 2_000, 365, 1
INTO = Path("build/year")
PROCESSES = 2
LOOKS_EVERY = 0.2
"""Seconds."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.year")
    parser.add_argument("--people", type=int, default=PEOPLE, help="模拟粉丝的人数")
    parser.add_argument("--days", type=int, default=DAYS, help="天数，从 2026 年元旦算起")
    parser.add_argument("--seed", type=int, default=SEED, help="同一个种子，同一年")
    parser.add_argument("--into", type=Path, default=INTO, metavar="目录", help="页面写到哪里")
    given = parser.parse_args(arguments)
    given.into.mkdir(parents=True, exist_ok=True)
    orders = [Order(way.name, given.people, given.days, given.seed, given.into) for way in WAYS]
    told = played(orders)
    links = {title: path for one in told for title, path in one.links.items()}
    summary = given.into / "index.html"
    summary.write_text(page.render([one.outcome for one in told], links), encoding="utf-8")
    _say(told, summary)
    return 0


def played(orders: Sequence[Order]) -> list[Told]:
    """Each in a process of its own, two at a time; how far they are is shown meanwhile."""
    context = get_context("spawn")
    with context.Manager() as manager:
        days: Queue[Day] = manager.Queue()
        with context.Pool(PROCESSES, initializer=run.report_to, initargs=(days,)) as pool:
            result = pool.map_async(run.year, orders, chunksize=1)
            board = Board([order.way for order in orders], sum(order.days for order in orders))
            while not result.ready():
                _watch(days, board)
            board.end()
            return result.get()


def _watch(days: "Queue[Day]", board: Board) -> None:
    """Until nothing has come for a while."""
    try:
        while True:
            board.show(days.get(timeout=LOOKS_EVERY))
    except Empty:
        return


def _say(told: Sequence[Told], summary: Path) -> None:
    for one in told:
        outcome = one.outcome
        print(
            f"{page.TITLES[outcome.way]}：年末关注 {outcome.followers[-1]:,}，取关 {outcome.left:,}"
            f"（因为消息 {outcome.put_off:,}），被消息带回 {sum(outcome.won.values()):,} 次，"
            f"收到消息 {sum(outcome.heard.values()):,} 条；用了 {outcome.seconds:.0f} 秒 CPU"
        )
    print(f"比较和报告：{summary}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
