"""What a follower's choices about subscription notices grant."""

from datetime import timedelta

import pytest

from chalicelib.decision import Decision
from chalicelib.members import jobs
from chalicelib.members.subscriptions import MOST_TEMPLATES, on_change, on_popup
from chalicelib.sending.credits import credits_left
from chalicelib.wechat.events import Choice
from chalicelib.wechat.inbound import Inbound
from tests.builders import NOON, a_ledger, a_member, a_tombstone, an_event, facts, saved_member

SECOND = timedelta(seconds=1)


def popup(*choices: tuple[str, str], **said: object) -> Inbound:
    listed = tuple(Choice(template_id, status, "1") for template_id, status in choices)
    return an_event("event.subscribe_msg_popup_event", choices=listed, **said)


def change(*choices: tuple[str, str]) -> Inbound:
    listed = tuple(Choice(template_id, status, "") for template_id, status in choices)
    return an_event("event.subscribe_msg_change_event", changes=listed)


def test_an_accept_grants_one_send_and_counts_as_activity() -> None:
    decision = on_popup(popup(("T-1", "accept")), facts(member=a_member()))

    member = saved_member(decision)
    assert member.credits == {"T-1": 1}
    assert member.last_active_at == NOON
    assert (decision.outcome, decision.details) == ("subscribed", {"accepted": 1, "refused": 0})
    assert (decision.reply, decision.jobs) == (None, ())


def test_accepts_add_up_over_several_popups_and_templates() -> None:
    known = a_member(credits={"T-1": 2, "T-9": 1})

    decision = on_popup(popup(("T-1", "accept"), ("T-2", "accept"), ("T-1", "accept")), facts(member=known))

    assert saved_member(decision).credits == {"T-1": 4, "T-2": 1, "T-9": 1}


def test_a_refusal_in_the_popup_keeps_earlier_accepts() -> None:
    known = a_member(credits={"T-1": 2})

    decision = on_popup(popup(("T-1", "reject"), ("T-2", "accept")), facts(member=known))

    assert saved_member(decision).credits == {"T-1": 2, "T-2": 1}
    assert decision.details == {"accepted": 1, "refused": 1}


def test_who_refuses_everything_is_as_before_but_was_there() -> None:
    decision = on_popup(popup(("T-1", "reject")), facts(member=a_member(credits={"T-1": 2})))

    assert (decision.outcome, saved_member(decision).credits) == ("subscription.refused", {"T-1": 2})


def test_an_accept_of_no_template_grants_nothing() -> None:
    decision = on_popup(popup(("", "accept")), facts(member=a_member()))

    assert saved_member(decision).credits == {}
    assert decision.details == {"accepted": 0, "refused": 0}


def test_a_stranger_who_accepts_becomes_a_member_who_does_not_follow() -> None:
    decision = on_popup(popup(("T-1", "accept")), facts())

    member = saved_member(decision)
    assert (member.member_no, member.following, member.followed_at) == ("fresh-0001", False, None)
    assert member.credits == {"T-1": 1}
    assert [job.kind for job in decision.jobs] == [jobs.PROFILE]


def test_a_stranger_who_refuses_leaves_no_trace() -> None:
    decision = on_popup(popup(("T-1", "reject")), facts())

    assert decision == Decision("subscription.refused", details={"accepted": 0, "refused": 1})


def test_who_left_and_accepts_in_an_article_afterwards_keeps_their_opt_out() -> None:
    decision = on_popup(popup(("T-1", "accept")), facts(tombstone=a_tombstone(opted_out=True)))

    assert (saved_member(decision).following, saved_member(decision).opted_out_at) == (False, NOON)


def test_an_accept_from_before_the_leaving_revives_nobody() -> None:
    late = popup(("T-1", "accept"), created=NOON - SECOND)

    assert on_popup(late, facts(tombstone=a_tombstone(at=NOON))) == Decision("stale")


def test_a_refusal_in_the_settings_leaves_no_send() -> None:
    known = a_member(credits={"T-1": 5, "T-2": 1})

    decision = on_change(change(("T-1", "reject")), facts(member=known, sends=a_ledger(credits_used={"T-1": 2})))

    member = saved_member(decision)
    assert credits_left(member, a_ledger(credits_used={"T-1": 2})) == {"T-2": 1}
    assert (decision.outcome, decision.details) == ("subscription.refused", {"refused": 1})


def test_an_accept_after_a_refusal_grants_exactly_one_send_again() -> None:
    ledger = a_ledger(credits_used={"T-1": 2})
    refused = saved_member(
        on_change(change(("T-1", "reject")), facts(member=a_member(credits={"T-1": 5}), sends=ledger))
    )

    again = saved_member(on_popup(popup(("T-1", "accept")), facts(member=refused, sends=ledger)))

    assert credits_left(again, ledger) == {"T-1": 1}


def test_a_refusal_before_any_send_forgets_the_template() -> None:
    known = a_member(credits={"T-1": 5})

    decision = on_change(change(("T-1", "reject"), ("T-7", "reject")), facts(member=known))

    assert saved_member(decision).credits == {}
    assert decision.details == {"refused": 2}


def test_only_a_refusal_takes_sends_away() -> None:
    decision = on_change(change(("T-1", "accept")), facts(member=a_member(credits={"T-1": 5})))

    assert saved_member(decision).credits == {"T-1": 5}


def test_a_refusal_in_the_element_of_an_older_sample_counts_too() -> None:
    listed = {"List": {"TemplateId": "T-1", "SubscribeStatusString": "reject"}}
    event = an_event("event.subscribe_msg_change_event", SubscribeMsgPopupEvent=listed)

    decision = on_change(event, facts(member=a_member(credits={"T-1": 1})))

    assert saved_member(decision).credits == {}


def test_a_refusal_of_someone_who_is_no_member_changes_nothing() -> None:
    assert on_change(change(("T-1", "reject")), facts()) == Decision("nobody")


def test_an_event_without_its_list_changes_no_credits() -> None:
    member = a_member(credits={"T-1": 1})
    popup_event, change_event = (an_event(f"event.subscribe_msg_{name}_event") for name in ("popup", "change"))

    popped, changed = on_popup(popup_event, facts(member=member)), on_change(change_event, facts(member=member))

    assert saved_member(popped).credits == saved_member(changed).credits == {"T-1": 1}


def test_more_used_than_granted_leaves_nothing() -> None:
    assert credits_left(a_member(credits={"T-1": 1}), a_ledger(credits_used={"T-1": 2})) == {}
    assert credits_left(a_member(credits={"T-1": 1}), None) == {"T-1": 1}


@pytest.mark.parametrize("template_id", ["", "t" * 65, "T 1", "模板", "T\n1"])
def test_what_names_no_template_grants_nothing_and_is_not_kept(template_id: str) -> None:
    decision = on_popup(popup((template_id, "accept"), ("T-1", "accept")), facts(member=a_member()))

    assert saved_member(decision).credits == {"T-1": 1}


def test_popups_without_end_do_not_outgrow_the_members_item() -> None:
    known = a_member(credits={"T-0": 1})
    many = [(f"T-{number}", "accept") for number in range(2 * MOST_TEMPLATES)]

    decision = on_popup(popup(*many), facts(member=known))

    kept = saved_member(decision).credits
    assert len(kept) == MOST_TEMPLATES
    assert kept["T-0"] == 2
