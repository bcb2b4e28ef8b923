"""The watch itself: what it reads, how often, and what it does when others interfere."""

from datetime import timedelta
from itertools import count

import pytest

from chalicelib.clock import iso
from chalicelib.push import watch as watching
from chalicelib.push.entry import push_watch
from chalicelib.push.watch import LAG, SLICE, Tools, look_after
from chalicelib.sending import pausing
from chalicelib.sending.allowance import CANARY, canary_api
from chalicelib.store import keys, quota, switches
from chalicelib.store import watch as stored
from chalicelib.store.journal import Entry
from chalicelib.store.keys import JOURNAL_SHARDS
from chalicelib.store.quota import Quota
from chalicelib.store.table import Table
from chalicelib.store.watch import Reception, Watch
from chalicelib.wechat.client import WechatClient
from infra.local import lambdas
from infra.policies import Function, policy
from tests.builders import ACCOUNT, NOON
from tests.support.logs import logged
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.shop import DATA_KEY, an_account
from tests.unit.journal.ledger import Ledger, an_act

KIND = "store.news"
TODAY = "2026-03-04"


def no_wechat(_account: str) -> WechatClient:
    raise AssertionError("no quota is in use, so nobody is asked")


class Room(Ledger):
    """A journal, and a watch that is run by hand."""

    def watch(self, *, seconds: float = 100.0, each: float = 0.0, table: Table | None = None) -> None:
        """With so much time; every look at the clock takes `each` of it."""
        looks = count()
        tools = Tools(table or self.table, no_wechat, self.now, lambda: seconds - each * next(looks))
        look_after(ACCOUNT, tools)

    def state(self) -> Watch:
        found = stored.find(self.table, ACCOUNT)
        assert found is not None
        return found

    def received(self) -> Reception:
        return Reception().plus(next(iter(self.state().hours.values()))[KIND])

    def sent(self, *, minutes_ago: int, pushes: int = 1) -> list[Entry]:
        entries = [an_act("push", "sent", at=self.now - timedelta(minutes=minutes_ago), kind=KIND)
                   for _ in range(pushes)]  # fmt: skip
        self.write(*entries)
        return entries

    def reported(self, *, blocked: int, of: int) -> None:
        at = self.now - timedelta(minutes=2)
        for number in range(of):
            outcome, reason = ("push.undelivered", "blocked") if number < blocked else ("push.delivered", "")
            self.write(an_act("event.templatesendjobfinish", outcome, at=at, kind=KIND, was="sent", reason=reason))

    def canary(self, used: int) -> None:
        self.table.write([Quota(ACCOUNT, TODAY, canary_api(KIND)).take(used, most=CANARY)])

    def canary_used(self) -> int:
        return quota.find(self.table, ACCOUNT, canary_api(KIND), now=self.now).used

    def later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def room() -> Room:
    return Room()


def test_each_entry_is_counted_once_however_often_the_watch_runs(room: Room) -> None:
    room.sent(minutes_ago=5, pushes=3)

    for _ in range(4):
        room.watch()
    room.later(3)
    room.watch()

    assert room.received() == Reception(sent=3)


def test_what_may_still_be_committed_is_left_for_the_next_round(room: Room) -> None:
    room.watch()

    room.write(an_act("push", "sent", at=room.now - LAG + timedelta(milliseconds=500), kind=KIND))
    room.later(5)
    room.watch()

    assert room.received() == Reception(sent=1)


def test_the_journal_of_both_days_is_read_across_midnight(room: Room) -> None:
    room.now = NOON + timedelta(hours=12, minutes=2)
    room.sent(minutes_ago=4)
    room.write(an_act("push", "sent", at=room.now - timedelta(seconds=90), kind=KIND))

    room.watch()

    assert sum(kinds[KIND].sent for kinds in room.state().hours.values()) == 2


def test_an_account_that_was_never_watched_begins_with_the_last_hour(room: Room) -> None:
    room.sent(minutes_ago=61)
    room.sent(minutes_ago=59)

    room.watch()

    assert room.received() == Reception(sent=1)


def test_a_watch_that_was_away_for_days_passes_over_what_is_too_old(room: Room) -> None:
    room.watch()
    room.later(60 * 24 * 3)
    room.sent(minutes_ago=60 * 30)
    room.sent(minutes_ago=60 * 20)

    room.watch()

    assert room.received() == Reception(sent=1)


def test_a_round_without_time_goes_on_where_it_stopped(room: Room) -> None:
    room.sent(minutes_ago=58)
    room.sent(minutes_ago=3)

    with logged() as said:
        room.watch(seconds=20, each=5)
    early = room.state()
    room.watch()

    assert [line["message"] for line in said.lines if line["level"] == "WARNING"] == ["watch.behind"]
    assert early.read_until == NOON - timedelta(hours=1) + (1 + 2 + 4) * SLICE
    assert room.state().read_until == NOON - LAG
    assert sum(kinds[KIND].sent for kinds in room.state().hours.values()) == 2


def test_a_missed_day_is_read_with_few_queries(room: Room) -> None:
    room.watch()
    room.later(60 * 23)
    room.sent(minutes_ago=60 * 22)
    room.sent(minutes_ago=60)
    queries = room.dynamo.counts.round_trips

    room.watch()

    assert sum(kinds[KIND].sent for kinds in room.state().hours.values()) == 2
    assert room.dynamo.counts.round_trips - queries < 15 * JOURNAL_SHARDS  # 276 slices of five minutes


def test_a_busy_hour_of_a_missed_day_is_read_in_short_slices(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "QUIET", 5)
    room.watch()
    room.later(60 * 23)
    for minutes in range(300, 360):
        room.sent(minutes_ago=minutes, pushes=2)
    room.sent(minutes_ago=60)

    room.watch()

    assert room.state().read_until == room.now - LAG
    assert sum(kinds[KIND].sent for kinds in room.state().hours.values()) == 121


def test_of_two_watches_at_once_one_counts(room: Room) -> None:
    room.watch()
    room.later(5)
    room.sent(minutes_ago=2)

    with logged() as said:
        room.faults.interrupt(room.watch, skip=1)
        room.watch()

    assert "watch.raced" in [line["message"] for line in said.lines]
    assert room.received() == Reception(sent=1)


def test_a_canary_is_cleared_when_its_reports_had_ten_minutes(room: Room) -> None:
    room.sent(minutes_ago=2, pushes=CANARY)
    room.reported(blocked=1, of=CANARY)
    room.canary(CANARY)

    for minutes in (0, 5, 4):
        room.later(minutes)
        room.watch()
    assert switches.find(room.table, ACCOUNT).cleared == {}
    room.later(1)
    room.watch()

    assert switches.find(room.table, ACCOUNT).cleared == {KIND: TODAY}
    assert room.state().canaries_out == {}


def test_a_canary_that_is_not_out_yet_needs_no_clearing(room: Room) -> None:
    room.canary(CANARY - 1)

    room.watch()
    room.later(30)
    room.watch()

    assert switches.find(room.table, ACCOUNT).cleared == {}


def test_yesterdays_canary_clears_nothing_today(room: Room) -> None:
    room.canary(CANARY)
    room.now = NOON + timedelta(hours=12)

    room.watch()

    assert room.state().canaries_out == {}


def test_a_doubtful_canary_is_followed_by_another_batch(room: Room) -> None:
    room.sent(minutes_ago=2, pushes=CANARY)
    room.reported(blocked=3, of=CANARY)
    room.canary(CANARY)

    for _ in range(3):
        room.watch()
        room.later(5)

    assert switches.find(room.table, ACCOUNT) == switches.Switches(ACCOUNT)
    assert room.canary_used() == 0


def test_a_bad_canary_pauses_its_kind_at_once_and_is_taken_back(room: Room) -> None:
    room.sent(minutes_ago=2, pushes=CANARY)
    room.reported(blocked=5, of=CANARY)
    room.canary(CANARY)

    room.watch()

    assert switches.find(room.table, ACCOUNT).kinds[KIND].reason == "blocks"
    assert room.canary_used() == 0
    assert room.state().hours == {}


def test_what_an_operator_paused_stays_paused_for_their_reason(room: Room) -> None:
    pausing.pause_kind(room.table, ACCOUNT, KIND, reason="operator", now=room.now)
    room.sent(minutes_ago=2, pushes=CANARY)
    room.reported(blocked=50, of=CANARY)

    with logged() as said:
        room.watch()

    assert switches.find(room.table, ACCOUNT).kinds[KIND].reason == "operator"
    assert "push.kind_paused" not in said.text


def test_a_resumed_kind_is_not_paused_again_for_what_is_past(room: Room) -> None:
    room.sent(minutes_ago=2, pushes=CANARY)
    room.reported(blocked=5, of=CANARY)
    room.watch()

    pausing.resume(room.table, ACCOUNT, kind=KIND)
    for _ in range(3):
        room.later(5)
        room.watch()

    assert switches.find(room.table, ACCOUNT).kinds == {}


def test_the_state_of_the_watch_comes_back_as_it_was() -> None:
    watch = Watch(
        ACCOUNT, NOON, {"2026-03-04T04": {KIND: Reception(5, 4, 3, 2, 1)}}, {KIND: NOON}, {KIND: NOON}, NOON, 3
    )

    assert Watch.from_item(watch.to_item()) == watch
    assert Watch.from_item(Watch(ACCOUNT, NOON).to_item()) == Watch(ACCOUNT, NOON)


def test_every_account_is_watched_and_each_time_another_one_is_the_first() -> None:
    shop = a_memory_shop()
    shop.world.add_account(an_account("annex", callback_url="http://memory.invalid/wechat/annex"), data_key=DATA_KEY)

    assert {first_watched(shop), first_watched(shop)} == {"shop", "annex"}
    assert all(stored.find(shop.world.table(), account) for account in ("shop", "annex"))


def first_watched(shop: MemoryShop) -> str:
    shop.world.clock.advance(5 * 60)
    with logged() as said:
        shop.world.watch()
    return next(str(line["account"]) for line in said.lines if line["message"] == "watch.done")


def test_one_account_that_cannot_be_watched_does_not_stop_the_others() -> None:
    shop = a_memory_shop()
    shop.world.parameters.values[shop.world.runtime.settings.account_parameter("broken")] = "{}"
    key = keys.watch("broken")
    shop.world.dynamo.put_item(
        TableName="huiyuan-memory", Item={"pk": {"S": key.pk}, "sk": {"S": key.sk}, "version": {"N": "1"}}
    )

    with logged() as said:
        shop.world.watch()

    assert stored.find(shop.world.table(), "shop") is not None
    assert [line["door"] for line in said.lines if line["message"] == "door.failed"] == ["push_watch"]


def test_the_clock_opens_the_door_with_its_own_event() -> None:
    shop = a_memory_shop()

    push_watch(lambdas.schedule_event("push_watch", shop.world.clock.now()), lambdas.context("push_watch", seconds=120))

    found = stored.find(shop.world.table(), "shop")
    assert found is not None
    assert iso(found.read_until) == iso(shop.world.clock.now() - LAG)


def test_the_function_reaches_the_account_its_quotas_and_the_journal_and_no_member() -> None:
    statements = policy(Function("push_watch", "dev"))["Statement"]
    table = [one for one in statements if one["Action"][0].startswith("dynamodb")]
    reached = {key for one in table for key in one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]}

    assert reached == {"L#*", "A#*", "Q#*"}
    assert keys.watch("demo").pk == keys.switches("demo").pk == keys.access_token("demo").pk == "A#demo"
    assert keys.quota_partition("demo", TODAY).startswith("Q#")
