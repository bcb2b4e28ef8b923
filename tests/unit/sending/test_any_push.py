"""Whatever is asked for and whatever is known: the gate has an answer, and nobody is disturbed at night."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import SHANGHAI, shanghai_day
from chalicelib.sending.gate import judge
from chalicelib.sending.reasons import REASONS
from chalicelib.sending.rules import MOST_A_DAY, MOST_A_MONTH
from chalicelib.sending.verdict import Go, Known, Stop, Wait
from chalicelib.store.member import Member
from chalicelib.store.push import Channel, Content, ContentClass, Push
from chalicelib.store.quota import Quota
from chalicelib.store.sends import Sends
from chalicelib.store.switches import Pause, Switches
from tests.builders import ACCOUNT, a_ledger, a_member, a_push

TIMES = st.integers(1_300_000_000, 2_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
NEAR = st.timedeltas(-timedelta(days=40), timedelta(days=40))
KINDS = st.sampled_from(["order.shipped", "spring.sale"])
FIELDS = st.dictionaries(st.sampled_from(["thing1", "number2", "phrase3", "keyword4"]), st.text(max_size=30))


@st.composite
def pushes(draw: st.DrawFn, now: datetime) -> Push:
    return a_push(
        kind=draw(KINDS),
        channel=draw(st.sampled_from(get_args(Channel))),
        content_class=draw(st.sampled_from(get_args(ContentClass))),
        content=Content(draw(st.sampled_from(["", "T-1"])), draw(FIELDS)),
        push_id=draw(st.uuids()).hex,
        not_before=now + draw(NEAR),
        expires_at=now + draw(NEAR),
        urgent=draw(st.booleans()),
        doubtful=draw(st.booleans()),
        first_tried_at=now + draw(NEAR),
    )


@st.composite
def members(draw: st.DrawFn, now: datetime) -> Member:
    times = ["followed_at", "last_message_at", "last_click_at", "last_scan_at", "opted_out_at"]
    return a_member(
        following=draw(st.booleans()),
        reachability=draw(st.sampled_from(["ok", "blocked", "unknown"])),
        credits=draw(st.dictionaries(st.sampled_from(["T-1", "T-2"]), st.integers(1, 3))),
        **{name: now + draw(NEAR) if draw(st.booleans()) else None for name in times},
    )


@st.composite
def ledgers(draw: st.DrawFn, now: datetime) -> Sends:
    return a_ledger(
        nudged_at=tuple(now + draw(NEAR) for _ in range(draw(st.integers(0, 6)))),
        masses={shanghai_day(now)[:7]: draw(st.integers(0, 6))},
        window_opened_at=now + draw(NEAR),
        window_used=draw(st.integers(0, 6)),
        credits_used=draw(st.dictionaries(st.sampled_from(["T-1", "T-2"]), st.integers(1, 3))),
    )


def pauses(now: datetime) -> st.SearchStrategy[Pause]:
    return st.just(Pause(now, "operator"))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Push, Known]:
    """A push, and a world that need not make sense."""
    now = draw(TIMES)
    rarely: Mapping[str, Pause] = {}
    switches = Switches(
        ACCOUNT,
        draw(st.none() | pauses(now)) if draw(st.booleans()) else None,
        draw(st.just(rarely) | st.dictionaries(KINDS, pauses(now))),
        draw(st.just(rarely) | st.dictionaries(st.sampled_from(get_args(Channel)), pauses(now))),
        draw(st.dictionaries(KINDS, st.just(shanghai_day(now)))),
    )
    slow_until = now + draw(NEAR) if draw(st.booleans()) else None
    quota = Quota(ACCOUNT, shanghai_day(now), "api", closed=draw(st.booleans()), slow_until=slow_until)
    known = Known(
        now, switches, quota, draw(st.booleans()), draw(st.none() | members(now)), draw(st.none() | ledgers(now))
    )
    return draw(pushes(now)), known


@given(cases())
def test_the_gate_has_an_answer_to_everything_and_a_reason_for_each_objection(case: tuple[Push, Known]) -> None:
    push, known = case

    match judge(push, known):
        case Go():
            assert known.member is not None
        case Stop(reason):
            assert reason in REASONS
        case Wait(until, reason):
            assert reason in REASONS
            assert until > known.now


@given(cases())
def test_nothing_but_the_urgent_leaves_at_night_for_the_first_time(case: tuple[Push, Known]) -> None:
    push, known = case
    hour = known.now.astimezone(SHANGHAI).hour

    if isinstance(judge(push, known), Go) and (hour >= 22 or hour < 8):
        assert push.urgent or push.doubtful


@given(cases())
def test_whoever_has_had_their_nudges_gets_no_more_of_them(case: tuple[Push, Known]) -> None:
    push, known = case
    if push.content_class == "service" or push.doubtful or not isinstance(judge(push, known), Go):
        return

    nudged = [shanghai_day(at) for at in known.sends.nudged_at] if known.sends else []

    assert nudged.count(shanghai_day(known.now)) < MOST_A_DAY
    assert sum(day[:7] == shanghai_day(known.now)[:7] for day in nudged) < MOST_A_MONTH


@given(cases(), st.timedeltas(-timedelta(days=400), timedelta(days=400)))
def test_a_clock_that_jumps_does_not_confuse_the_gate(case: tuple[Push, Known], jump: timedelta) -> None:
    push, known = case
    jumped = Known(known.now + jump, known.switches, known.quota, known.left, known.member, known.sends)

    verdict = judge(push, jumped)

    assert not isinstance(verdict, Wait) or verdict.until > jumped.now


@given(cases())
def test_judging_twice_tells_the_same(case: tuple[Push, Known]) -> None:
    assert judge(*case) == judge(*case)
