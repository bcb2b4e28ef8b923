"""A wake-up that comes late must not send what WeChat may have accepted once more: by then it has forgotten our key."""

from datetime import timedelta

import pytest

from tests.unit.push.postroom import PATHS, Postroom

FORGOTTEN = timedelta(minutes=11).total_seconds()
"""WeChat remembers a client_msg_id for ten minutes."""


def test_an_unanswered_notice_whose_wake_up_comes_too_late_is_not_sent_again() -> None:
    room = Postroom()
    room.simulator.add_fault("api_timeout_after", path=PATHS["template"], times=1)
    push = room.plan("A-1")

    room.work(push)
    room.later(FORGOTTEN)
    room.work(push)

    assert (room.push(push).state, room.push(push).reason) == ("unknown", "unanswered")
    assert room.messages() == 1


def test_an_unanswered_notice_whose_wake_up_comes_in_time_is_sent_under_its_key() -> None:
    room = Postroom()
    room.simulator.add_fault("api_timeout_after", path=PATHS["template"], times=1)
    push = room.plan("A-1")

    room.work(push)
    room.later(60)
    room.work(push)

    assert room.push(push).state == "sent"
    assert room.messages() == 1


@pytest.mark.parametrize("minutes", [10, 60])
def test_an_attempt_that_reached_nobody_does_not_use_up_the_time_to_repeat_a_later_one(minutes: int) -> None:
    """WeChat remembers a key from the first time that it hears of it."""
    room = Postroom()
    room.simulator.add_fault("api_errcode", path=PATHS["template"], times=1, errcode=45011)
    push = room.plan("A-1")
    room.work(push)
    room.later(minutes * 60)
    room.simulator.add_fault("api_timeout_after", path=PATHS["template"], times=1)

    room.work(push)
    waiting = room.push(push)
    room.later(60)
    room.work(push)

    assert (waiting.state, waiting.reason) == ("deferred", "unanswered")
    assert room.push(push).state == "sent"
    assert room.messages() == 1
