"""What became of subscription notices, and which sends they used up."""

import pytest

from chalicelib.callbacks.routes import choose
from chalicelib.decision import Decision
from chalicelib.members.notices import on_sent
from chalicelib.sending.credits import credits_left
from chalicelib.store import push as pushes
from chalicelib.store.journal import Entry
from chalicelib.store.sends import Sends
from chalicelib.wechat.events import SubscribeResult
from chalicelib.wechat.inbound import Inbound
from tests.builders import ACCOUNT, NOON, a_ledger, a_member, a_sent, an_event, facts
from tests.unit.wechat.kept import read


def sent(*results: tuple[str, int], number: str = "180", status: str = "") -> Inbound:
    listed = tuple(SubscribeResult(template_id, number, code, status) for template_id, code in results)
    return an_event("event.subscribe_msg_sent_event", results=listed)


def saved_ledger(decision: Decision) -> Sends:
    (ledger,) = decision.save
    assert isinstance(ledger, Sends)
    return ledger


def ours(*push_ids: str, state: str = "sent") -> Sends:
    """A ledger with such pushes, whose numbers WeChat did not tell: each has its own template and has used its send."""
    recent = tuple(
        a_sent(push_id=one, channel="subscribe", template=f"T-{one}", state=state, msgid="") for one in push_ids
    )
    return a_ledger(recent=recent, credits_used={sent.template: 1 for sent in recent})


def test_a_delivered_notice_uses_one_send() -> None:
    ledger = a_ledger(credits_used={"T-1": 1})

    decision = on_sent(sent(("T-1", 0)), facts(member=a_member(credits={"T-1": 3}), sends=ledger))

    assert saved_ledger(decision) == a_ledger(credits_used={"T-1": 2})
    assert (decision.outcome, decision.details) == ("notice.delivered", {"delivered": 1, "failed": 0})
    assert credits_left(a_member(credits={"T-1": 3}), saved_ledger(decision)) == {"T-1": 1}


def test_several_results_in_one_event_are_counted_each() -> None:
    decision = on_sent(sent(("T-1", 0), ("T-2", 0), ("T-1", 0), ("T-3", 43101)), facts(member=a_member()))

    assert saved_ledger(decision).credits_used == {"T-1": 2, "T-2": 1}
    assert decision.details == {"delivered": 3, "failed": 1}


def test_the_first_result_opens_a_ledger_for_this_incarnation_of_the_member() -> None:
    decision = on_sent(sent(("T-1", 0)), facts(member=a_member(member_no="m-0002")))

    assert (saved_ledger(decision).member_no, saved_ledger(decision).version) == ("m-0002", 0)


def test_a_notice_that_did_not_arrive_uses_no_send() -> None:
    decision = on_sent(sent(("T-1", 20004)), facts(member=a_member()))

    assert decision == Decision("notice.undelivered", details={"delivered": 0, "failed": 1})


def test_a_result_of_someone_who_is_no_member_changes_nothing() -> None:
    assert on_sent(sent(("T-1", 0)), facts()) == Decision("nobody")


def test_an_event_without_its_list_changes_nothing() -> None:
    decision = on_sent(an_event("event.subscribe_msg_sent_event"), facts(member=a_member()))

    assert decision == Decision("notice.undelivered", details={"delivered": 0, "failed": 0})


@pytest.mark.parametrize("template_id", ["", "t" * 65, "T 1", "模板", "T\n1"])
def test_what_names_no_template_is_not_counted(template_id: str) -> None:
    assert on_sent(sent((template_id, 0)), facts(member=a_member())).save == ()


def test_a_push_of_ours_that_was_delivered_uses_no_second_send() -> None:
    decision = on_sent(sent(("T-a", 0)), facts(member=a_member(), sends=ours("a")))

    assert saved_ledger(decision).credits_used == {"T-a": 1}
    assert (saved_ledger(decision).recent[0].state, saved_ledger(decision).recent[0].msgid) == ("delivered", "180")
    assert decision.changes == (pushes.finished(ACCOUNT, "a", "delivered", "", "180"),)
    assert (decision.outcome, decision.details) == (
        "push.delivered", {"kind": "news", "channel": "subscribe", "was": "sent"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "status", "reason", "used"),
    [
        (1, "failed:user block", "blocked", {}),
        (2, "failed: system failed", "system", {}),
        (43101, "user refuse to accept the msg", "no_credit", {"T-a": 1}),
        (20004, "something new", "20004", {"T-a": 1}),
        (20005, "success", "20005", {"T-a": 1}),
    ],
)
def test_a_push_of_ours_that_did_not_arrive_gives_its_send_back_where_that_is_clear(
    code: int, status: str, reason: str, used: dict[str, int]
) -> None:
    decision = on_sent(sent(("T-a", code), status=status), facts(member=a_member(), sends=ours("a")))

    assert (decision.outcome, decision.details["reason"]) == ("push.undelivered", reason)
    assert saved_ledger(decision).credits_used == used


def test_a_second_result_of_a_push_counts_nothing() -> None:
    first = on_sent(sent(("T-a", 0)), facts(member=a_member(), sends=ours("a")))

    second = on_sent(sent(("T-a", 0)), facts(member=a_member(), sends=saved_ledger(first)))

    assert (second.outcome, second.save, second.changes) == ("push.repeated", (), ())


def test_a_result_that_may_be_of_two_pushes_counts_nothing() -> None:
    two = ours("a").with_sent(a_sent(push_id="b", channel="subscribe", template="T-a", msgid=""))

    decision = on_sent(sent(("T-a", 0)), facts(member=a_member(), sends=two))

    assert decision == Decision("push.unmatched")


def test_several_results_have_a_line_each_and_those_from_elsewhere_one_together() -> None:
    told = (("T-x", "1", 0), ("T-a", "2", 0), ("T-b", "3", 43101), ("T-y", "4", 1), ("T-a", "2", 0))
    results = tuple(SubscribeResult(template_id, number, code, "") for template_id, number, code in told)
    event = an_event("event.subscribe_msg_sent_event", results=results)

    decision = on_sent(event, facts(member=a_member(), sends=ours("a", "b")))

    first, second, *lines = decision.changes
    assert (first, second) == (
        pushes.finished(ACCOUNT, "a", "delivered", "", "2"),
        pushes.finished(ACCOUNT, "b", "undelivered", "no_credit", "3"),
    )
    assert decision.outcome == "push.delivered"
    refused = {"kind": "news", "channel": "subscribe", "reason": "no_credit", "was": "sent"}
    kind, receipt = event.kind, event.receipt_id
    assert lines == [
        Entry(ACCOUNT, f"{receipt}-1", NOON, kind, "push.undelivered", "m-0001", refused).put(),
        Entry(ACCOUNT, f"{receipt}-2", NOON, kind, "notice.delivered", "m-0001", {"delivered": 1, "failed": 1}).put(),
    ]
    assert saved_ledger(decision).credits_used == {"T-a": 1, "T-b": 1, "T-x": 1}


def test_what_wechat_was_seen_to_say_of_several_notices_is_understood() -> None:
    event = read("event.subscribe_msg_sent_event~several")

    decision = choose(event)(event, facts(member=a_member()))

    assert (decision.outcome, decision.details) == ("notice.delivered", {"delivered": 2, "failed": 1})
