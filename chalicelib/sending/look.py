"""What is known right before a send, in one round trip."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.clock import shanghai_day
from chalicelib.credentials import Accounts
from chalicelib.sending.traits import TRAITS
from chalicelib.sending.verdict import Known
from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.member import Member
from chalicelib.store.push import Push
from chalicelib.store.quota import Quota
from chalicelib.store.sends import sends_of
from chalicelib.store.switches import Switches
from chalicelib.store.table import Item, Table
from chalicelib.store.tombstone import Tombstone

MOST = 32
"""Pushes that are looked at together: three keys each, and what they share, in one read of at most 100."""


def look(push: Push, table: Table, accounts: Accounts, *, now: datetime) -> Known:
    """The recipient, their ledger, the switches and the day's quota. Raises CredentialsError, Unavailable."""
    return look_at([push], table, accounts, now=now)[0]


def look_at(pushes: Sequence[Push], table: Table, accounts: Accounts, *, now: datetime) -> tuple[Known, ...]:
    """The same for at most MOST pushes of one account and channel, in their order."""
    account, day, api = pushes[0].account, shanghai_day(now), TRAITS[pushes[0].channel].api
    credentials = accounts.find(account)
    shared = (keys.switches(account), keys.quota(account, day, api))
    places = [_places(push, credentials.handle(push.openid)) for push in pushes]
    found = table.get_many(dict.fromkeys([*shared, *(key for place in places for key in place)]))
    switches, quota = (found.get(key) for key in shared)
    thrown = Switches.from_item(switches) if switches else Switches(account)
    left = Quota.from_item(quota) if quota else Quota(account, day, api)
    return tuple(_known(place, found, thrown, left, now) for place in places)


class _Places(NamedTuple):
    """Where what concerns one recipient stands."""

    member: Key
    sends: Key
    tombstone: Key


def _places(push: Push, handle: str) -> _Places:
    account, openid = push.account, push.openid
    return _Places(keys.member(account, openid), keys.sends(account, openid), keys.tombstone(account, handle))


def _known(at: _Places, found: Mapping[Key, Item], switches: Switches, quota: Quota, now: datetime) -> Known:
    member = Member.from_item(found[at.member]) if at.member in found else None
    return Known(
        now=now,
        switches=switches,
        quota=quota,
        left=at.tombstone in found and not Tombstone.from_item(found[at.tombstone]).follows,
        member=member,
        sends=sends_of(member, found.get(at.sends)),
    )
