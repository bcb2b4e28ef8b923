"""A mass to all who bear a tag at WeChat: for operators, without a list of ours."""

from typing import Any

import pytest

from chalicelib.sending import batches
from chalicelib.sending.batches import PlannedBatch
from tests.support.masses import SEND_TO_TAG, a_mass, a_shop_with, calls, carry, pass_time, plan, read_by, the_batch
from tests.support.memory import MemoryShop

TAG = 100


def a_shop_with_tagged(followers: int, **settings: Any) -> tuple[MemoryShop, list[str]]:
    """The first of them bears no tag."""
    shop, openids = a_shop_with(followers, **settings)
    state = shop.simulator.world.account(shop.account)
    state.tags[TAG] = "会员"
    for openid in openids[1:]:
        state.people[openid].tags.append(TAG)
    return shop, openids


def plan_to_tag(shop: MemoryShop, **changes: Any) -> PlannedBatch:
    r = shop.world.runtime
    mass = a_mass(**{"content_class": "public", **changes})
    table, now = shop.world.table(), r.now()
    return batches.plan_mass_to_tag(mass, TAG, shop.account, table=table, queues=r.queues, now=now)


def test_a_mass_to_a_tag_reaches_those_who_bear_it_in_one_call() -> None:
    shop, openids = a_shop_with_tagged(4)

    planned = plan_to_tag(shop)
    shop.world.rest()

    batch = the_batch(shop, planned)
    assert [read_by(shop, openid) for openid in openids] == [0, 1, 1, 1]
    assert calls(shop, SEND_TO_TAG) == 1
    assert (batch.phase, batch.msgid != "") == ("over", True)
    assert len(shop.journal("mass.sent")) == 1


def test_asking_for_it_twice_sends_it_once() -> None:
    shop, openids = a_shop_with_tagged(3)
    plan_to_tag(shop)
    shop.world.rest()

    again = plan_to_tag(shop)
    shop.world.rest()

    assert again.outcome == "known"
    assert [read_by(shop, openid) for openid in openids] == [0, 1, 1]


@pytest.mark.parametrize("content_class", ["activity", "product", "brand"])
def test_marketing_does_not_go_to_a_tag_because_opt_outs_are_not_known_there(content_class: str) -> None:
    shop, _ = a_shop_with_tagged(3)

    with pytest.raises(ValueError, match="class_not_allowed"):
        plan_to_tag(shop, content_class=content_class)


def test_a_mass_to_a_tag_waits_for_the_morning_too() -> None:
    shop, openids = a_shop_with_tagged(3, hour=23)

    plan_to_tag(shop)
    pass_time(shop, 8 * 60)

    assert calls(shop, SEND_TO_TAG) == 0

    pass_time(shop, 120)

    assert [read_by(shop, openid) for openid in openids] == [0, 1, 1]


def test_an_unanswered_call_to_a_tag_is_made_again_under_the_same_id() -> None:
    shop, openids = a_shop_with_tagged(3)
    shop.simulator.add_fault("api_timeout_after", path=SEND_TO_TAG)

    plan_to_tag(shop)
    carry(shop)

    assert calls(shop, SEND_TO_TAG) == 2
    assert [read_by(shop, openid) for openid in openids] == [0, 1, 1]


def test_a_list_and_a_tag_do_not_share_a_batch() -> None:
    shop, openids = a_shop_with_tagged(3)

    to_tag = plan_to_tag(shop)
    (to_list,) = plan(shop, openids, content_class="public")

    assert to_tag.batch_id != to_list.batch_id
