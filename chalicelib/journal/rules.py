"""What a journal entry counts as: one table, in which a new feature has one line per outcome. Pure."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from chalicelib.clock import SHANGHAI
from chalicelib.journal import trials
from chalicelib.store.journal import Entry


class Count(NamedTuple):
    """So many of one figure."""

    group: str
    name: str
    amount: int = 1


Rule: TypeAlias = Callable[[Entry], Count]

ANY = "*"
NONE = "(none)"
"""The name of what has none: followers who came by no channel's code."""


def one(group: str, name: str) -> Rule:
    return lambda _entry: Count(group, name)


def named(group: str, detail: str) -> Rule:
    """One, under the name that the detail has."""
    return lambda entry: Count(group, str(entry.details.get(detail, "")) or NONE)


def amount(group: str, name: str, detail: str) -> Rule:
    """As many as the detail says."""
    return lambda entry: Count(group, name, int(entry.details.get(detail, 0)))


def given(group: str, name: str, detail: str) -> Rule:
    """One if the entry has the detail."""
    return lambda entry: Count(group, name, int(detail in entry.details))


def by_outcome(group: str) -> Rule:
    """One, under the outcome's own name."""
    return lambda entry: Count(group, f"{entry.what}/{entry.outcome}")


def by_kind(group: str) -> Rule:
    """One, under the event's own name."""
    return lambda entry: Count(group, entry.what.removeprefix("event."))


def came(entry: Entry) -> Count:
    """A follower who left within the tombstone's life is one who returned."""
    return Count("follows", "returned" if entry.details.get("returned") else "new")


def of_push(state: str) -> Rule:
    """One push of its kind that came to this."""
    return named(f"push.{state}", "kind")


def because(state: str) -> Rule:
    """One of its kind and state for this reason, if there is one."""
    return lambda entry: Count(
        "push.reasons",
        f"{entry.details.get('kind', NONE)}/{state}/{entry.details.get('reason', '')}",
        int(bool(entry.details.get("reason"))),
    )


def learned_late(entry: Entry) -> Count:
    """A push that no worker had recorded as sent: that it was shows in the report of its end."""
    kind = str(entry.details.get("kind", "")) or NONE
    return Count("push.sent", kind, int(entry.details.get("was", "sent") != "sent"))


def by_channel_late(entry: Entry) -> Count:
    channel = str(entry.details.get("channel", "")) or NONE
    return Count("push.channels", channel, int(entry.details.get("was", "sent") != "sent"))


def no_longer_unknown(entry: Entry) -> Count:
    """A push whose outcome was unknown until the report of its end."""
    kind = str(entry.details.get("kind", "")) or NONE
    return Count("push.resolved", kind, int(entry.details.get("was", "") == "unknown"))


def left_after_push(entry: Entry) -> Count:
    """Someone left within a day of a push, which is held against its kind."""
    hours = entry.details.get("push_hours")
    kind = str(entry.details.get("push_kind", "")) or NONE
    return Count("push.unfollowed", kind, int(isinstance(hours, int) and hours < PUSH_HOURS))


def on_rung(group: str) -> Rule:
    """One in this arm, under policy and rung."""
    return lambda entry: Count(group, "/".join(str(entry.details.get(name, "")) for name in ("policy", "rung", "arm")))


PUSH_HOURS = 24
"""For so long an unfollow is held against the last push before it."""
PUSH_ENDS = frozenset({"failed", "held", "expired", "unknown", "dead"})
"""How a push ends without having been sent, as far as is known."""
MESSAGES = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link", "miniprogrampage"})
VISITS = frozenset({
    "event.scan", "event.click", "event.view", "event.view_miniprogram", "event.scancode_push",
    "event.scancode_waitmsg", "event.pic_sysphoto", "event.pic_photo_or_album", "event.pic_weixin",
    "event.location_select", "event.subscribe_msg_popup_event",
})  # fmt: skip
RESULTS = frozenset({
    "event.subscribe_msg_change_event", "event.subscribe_msg_sent_event", "event.templatesendjobfinish",
})  # fmt: skip
"""What the platform reports of notices."""
ACTS = MESSAGES | VISITS | {"event.subscribe"}
"""What followers do, as against what the platform reports of them."""
JOBS = frozenset({"followers.list", "followers.part", "followers.tags", "member.profile",
                  "member.erasure", "push.mass", "push.templates", "faq.missed",
                  "ticket.notify", "ticket.answer"})  # fmt: skip
TAKEN = ("new", "returned", "filled", "known", "erased", "left", "gone", "untold")
"""What becomes of a follower whom WeChat lists."""
TAG_ENDS = ("told", "full", "gone", "unheard_of")
NO_ACTS = frozenset({"stale"})
"""Outcomes of what came too late to count as a sign of life."""

RULES: dict[tuple[str, str], tuple[Rule, ...]] = {
    **{(kind, ANY): (by_kind("messages"),) for kind in MESSAGES},
    **{(kind, ANY): (by_kind("visits"),) for kind in VISITS},
    **{(kind, ANY): (by_outcome("jobs"),) for kind in JOBS},
    ("event.subscribe", "followed"): (came, named("channels.in", "channel")),
    ("event.subscribe", "followed.again"): (one("follows", "again"),),
    ("event.unsubscribe", "unfollowed"): (
        one("unfollows", "told"), named("channels.out", "channel"), left_after_push,
    ),
    ("member.profile", "unfollowed.found"): (one("unfollows", "found"), named("channels.out", "channel")),
    ("followers.part", "import.taken"): tuple(amount("import", name, name) for name in TAKEN),
    ("followers.part", "reconcile.compared"): (
        amount("reconcile", "found", "new"), amount("reconcile", "returned", "returned"),
    ),
    **{
        ("followers.list", f"reconcile.{name}"): (
            amount("reconcile", "checked", "checked"), amount("reconcile", "suspected", "suspected"),
        )
        for name in ("checked", "over", "implausible")
    },
    **{
        ("followers.tags", f"tags.{name}"): tuple(amount("tags", what, what) for what in TAG_ENDS)
        for name in ("told", "waiting")
    },
    ("event.scan", "scanned"): (named("scans", "channel"),),
    **{(kind, ANY): (by_kind("reports"),) for kind in RESULTS},
    **{(kind, "nobody"): () for kind in RESULTS},
    ("event.masssendjobfinish", ANY): (by_kind("reports"),),
    **{
        (ANY, f"mass.{name}"): (
            one("mass", name), amount("mass", "delivered", "sent"), amount("mass", "undelivered", "failed"),
        )
        for name in ("finished", "stopped")
    },
    (ANY, "faq.answer"): (one("faq", "answer"), given("faq", "suggestion", "chosen"), named("faq.entries", "entry")),
    (ANY, "faq.clarify"): (one("faq", "clarify"),),
    (ANY, "faq.miss"): (one("faq", "miss"),),
    (ANY, "faq.stray"): (one("faq", "stray"),),
    **{
        (ANY, f"faq.{name}"): (one("faq", name), named(f"faq.{name}", "entry")) for name in ("helpful", "unhelpful")
    },
    (ANY, "human.transfer"): (one("human", "transfer"), given("faq", "suggestion", "chosen")),
    (ANY, "human.closed"): (one("human", "closed"), given("faq", "suggestion", "chosen")),
    (ANY, "ticket.opened"): (one("human", "ticket.opened"), given("faq", "suggestion", "chosen")),
    **{(ANY, f"ticket.{name}"): (one("human", f"ticket.{name}"),) for name in ("added", "answered", "closed")},
    **{(ANY, f"human.{name}"): (one("human", name),) for name in ("passed_on", "began", "ended", "left")},
    (ANY, "opted_out"): (one("marketing", "opted_out"),),
    (ANY, "opted_in"): (one("marketing", "opted_in"),),
    **{(ANY, f"erased.{why}"): (one("erased", why),) for why in ("wish", "cancelled", "revoked", "operator")},
    (ANY, "subscribed"): (
        amount("subscriptions", "accepted", "accepted"), amount("subscriptions", "refused", "refused"),
    ),
    (ANY, "subscription.refused"): (amount("subscriptions", "refused", "refused"),),
    **{
        (ANY, f"notice.{name}"): (amount("notices", "delivered", "delivered"), amount("notices", "failed", "failed"))
        for name in ("delivered", "undelivered")
    },
    ("push", "planned"): (of_push("planned"),),
    ("push", "deferred"): (of_push("deferred"), because("deferred")),
    ("push", "sent"): (of_push("sent"), named("push.channels", "channel")),
    **{("push", state): (of_push(state), because(state)) for state in PUSH_ENDS},
    ("push", "released"): (of_push("released"),),
    ("trial", "assigned"): (on_rung("trial.assigned"),),
    ("trial", "advanced"): (on_rung("trial.advanced"),),
    (ANY, "push.delivered"): (of_push("delivered"), learned_late, by_channel_late, no_longer_unknown),
    (ANY, "push.undelivered"): (
        of_push("undelivered"), because("undelivered"), learned_late, by_channel_late, no_longer_unknown,
    ),
    **{(ANY, f"push.{name}"): (one("push.results", name),) for name in ("unmatched", "repeated")},
    (ANY, "data.shown"): (one("rights", "data.shown"),),
    **{(ANY, f"erasure.{name}"): (one("rights", f"erasure.{name}"),) for name in ("asked", "cancelled", "nothing")},
    (ANY, "profile.refreshed"): (one("rights", "profile.refreshed"),),
    (ANY, "revoked.nothing_held"): (one("rights", "revoked.nothing_held"),),
    (ANY, "stale"): (by_kind("late"),),
    (ANY, "seen"): (),
    (ANY, "click.unknown"): (one("other", "click.unknown"),),
    (ANY, "nobody"): (by_kind("reports"),),
    (ANY, "noted"): (by_kind("reports"),),
    (ANY, "unknown"): (by_kind("unknown"),),
}  # fmt: skip
"""By what and outcome. The pair's own line, or else the outcome's, is joined by the line of the kind."""

UNKNOWN: tuple[Rule, ...] = (by_outcome("other"),)


def counts_of(entry: Entry) -> Iterator[Count]:
    """The figures that an entry is counted in. What no line knows is counted under its own name, never dropped."""
    of_kind = RULES.get((entry.what, ANY), ())
    of_outcome = RULES.get((entry.what, entry.outcome), RULES.get((ANY, entry.outcome)))
    if of_outcome is None:
        of_outcome = () if entry.what in JOBS else UNKNOWN
    yield from (rule(entry) for rule in (*of_kind, *of_outcome) or UNKNOWN)
    yield from (Count(group, name) for group, name in trials.told(entry))
    if is_act(entry):
        yield Count("hours", f"{entry.at.astimezone(SHANGHAI).hour:02d}")


def is_act(entry: Entry) -> bool:
    """Whether a follower did it."""
    return entry.what in ACTS and entry.outcome not in NO_ACTS
