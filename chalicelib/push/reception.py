"""From journal entries to how pushes were received within the last day. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.store.journal import Entry
from chalicelib.store.watch import Reception, Watch

LOOKS_BACK = timedelta(hours=24)
MOST_KINDS = 200
"""Kinds that are kept of one hour: the item holds 400 KB. Those that were sent least fall out."""
NONE = Reception()


class Sign(NamedTuple):
    """What one entry tells of a kind. `at` is when the push was sent, as far as is known."""

    kind: str
    at: datetime
    told: Reception


def sign_of(entry: Entry) -> Sign | None:
    """None of most entries: followers write more than they are sent."""
    details = entry.details
    match entry.what, entry.outcome:
        case "push", "sent":
            return Sign(str(details.get("kind", "")), entry.at, Reception(sent=1))
        case _, "push.delivered" | "push.undelivered":
            return Sign(str(details.get("kind", "")), entry.at, _reported(entry))
        case "event.unsubscribe", "unfollowed":
            return _unfollowed(entry)
        case _:
            return None


def counted(watch: Watch, entries: Iterable[Entry], *, until: datetime) -> Watch:
    """With these entries, which are all that were written from `read_until` to `until`."""
    hours = {hour: dict(kinds) for hour, kinds in watch.hours.items()}
    for sign in filter(None, map(sign_of, entries)):
        if sign.at >= watch.anew.get(sign.kind, sign.at):
            kinds = hours.setdefault(_hour(sign.at), {})
            kinds[sign.kind] = kinds.get(sign.kind, NONE).plus(sign.told)
    oldest = _hour(until - LOOKS_BACK)
    return replace(
        watch,
        read_until=until,
        hours={hour: _most_sent(kinds) for hour, kinds in hours.items() if hour > oldest},
        anew={kind: at for kind, at in watch.anew.items() if at > until - LOOKS_BACK},
    )


def by_kind(watch: Watch) -> Mapping[str, Reception]:
    total: dict[str, Reception] = {}
    for kinds in watch.hours.values():
        for kind, seen in kinds.items():
            total[kind] = total.get(kind, NONE).plus(seen)
    return total


def without(watch: Watch, kinds: Iterable[str], *, now: datetime) -> Watch:
    """Begin anew with these kinds."""
    gone = frozenset(kinds)
    if not gone:
        return watch
    kept = {hour: {k: seen for k, seen in known.items() if k not in gone} for hour, known in watch.hours.items()}
    return replace(
        watch,
        hours={hour: known for hour, known in kept.items() if known},
        anew={**watch.anew, **dict.fromkeys(gone, now)},
    )


def _reported(entry: Entry) -> Reception:
    """One that no worker had recorded as sent was sent all the same."""
    late = int(entry.details.get("was", "sent") != "sent")
    if entry.outcome == "push.delivered":
        return Reception(sent=late, reported=1)
    blocked = int(entry.details.get("reason") == "blocked")
    return Reception(sent=late, reported=1, blocked=blocked, failed=1 - blocked)


def _unfollowed(entry: Entry) -> Sign | None:
    kind, hours = entry.details.get("push_kind"), entry.details.get("push_hours")
    if not kind or not isinstance(hours, int) or timedelta(hours=hours) >= LOOKS_BACK:
        return None
    return Sign(str(kind), entry.at - timedelta(hours=hours), Reception(unfollowed=1))


def _hour(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H")


def _most_sent(kinds: Mapping[str, Reception]) -> Mapping[str, Reception]:
    ranked = sorted(kinds.items(), key=lambda known: (-known[1].sent, known[0]))
    return dict(ranked[:MOST_KINDS])
