"""What operators find the steps of a push counted as."""

import pytest

from chalicelib.journal.rules import PUSH_ENDS, RULES, counts_of
from chalicelib.journal.tallies import REST
from chalicelib.store.journal import Entry
from infra.figures import names
from tests.unit.journal.ledger import an_act

REPORT = "event.templatesendjobfinish"


def figures(entry: Entry) -> dict[str, int]:
    """Of one entry, those about pushes."""
    return {
        f"{count.group}:{count.name}": count.amount
        for count in counts_of(entry)
        if count.group.startswith("push.") and count.amount
    }


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (an_act("push", "planned", kind="k", channel="template"), {"push.planned:k": 1}),
        (
            an_act("push", "deferred", kind="k", reason="quiet_hours"),
            {"push.deferred:k": 1, "push.reasons:k/deferred/quiet_hours": 1},
        ),
        (
            an_act("push", "sent", kind="k", channel="template"),
            {"push.sent:k": 1, "push.channels:template": 1},
        ),
        (an_act("push", "failed", kind="k", reason="47003"), {"push.failed:k": 1, "push.reasons:k/failed/47003": 1}),
        (an_act("push", "expired", kind="k"), {"push.expired:k": 1}),
        (an_act("push", "released", kind="k"), {"push.released:k": 1}),
        (an_act(REPORT, "push.delivered", kind="k", was="sent", channel="template"), {"push.delivered:k": 1}),
        (
            an_act(REPORT, "push.delivered", kind="k", was="claimed", channel="template"),
            {"push.delivered:k": 1, "push.sent:k": 1, "push.channels:template": 1},
        ),
        (
            an_act(REPORT, "push.undelivered", kind="k", was="unknown", channel="template", reason="blocked"),
            {
                "push.undelivered:k": 1, "push.reasons:k/undelivered/blocked": 1, "push.sent:k": 1,
                "push.channels:template": 1, "push.resolved:k": 1,
            },
        ),
        (an_act("event.unsubscribe", "unfollowed", push_kind="k", push_hours=23), {"push.unfollowed:k": 1}),
        (an_act("event.unsubscribe", "unfollowed", push_kind="k", push_hours=24), {}),
        (an_act("event.unsubscribe", "unfollowed"), {}),
    ],
    ids=lambda given: f"{given.what}-{given.outcome}" if isinstance(given, Entry) else "",
)  # fmt: skip
def test_a_step_of_a_push_is_counted_by_its_kind(entry: Entry, expected: dict[str, int]) -> None:
    assert figures(entry) == expected


def test_every_end_of_a_push_has_a_line() -> None:
    assert {("push", state) for state in PUSH_ENDS} <= set(RULES)


def test_operators_read_reasons_in_words() -> None:
    assert names.of_figure("push.reasons", "k/held/left") == "k　未发：对方已取消关注"
    assert names.of_figure("push.reasons", "k/failed/47003") == "k　被拒绝：微信错误 47003（模板字段的内容不合要求）"
    assert names.of_figure("push.reasons", REST) == "（其余）"
    assert all(f"push.{state}" in names.GROUPS for state in PUSH_ENDS)
