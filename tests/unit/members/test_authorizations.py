"""What follows when a person takes back what they allowed the account, or closes their WeChat account."""

from datetime import timedelta

import pytest

from chalicelib.decision import Decision
from chalicelib.members import jobs
from chalicelib.members.authorizations import on_modified, on_revoked
from chalicelib.members.handlers import on_cancellation
from chalicelib.wechat.inbound import Inbound
from tests.builders import NOON, OPENID, a_member, a_tombstone, an_event, facts

PLATFORM = "gh_authorization0"


def about(event: str, **said: object) -> Inbound:
    """The sender is a service of the platform, the person is named in the body."""
    return an_event(f"event.{event}", openid=OPENID, FromUserName=PLATFORM, **said)


def revoked(codes: str) -> Inbound:
    return about("user_authorization_revoke", revoked=codes)


def test_the_person_is_the_one_in_the_body_not_the_sender() -> None:
    assert (revoked("201").openid, revoked("201").sender) == (OPENID, PLATFORM)


def test_a_cleaned_profile_is_asked_for_anew() -> None:
    decision = on_modified(about("user_info_modified"), facts(member=a_member()))

    assert decision.outcome == "profile.refreshed"
    assert [(job.kind, job.payload["member_no"]) for job in decision.jobs] == [(jobs.PROFILE, "m-0001")]
    assert decision.save == ()


@pytest.mark.parametrize("codes", ["201", "201,205", "206 207", "201, 202, 203, 204, 205, 206, 207"])
def test_taking_back_what_is_not_held_erases_nothing(codes: str) -> None:
    decision = on_revoked(revoked(codes), facts(member=a_member()))

    assert (decision.outcome, decision.erase) == ("revoked.nothing_held", None)
    assert decision.details == {"codes": len(codes.replace(",", " ").split())}


@pytest.mark.parametrize("codes", ["", " , ", "208", "201,301", "201;205"])
def test_taking_back_what_we_do_not_understand_erases_everything(codes: str) -> None:
    member = a_member(opted_out_at=NOON - timedelta(days=1))

    decision = on_revoked(revoked(codes), facts(member=member))

    assert decision.erase is not None
    assert decision.erase.member == member
    assert decision.erase.tombstone == a_tombstone(at=NOON, opted_out=True)
    assert decision.outcome == "erased.revoked"
    assert [job.kind for job in decision.jobs] == [jobs.ERASURE]


def test_who_closes_their_wechat_account_is_erased() -> None:
    decision = on_cancellation(about("user_authorization_cancellation"), facts(member=a_member()))

    assert decision.erase is not None
    assert decision.erase.member == a_member()
    assert (decision.outcome, decision.reply) == ("erased.cancelled", None)


def test_of_a_stranger_there_is_nothing_to_correct() -> None:
    assert on_modified(about("user_info_modified"), facts()) == Decision("nobody")
    assert on_revoked(revoked("205"), facts()) == Decision("nobody")
