"""What WeChat tells of a mass when it is through."""

import pytest

from chalicelib.push.mass_handlers import on_mass_finished
from chalicelib.store import batch as batches
from chalicelib.store.batch import Counts
from tests.builders import ACCOUNT, NOON, an_event, facts
from tests.support.masses import a_shop_with, plan, the_batch

KIND = "event.masssendjobfinish"


def test_the_counts_stand_under_the_number_that_the_batch_knows() -> None:
    shop, openids = a_shop_with(3)
    (planned,) = plan(shop, openids)
    shop.simulator.act(openids[2], "receive_off")
    shop.world.rest()

    shop.world.clock.advance(60)
    shop.simulator.run_due()

    counts = batches.find_counts(shop.world.table(), shop.account, the_batch(shop, planned).msgid)
    assert counts is not None
    assert (counts.status, counts.total, counts.sent, counts.failed) == ("send success", 3, 2, 0)
    assert len(shop.journal("mass.finished")) == 1


def test_the_counts_are_kept_as_wechat_told_them() -> None:
    event = an_event(KIND, msg_id=1988, status="send success", total=100, filtered=80, sent=75, failed=5)

    decision = on_mass_finished(event, facts())

    counts = Counts(ACCOUNT, "1988", "send success", total=100, filtered=80, sent=75, failed=5, at=NOON)
    assert decision.outcome == "mass.finished"
    assert decision.changes == (counts.put(),)
    assert Counts.from_item(counts.to_item()) == counts
    assert decision.details == {"status": "send success", "total": 100, "filtered": 80, "sent": 75, "failed": 5}


@pytest.mark.parametrize("status", ["send fail", "err(10001)", "err(30003)", "err(40002)", "something new"])
def test_a_mass_that_wechat_stopped_is_told_apart_and_says_why(status: str) -> None:
    event = an_event(KIND, msg_id=1988, status=status, total=100, filtered=80, sent=0, failed=80)

    decision = on_mass_finished(event, facts())

    assert (decision.outcome, decision.details["status"]) == ("mass.stopped", status)


def test_a_report_without_a_number_is_noted_and_nothing_is_written() -> None:
    event = an_event(KIND, status="send success")

    decision = on_mass_finished(event, facts())

    assert (decision.outcome, decision.changes) == ("unknown", ())
