"""Throwing the switches: a pause holds from the next look at them, so within the batches in flight."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.door import count, log
from chalicelib.errors import Conflict
from chalicelib.store import switches as stored
from chalicelib.store.switches import Pause, Switches
from chalicelib.store.table import Lost, Table

ATTEMPTS = 8


def pause_kind(table: Table, account: str, kind: str, *, reason: str, now: datetime) -> None:
    """Put off every push of the kind until someone resumes it. An earlier pause stands. Raises Conflict."""

    def paused(known: Switches) -> Switches:
        return replace(known, kinds={kind: Pause(now, reason), **known.kinds}, cleared=_without(known, kind))

    if change(table, account, paused):
        log.error("push.kind_paused", extra={"account": account, "kind": kind, "reason": reason})
        count("KindPaused", account=account)


def pause_channel(table: Table, account: str, channel: str, *, reason: str, now: datetime) -> None:
    """Put off everything that goes by the channel. An earlier pause stands. Raises Conflict."""

    def paused(known: Switches) -> Switches:
        return replace(known, channels={channel: Pause(now, reason), **known.channels})

    if change(table, account, paused):
        log.error("push.channel_paused", extra={"account": account, "channel": channel, "reason": reason})
        count("ChannelPaused", account=account)


def pause_account(table: Table, account: str, *, reason: str, now: datetime) -> None:
    """Put off everything. An earlier pause stands. Raises Conflict."""
    change(table, account, lambda known: replace(known, paused=known.paused or Pause(now, reason)))


def resume(table: Table, account: str, *, kind: str = "", channel: str = "") -> bool:
    """Take back the pause of the kind, the channel, or the account. False when there was none. Raises Conflict."""

    def resumed(known: Switches) -> Switches:
        if kind:
            return replace(known, kinds={name: pause for name, pause in known.kinds.items() if name != kind})
        if channel:
            return replace(known, channels={name: pause for name, pause in known.channels.items() if name != channel})
        return replace(known, paused=None)

    return change(table, account, resumed)


def clear(table: Table, account: str, kind: str, *, day: str) -> bool:
    """The kind's first pushes of the day came back well: the rest may follow. Raises Conflict."""
    return change(table, account, lambda known: replace(known, cleared={**known.cleared, kind: day}))


def change(table: Table, account: str, changed: Callable[[Switches], Switches]) -> bool:
    """Whether anything was changed. Tried again while others throw switches too. Raises Conflict."""
    for _ in range(ATTEMPTS):
        known = stored.find(table, account)
        wanted = changed(known)
        if wanted == known:
            return False
        try:
            table.write([wanted.put()])
        except Lost:
            continue
        return True
    raise Conflict("others kept throwing the account's switches")


def _without(known: Switches, kind: str) -> dict[str, str]:
    return {name: day for name, day in known.cleared.items() if name != kind}
