"""What WeChat will tell later: results of sends, pushes that a fault holds back, notices that go out again."""

import heapq
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from threading import Lock

from infra.local.wechat_simulator.pay.notice import Notice
from infra.local.wechat_simulator.push import Push

Errand = Push | Notice


@dataclass(order=True, slots=True)
class Item:
    due: datetime
    number: int
    errand: Errand = field(compare=False)
    waits_for_next: bool = field(default=False, compare=False)


class Agenda:
    """Errands by the time they are due. Safe between threads."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._numbers = count()
        self._lock = Lock()

    def add(self, due: datetime, errand: Errand) -> None:
        with self._lock:
            heapq.heappush(self._items, Item(due, next(self._numbers), errand))

    def hold(self, due: datetime, push: Push, *, waits_for_next: bool) -> None:
        """Keep a push back until it is due, or until the account's next push went out."""
        held = replace(push, was_held=True)
        with self._lock:
            heapq.heappush(self._items, Item(due, next(self._numbers), held, waits_for_next))

    def due(self, now: datetime) -> list[Errand]:
        """Take out all that is due, oldest first."""
        taken = []
        with self._lock:
            while self._items and self._items[0].due <= now:
                taken.append(heapq.heappop(self._items).errand)
        return taken

    def released(self, account: str) -> list[Push]:
        """Take out what waited for the account's next push."""
        with self._lock:
            free = sorted(one for one in self._items if one.waits_for_next and one.errand.account == account)
            if free:
                self._items = [one for one in self._items if one not in free]
                heapq.heapify(self._items)
        return [one.errand for one in free if isinstance(one.errand, Push)]

    def next_due(self) -> datetime | None:
        with self._lock:
            return self._items[0].due if self._items else None
