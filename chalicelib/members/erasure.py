"""What else is held of a member who left is removed. Bound to that incarnation: who came back is not touched."""

from dataclasses import replace
from datetime import datetime

from chalicelib.credentials import Credentials
from chalicelib.decision import Asked, Done
from chalicelib.sending import intents
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store.job import Job
from chalicelib.store.keys import Key
from chalicelib.store.push import Push
from chalicelib.store.table import Change, Delete, Equals, Lost, Table, all_items


def ask(job: Job, *, table: Table, credentials: Credentials, now: datetime) -> Asked:
    """Remove every item of the incarnation, and their name from pushes that were given up. Harmless when repeated.

    Pushes that wait for their time are not looked for: each is looked at within a day, and ends then.
    """
    member_no, openid = job.payload["member_no"], job.payload["openid"]
    for item in all_items(table, keys.member_partition(job.account, openid)):
        if item.get("member_no") == member_no:
            _remove(table, Key(item["pk"], item["sk"]), member_no)
    for push in pushes.list_dead(table, job.account, credentials.handle(openid)[: intents.GROUP]):
        if push.member_no == member_no:
            _hold(table, push, now)
    return lambda _table: Done("erased", member_no)


def _remove(table: Table, key: Key, member_no: str) -> None:
    _write(table, Delete(key, (Equals("member_no", member_no),)))


def _hold(table: Table, push: Push, now: datetime) -> None:
    """Nobody can release it any more."""
    held = replace(push, due_at=now).closed("held", "left")
    ended = replace(held, version=held.version + 1)
    told = (intents.entry(push, "released", at=now), intents.entry(ended, "held", at=now))
    _write(table, held.put(), *(one.put() for one in told))


def _write(table: Table, *changes: Change) -> None:
    try:
        table.write(changes)
    except Lost:
        return  # gone already, of another incarnation by now, or released by an operator
