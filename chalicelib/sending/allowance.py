"""A day's quota as one invocation draws on it: in small lots, so that many workers share one counter cheaply.

The counter never falls behind what was sent: a lot is taken before the sends, and what is left of it is given back
after them. A worker that dies in between leaves the counter too high by at most its lot.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.door import log
from chalicelib.errors import Unavailable
from chalicelib.sending.traits import TRAITS, most_for
from chalicelib.store.push import Push
from chalicelib.store.quota import Quota
from chalicelib.store.table import Add, Lost, Table

CANARY = 100
"""How many pushes of a kind go out on a day before their finish events are waited for."""


class Pool(NamedTuple):
    """What a lot was taken from."""

    account: str
    day: str
    api: str
    most: int


@dataclass(slots=True)
class Allowance:
    """Of one invocation. `lot` is how many sends it may come to at most."""

    table: Table
    lot: int
    left: Counter[Pool] = field(default_factory=Counter)

    def take(self, push: Push, quota: Quota) -> bool:
        """One call of the push's channel; False when the day has none left for this class of content."""
        pool = _pool(push, quota)
        if not self.left[pool] and not quota.closed:
            self.left[pool] = self._drawn(quota, pool.most)
        if not self.left[pool]:
            return False
        self.left[pool] -= 1
        return True

    def take_canary(self, push: Push, quota: Quota) -> bool:
        """One of the first pushes of the kind on this day; False when they are all out."""
        canaries = Quota(quota.account, quota.day, canary_api(push.kind))
        return self._taken(canaries, 1, CANARY)

    def put_back(self, push: Push, quota: Quota) -> None:
        """The call that was taken was not made after all."""
        self.left[_pool(push, quota)] += 1

    def give_back(self) -> None:
        """What was taken and not used. Given back once at most: what gets lost on the way counts as used."""
        left, self.left = self.left, Counter()
        for pool, amount in left.items():
            if amount:
                self._given(Quota(pool.account, pool.day, pool.api).give_back(amount))

    def _given(self, change: Add) -> None:
        try:
            self.table.write_at_most_once(change)
        except Unavailable:
            log.info("push.quota_lost", extra={"calls": -change.amount})

    def _drawn(self, quota: Quota, most: int) -> int:
        """A whole lot, or the last ones singly."""
        if self.lot > 1 and self._taken(quota, self.lot, most):
            return self.lot
        return 1 if self._taken(quota, 1, most) else 0

    def _taken(self, quota: Quota, amount: int, most: int) -> bool:
        try:
            self.table.write([quota.take(amount, most=most)])
        except Lost:
            return False
        return True


def canary_api(kind: str) -> str:
    """Counts a kind's canary batch beside the calls of the day."""
    return f"canary#{kind}"


def _pool(push: Push, quota: Quota) -> Pool:
    limit = quota.limit or TRAITS[push.channel].daily
    return Pool(quota.account, quota.day, quota.api, most_for(push.content_class, limit))
