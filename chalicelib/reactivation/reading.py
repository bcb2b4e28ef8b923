"""A cohort as it stands in the table: names from the index, then the members themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.member import Member
from chalicelib.store.sends import Sends, sends_of
from chalicelib.store.table import Item, Table

PAGE = 50
"""Members that are read together: two keys each, and at most 100 keys in one read."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whoever the index has named, as they are now. `sends` is that of the member's own incarnation."""

    openid: str = field(repr=False)
    member: Member | None
    sends: Sends | None


@dataclass(frozen=True, slots=True)
class CohortPage:
    """Some candidates of a shard, by openid; `after` continues it, None at the end."""

    candidates: tuple[Candidate, ...]
    after: Mapping[str, Any] | None


def read_page(
    table: Table, account: str, day: str, shard: int, *, since: str = "", after: Mapping[str, Any] | None = None
) -> CohortPage:
    """The next candidates among those who were last active on the day, from the openid `since` on.

    The index lags behind: who acted a moment ago may still be named. Raises Unavailable.
    """
    pk = keys.activity_partition(account, day, shard)
    page = table.list_index(keys.BY_ACTIVITY, pk, since=since, limit=PAGE, after=after)
    openids = [str(item["activity_sk"]) for item in page.items]
    return CohortPage(read(table, account, openids), page.after)


def read(table: Table, account: str, openids: list[str]) -> tuple[Candidate, ...]:
    """These followers, in their order, in one round trip (at most PAGE). Raises Unavailable."""
    wanted = [key for openid in openids for key in (keys.member(account, openid), keys.sends(account, openid))]
    found = table.get_many(wanted) if wanted else {}
    return tuple(_candidate(account, openid, found) for openid in openids)


def _candidate(account: str, openid: str, found: Mapping[Key, Item]) -> Candidate:
    profile, ledger = found.get(keys.member(account, openid)), found.get(keys.sends(account, openid))
    member = Member.from_item(profile) if profile else None
    return Candidate(openid, member, sends_of(member, ledger))
