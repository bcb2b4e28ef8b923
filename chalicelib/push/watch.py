"""The watch over an account's pushes: it pauses what followers do not want, lets a good canary's kind go on, and keeps
our count of the quotas beside WeChat's.

Promise: none is needed. What it knows is counted from the journal, each entry once; running twice, or dying in between,
comes to the same. It reads what was written since it last ran, so it costs one more reading of each entry, and lags
five minutes and a bit behind; the figures of `journal_roll` are not asked.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from chalicelib.clock import iso, next_midnight, shanghai_day
from chalicelib.door import count, log
from chalicelib.push import limits, reception
from chalicelib.push.quotas import tell_quotas, told_quotas
from chalicelib.sending import pausing
from chalicelib.sending.allowance import CANARY, canary_api
from chalicelib.store import journal, quota, switches
from chalicelib.store import watch as stored
from chalicelib.store.journal import Entry
from chalicelib.store.keys import JOURNAL_SHARDS
from chalicelib.store.quota import Quota
from chalicelib.store.switches import Switches
from chalicelib.store.table import Lost, Table
from chalicelib.store.watch import Watch
from chalicelib.wechat.client import WechatOf

LEAST_SECONDS = 10
"""With less time left than this no further slice of the journal is begun."""
LAG = timedelta(minutes=1)
"""An entry bears the time of its commit's decision, and no worker takes longer than this from there to the commit."""
SLICE, LONGEST_SLICE = timedelta(minutes=5), timedelta(hours=6)
"""Read and counted as one; after a quiet slice the next one is twice as long, so that a missed day is soon made up."""
QUIET = 1_000
"""Entries that a longer slice may have."""
FIRST_LOOK = timedelta(hours=1)
"""How far back an account is read that was never watched."""
CANARY_REPORTS = timedelta(minutes=10)
"""For so long after a canary batch its finish events are waited for; they come within seconds."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a watch is given."""

    table: Table
    wechat: WechatOf
    now: datetime
    left: Callable[[], float]


def look_after(account: str, tools: Tools) -> None:
    """One round. Raises Unavailable, Conflict; the next round then starts where this one did."""
    table, now = tools.table, tools.now
    seen = _read_on(stored.find(table, account) or Watch(account, _whole(now - FIRST_LOOK)), tools)
    _pause_unwanted(seen, tools)
    thrown, quotas = switches.find(table, account), tuple(quota.list_day(table, account, now=now))
    seen = reception.without(seen, thrown.kinds, now=now)
    _take_back_canaries(thrown, quotas, tools)
    seen = _clear_canaries(seen, thrown, quotas, tools)
    seen = told_quotas(seen, quotas, wechat=tools.wechat, table=table, now=now)
    tell_quotas(quotas)
    try:
        table.write([seen.put()])
    except Lost:
        log.info("watch.raced", extra={"account": account})
        return
    log.info("watch.done", extra={"account": account, "read_until": iso(seen.read_until)})


def _read_on(watch: Watch, tools: Tools) -> Watch:
    """As far as time allows; what is older than the look back is passed over."""
    goal = _whole(tools.now - LAG)
    since, length = max(watch.read_until, goal - reception.LOOKS_BACK), SLICE
    while since < goal:
        if tools.left() < LEAST_SECONDS:
            log.warning("watch.behind", extra={"account": watch.account})
            count("WatchBehind", account=watch.account)
            break
        until = min(since + length, next_midnight(since), goal)  # the journal goes on in another partition by then
        entries: Iterable[Entry] = _entries(watch.account, since, until, tools.table)
        if length > SLICE:
            entries = tuple(islice(entries, QUIET + 1))
            if len(entries) > QUIET:
                length = SLICE
                continue
        watch, since, length = reception.counted(watch, entries, until=until), until, min(2 * length, LONGEST_SLICE)
    return watch


def _entries(account: str, since: datetime, until: datetime, table: Table) -> Iterator[Entry]:
    day = shanghai_day(since)
    for shard in range(JOURNAL_SHARDS):
        entries = journal.list_shard(table, account, day, shard, since=since)
        yield from takewhile(lambda entry: entry.at < until, entries)


def _pause_unwanted(watch: Watch, tools: Tools) -> None:
    for kind, seen in reception.by_kind(watch).items():
        if reason := limits.exceeded(seen):
            log.info("watch.unwanted", extra={"account": watch.account, "kind": kind, **seen._asdict()})
            pausing.pause_kind(tools.table, watch.account, kind, reason=reason, now=tools.now)


def _take_back_canaries(thrown: Switches, quotas: Iterable[Quota], tools: Tools) -> None:
    """Whoever resumes a paused kind begins with a new canary batch."""
    paused = {canary_api(kind) for kind in thrown.kinds}
    for canary in quotas:
        if canary.api in paused and canary.used > 0:
            tools.table.write([canary.give_back(canary.used)])


def _clear_canaries(watch: Watch, thrown: Switches, quotas: Iterable[Quota], tools: Tools) -> Watch:
    """Of the kinds whose canary batch is out: those whose reports had their time may go on, or need another batch."""
    used, today = {one.api: one for one in quotas}, shanghai_day(tools.now)
    received = reception.by_kind(watch)
    out: dict[str, datetime] = {}
    for api, canary in used.items():
        kind = api.removeprefix(canary_api(""))
        if api == kind or canary.used < CANARY or kind in thrown.kinds or thrown.cleared.get(kind) == today:
            continue
        since = watch.canaries_out.get(kind, tools.now)
        if tools.now - since < CANARY_REPORTS:
            out[kind] = since
        elif limits.are_kept(received.get(kind, reception.NONE)):
            pausing.clear(tools.table, watch.account, kind, day=today)
            log.info("watch.cleared", extra={"account": watch.account, "kind": kind})
        else:
            tools.table.write([canary.give_back(CANARY)])
            log.info("watch.another_canary", extra={"account": watch.account, "kind": kind})
    return replace(watch, canaries_out=out)


def _whole(at: datetime) -> datetime:
    """A full second: times in the table have no microseconds, so that nothing is read twice."""
    return at.replace(microsecond=0)
