"""A shop in memory whose followers have been silent for as long as a test wants it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import shanghai_day
from chalicelib.door import Deadline
from chalicelib.reactivation.plan import Tools, plan
from chalicelib.store import keys
from chalicelib.store import policy as policies
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.journal import Entry
from chalicelib.store.member import Member
from chalicelib.store.policy import Cursor, Policy
from chalicelib.store.push import Push
from chalicelib.store.table import Change, Table
from infra.local.memory.world import START
from tests.support.meddling import MeddledTable
from tests.support.memory import a_memory_shop


class Silence:
    """It is Wednesday morning in the shop. Nobody has been planned yet."""

    def __init__(self, **settings: Any) -> None:
        self.shop = a_memory_shop(**settings)
        self.world = self.shop.world
        self.table: Table = self.world.table()

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def silent(self, days: int, *, number: int = 0, **changes: Any) -> Member:
        """A member whose last act is so many days before the beginning."""
        last = START - timedelta(days=days)
        openid = f"o{days:03d}{number:04d}Silent0000000000000"
        member = Member(
            account="shop",
            openid=openid,
            member_no=f"m-{days}-{number}",
            joined_at=START - timedelta(days=200),
            followed_at=START - timedelta(days=200),
            last_message_at=last,
            last_active_at=last,
            active_day=shanghai_day(last),
            hours_month=shanghai_day(last)[:7],
        )
        return self.write(replace(member, **changes))

    def write(self, member: Member) -> Member:
        """As it stands in the table."""
        self.table.write([member.put()])
        return replace(member, version=member.version + 1)

    def save(self, policy: Policy) -> Policy:
        self.table.write([policy.put()])
        return replace(policy, version=policy.version + 1)

    def plan(self, policy: Policy, *meddlers: Callable[[], object], seconds: float = 100.0) -> Counter[str]:
        """One tick. Before each of its writes a meddler has its turn, while there are any."""
        r = self.world.runtime
        table = MeddledTable(r.table(Deadline(100)), *meddlers)
        return plan(policy, r.accounts.find("shop"), Tools(table, r.queues, r.now(), lambda: seconds))

    def later(self, **by: float) -> None:
        self.world.clock.advance(timedelta(**by).total_seconds())

    def member(self, openid: str) -> Member:
        item = self.table.get(keys.member("shop", openid))
        assert item is not None
        return Member.from_item(item)

    def cursor(self, policy: Policy) -> Cursor:
        found = policies.cursor(self.table, policy)
        assert found is not None
        return found

    def pushes(self) -> list[Push]:
        return [Push.from_item(from_dynamo(item)) for item in self.world.items("P#")]

    def states(self) -> Mapping[str, int]:
        return Counter(f"{push.state} {push.reason}".strip() for push in self.pushes())

    def journal(self, what: str, outcome: str) -> list[Entry]:
        entries = [Entry.from_item(from_dynamo(item)) for item in self.world.items("L#shop#")]
        return [entry for entry in entries if (entry.what, entry.outcome) == (what, outcome)]

    def commit(self, *changes: Change) -> None:
        self.table.write(changes)
