"""Who follows the shop of the demo."""

from collections import Counter
from datetime import timedelta

import pytest

from infra.local.year.people import SCENES, crowd
from infra.local.year.shop import START


def test_the_same_seed_draws_the_same_people() -> None:
    assert crowd(20, start=START, days=30, seed=3) == crowd(20, start=START, days=30, seed=3)
    assert crowd(20, start=START, days=30, seed=3) != crowd(20, start=START, days=30, seed=4)


def test_more_people_do_not_change_those_who_are_there() -> None:
    assert crowd(40, start=START, days=30, seed=3)[:20] == crowd(20, start=START, days=30, seed=3)


def test_people_come_within_the_days_and_more_of_them_in_the_beginning() -> None:
    people = crowd(1_000, start=START, days=100, seed=1)

    assert all(START <= one.joins_at < START + timedelta(days=100) for one in people)
    early = sum(one.joins_at < START + timedelta(days=25) for one in people)
    assert early / 1_000 == pytest.approx(0.5, abs=0.05)
    assert Counter(one.scene for one in people).keys() == set(SCENES)


def test_as_many_are_put_off_by_one_message_a_week_as_said_so_when_asked() -> None:
    people = crowd(4_000, start=START, days=100, seed=1)

    assert sum(one.bears < 4 for one in people) / 4_000 == pytest.approx(0.10, abs=0.015)
    assert sum(one.bears < 12 for one in people) / 4_000 == pytest.approx(0.47, abs=0.025)
