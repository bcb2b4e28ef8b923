"""What WeChat's word on a template message changes."""

from datetime import timedelta

import pytest

from chalicelib.callbacks.routes import choose
from chalicelib.decision import Decision, Facts
from chalicelib.push.handlers import on_template_finished
from chalicelib.sending.traits import TRAITS
from chalicelib.store import push as pushes
from chalicelib.store.member import Member
from chalicelib.store.quota import Quota
from chalicelib.store.sends import Sends
from chalicelib.wechat.inbound import Inbound
from tests.builders import ACCOUNT, NOON, a_ledger, a_member, a_sent, an_event, facts
from tests.unit.wechat.kept import read

QUOTA = Quota(ACCOUNT, "2026-03-04", TRAITS["template"].api)
MINUTE = timedelta(minutes=1)


def word(status: str, *, number: str = "180") -> Inbound:
    return an_event("event.templatesendjobfinish", msgid=number, status=status)


def known(**changes: object) -> Facts:
    return facts(**{"member": a_member(reachability="ok"), "sends": a_ledger(recent=(a_sent(),))} | changes)


def members(decision: Decision) -> list[Member]:
    return [saved for saved in decision.save if isinstance(saved, Member)]


def ledgers(decision: Decision) -> list[Sends]:
    return [saved for saved in decision.save if isinstance(saved, Sends)]


def test_a_delivered_notice_moves_the_ledger_and_its_push_and_nothing_else() -> None:
    decision = on_template_finished(word("success"), known())

    assert (decision.outcome, decision.reply, decision.jobs) == ("push.delivered", None, ())
    assert [one.recent[0].state for one in ledgers(decision)] == ["delivered"]
    assert decision.changes == (pushes.finished(ACCOUNT, "p-1", "delivered", "", "180"),)
    assert decision.details == {"kind": "news", "channel": "template", "was": "sent"}
    assert members(decision) == []


def test_who_blocks_notices_cannot_be_reached_by_them() -> None:
    decision = on_template_finished(word("failed:user block"), known())

    assert (decision.outcome, decision.details["reason"]) == ("push.undelivered", "blocked")
    assert [member.reachability for member in members(decision)] == ["blocked"]
    assert [one.recent[0].state for one in ledgers(decision)] == ["undelivered"]


@pytest.mark.parametrize("before", ["blocked", "unknown"])
def test_who_got_a_notice_can_be_reached_by_them(before: str) -> None:
    decision = on_template_finished(word("success"), known(member=a_member(reachability=before)))

    assert [member.reachability for member in members(decision)] == ["ok"]


@pytest.mark.parametrize("status", ["failed: system failed", "failed:something new"])
def test_what_failed_for_other_reasons_says_nothing_of_the_member_and_is_not_sent_again(status: str) -> None:
    decision = on_template_finished(word(status), known())

    assert (decision.outcome, members(decision), decision.pushes, decision.jobs) == ("push.undelivered", [], (), ())


@pytest.mark.parametrize(
    ("quota", "slowed"),
    [(QUOTA, True), (Quota(ACCOUNT, QUOTA.day, QUOTA.api, slow_until=NOON), True), (None, False),
     (Quota(ACCOUNT, QUOTA.day, QUOTA.api, slow_until=NOON + MINUTE), False)],
    ids=["at pace", "slow until now", "not looked at", "slow already"],
)  # fmt: skip
def test_haste_slows_the_account_where_it_is_not_slow_yet(quota: Quota | None, slowed: bool) -> None:
    decision = on_template_finished(word("failed:freq limit"), known(quota=quota))

    assert decision.details["reason"] == "freq_limit"
    assert decision.changes[1:] == ((QUOTA.slow(NOON + MINUTE),) if slowed else ())


def test_a_word_on_a_send_that_is_not_ours_still_tells_of_the_member_and_of_haste() -> None:
    blocked = on_template_finished(word("failed:user block", number="199"), known())
    hasty = on_template_finished(word("failed:freq limit", number="199"), known(quota=QUOTA))

    assert (blocked.outcome, blocked.details, ledgers(blocked)) == ("push.unmatched", {}, [])
    assert [member.reachability for member in members(blocked)] == ["blocked"]
    assert (hasty.outcome, hasty.changes) == ("push.unmatched", (QUOTA.slow(NOON + MINUTE),))


def test_a_second_word_on_a_push_changes_nothing() -> None:
    before = a_ledger(recent=(a_sent(state="delivered"),))

    decision = on_template_finished(word("failed:user block"), known(sends=before))

    assert (decision.outcome, decision.save, decision.changes) == ("push.repeated", (), ())


@pytest.mark.parametrize("said", [{}, {"status": " "}])
def test_a_word_that_says_nothing_changes_nothing(said: dict[str, str]) -> None:
    event = an_event("event.templatesendjobfinish", msgid="180", **said)

    assert on_template_finished(event, known()) == Decision("push.unmatched")


def test_a_word_on_someone_unknown_changes_nothing() -> None:
    assert on_template_finished(word("success"), facts()) == Decision("push.unmatched")


@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("event.templatesendjobfinish", "push.delivered", ""),
        ("event.templatesendjobfinish~blocked", "push.undelivered", "blocked"),
        ("event.templatesendjobfinish~system", "push.undelivered", "system"),
        ("event.templatesendjobfinish~freq", "push.undelivered", "freq_limit"),
        ("event.templatesendjobfinish~unheard", "push.undelivered", "failed:recipient limit reached"),
    ],
)
def test_what_wechat_was_seen_to_say_is_understood(name: str, outcome: str, reason: str) -> None:
    event = read(name)
    ledger = a_ledger(recent=(a_sent(at=event.created, state="claimed", msgid=""),))

    decision = choose(event)(event, known(sends=ledger))

    assert (decision.outcome, decision.details.get("reason", "")) == (outcome, reason)
