"""Everything that a decision needs to know, in one round trip."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.callbacks.world import World
from chalicelib.clock import shanghai_day
from chalicelib.credentials import Credentials
from chalicelib.decision import Facts
from chalicelib.sending.finishing import tells_of_haste
from chalicelib.sending.traits import TRAITS
from chalicelib.store import keys
from chalicelib.store.account import AccountState
from chalicelib.store.keys import Key
from chalicelib.store.member import Member
from chalicelib.store.quota import Quota
from chalicelib.store.receipt import Receipt
from chalicelib.store.sends import sends_of
from chalicelib.store.table import Item
from chalicelib.store.tombstone import Tombstone
from chalicelib.vault import Vault
from chalicelib.wechat.inbound import Inbound


def snapshot(event: Inbound, credentials: Credentials, world: World) -> Receipt | Facts:
    """The receipt where this was decided before, else the facts to decide on."""
    handle = credentials.handle(event.openid) if event.openid else ""
    quota = _quota(event, credentials.account, now=world.now())
    at = _keys(event, credentials.account, handle)
    at |= {"quota": quota.key} if quota else {}
    found = world.table.get_many(at.values())
    items = {name: found[key] for name, key in at.items() if key in found}
    if "receipt" in items:
        return Receipt.from_item(items["receipt"])
    return _facts(items, credentials, handle, quota, world)


def _keys(event: Inbound, account: str, handle: str) -> dict[str, Key]:
    """An event about nobody has no member to know."""
    at = {"receipt": keys.receipt(account, event.receipt_id), "state": keys.account_state(account)}
    if event.openid:
        at["member"] = keys.member(account, event.openid)
        at["sends"] = keys.sends(account, event.openid)
        at["tombstone"] = keys.tombstone(account, handle)
    return at


def _quota(event: Inbound, account: str, *, now: datetime) -> Quota | None:
    """Of template messages, whole as far as we know; None where it does not matter."""
    return Quota(account, shanghai_day(now), TRAITS["template"].api) if tells_of_haste(event) else None


def _facts(
    items: Mapping[str, Item], credentials: Credentials, handle: str, quota: Quota | None, world: World
) -> Facts:
    account = credentials.account
    state = AccountState.from_item(items["state"]) if "state" in items else AccountState(account)
    member = Member.from_item(items["member"]) if "member" in items else None
    return Facts(
        now=world.now(),
        account=account,
        handle=handle,
        fresh_id=world.new_id(),
        faq=world.releases.current(
            account, state.release, table=world.table, now=world.now(), time_left=world.deadline.left
        ),
        state=state,
        vault=Vault(credentials.data_key),
        member=member,
        tombstone=Tombstone.from_item(items["tombstone"]) if "tombstone" in items else None,
        sends=sends_of(member, items.get("sends")),
        quota=Quota.from_item(items["quota"]) if "quota" in items else quota,
    )
