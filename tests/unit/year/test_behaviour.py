"""What the demo's followers make of visits and messages."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.year import behaviour
from infra.local.year.behaviour import annoyance, appeal, doings, kind_of, next_visit, reaction, soon
from infra.local.year.shop import START
from tests.unit.year.people import NOON_ONLY, a_person

NOON = START + timedelta(hours=12)
CERTAIN = 1.0


class Lots(Random):
    """Gives these numbers first, in this order."""

    def __init__(self, *numbers: float) -> None:
        super().__init__(1)
        self._numbers = list(numbers)

    def random(self) -> float:
        return self._numbers.pop(0) if self._numbers else super().random()


def test_nobody_is_annoyed_much_by_as_many_messages_as_they_bear() -> None:
    person = a_person(bears=4)

    assert annoyance(person, "mass", 4) == behaviour.ANNOYS
    assert annoyance(person, "points", 4) < behaviour.ANNOYS


def test_each_message_too_many_annoys_twice_as_much_up_to_a_limit() -> None:
    person = a_person(bears=4)

    grows = [annoyance(person, "weekly", recent) for recent in range(5, 12)]

    assert grows[:4] == pytest.approx([0.02, 0.04, 0.08, 0.16])
    assert grows[-1] == behaviour.MOST_ANNOYED


def test_a_message_that_concerns_them_does_more_than_one_to_everybody() -> None:
    assert appeal(a_person(), "points", NOON, 1) == 0.5
    assert appeal(a_person(), "weekly", NOON, 1) == 0.25


def test_a_message_does_less_after_others_and_at_hours_at_which_they_never_look() -> None:
    person = a_person(hours=NOON_ONLY)

    assert appeal(person, "points", NOON, 2) == pytest.approx(0.5 * behaviour.TIRES)
    assert appeal(person, "points", NOON + timedelta(hours=1), 1) == pytest.approx(0.5 * behaviour.UNNOTICED)


@pytest.mark.parametrize(("how", "deed"), [(0.1, "leaves"), (0.7, "mutes"), (0.9, "opts_out")])
def test_who_is_annoyed_leaves_or_mutes_the_account_or_says_so(how: float, deed: str) -> None:
    found = reaction(a_person(), "mass", at=NOON, recent=1, silent=True, random=Lots(0.0, how, 0.0))

    assert found.deed == deed
    assert NOON < found.at <= NOON + timedelta(days=1)


def test_who_is_not_told_how_to_refuse_leaves() -> None:
    assert reaction(a_person(), "weekly", at=NOON, recent=1, silent=True, random=Lots(0.0, 0.9, 0.0)).deed == "leaves"


def test_only_a_silence_can_be_ended() -> None:
    lots = (0.9, 0.0, 0.0)

    assert reaction(a_person(), "points", at=NOON, recent=1, silent=True, random=Lots(*lots)).deed == "comes"
    assert reaction(a_person(), "points", at=NOON, recent=1, silent=False, random=Lots(*lots)).deed == "nothing"
    assert reaction(a_person(), "points", at=NOON, recent=1, silent=True, random=Lots(0.9, 0.0, 0.9)).deed == "nothing"


@given(st.integers(0, 10_000), st.integers(0, 86_399))
def test_people_look_within_a_day_at_an_hour_of_theirs(seed: int, second: int) -> None:
    after = START + timedelta(seconds=second)

    moment = soon(a_person(hours=NOON_ONLY), after, Random(seed))

    assert after < moment <= after + timedelta(days=1)
    assert moment.hour == 12


def test_interest_fades_with_a_visit_and_comes_back_after_a_long_time() -> None:
    fading, steady = a_person(fades=CERTAIN), a_person()

    away = [next_visit(fading, NOON, Random(seed)) for seed in range(200)]
    back = [next_visit(steady, NOON, Random(seed)) for seed in range(200)]

    assert all(visit.silent for visit in away)
    assert not any(visit.silent for visit in back)
    days = [sum(((one.at - NOON) / timedelta(days=1) for one in visits), 0.0) / 200 for visits in (away, back)]
    assert days[0] > 5 * days[1]


def test_who_was_brought_back_stays_for_now_half_of_the_time() -> None:
    visits = [next_visit(a_person(), NOON, Random(seed), was_won=True) for seed in range(400)]

    assert sum(visit.silent for visit in visits) / 400 == pytest.approx(0.5, abs=0.08)


def test_a_visit_is_a_question_a_tap_or_a_scan_and_sometimes_an_accept() -> None:
    person = a_person(accepts=CERTAIN)

    acts = [act for seed in range(300) for act, _ in doings(person, Random(seed), is_first=False)]

    assert set(acts) == {"say", "click", "scan", "accept"}


def test_newcomers_may_say_whether_they_are_new() -> None:
    said = [
        dict(given).get("text") for seed in range(50) for _, given in doings(a_person(), Random(seed), is_first=True)
    ]

    assert {"新", "老"} <= set(said)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"type": "template", "template_id": "points-expiring"}, "points"),
        ({"type": "subscribe", "template_id": "season-arrival"}, "season"),
        ({"type": "template", "template_id": "shop-news"}, "weekly"),
        ({"type": "text", "text": "不想再收到，请回复“退订”。"}, "mass"),
        ({"type": "text", "text": "您问我们的事解决了吗？"}, "answer"),
    ],
)
def test_people_tell_messages_apart(message: dict[str, str], kind: str) -> None:
    assert kind_of(message) == kind
