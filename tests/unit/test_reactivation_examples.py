"""The examples do what they say: from the file to what followers find in the chat."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra import ops, reactivation_file
from infra.local.demo.seeding import NOTICES
from tests.support.memory import MemoryShop, a_memory_shop

EXAMPLES = Path(reactivation_file.__file__).parent / "examples/reactivation"
MAY = datetime(2027, 5, 4, 2, 0, tzinfo=UTC)
"""A Monday, ten o'clock in Shanghai."""


@pytest.fixture
def shop() -> MemoryShop:
    shop = a_memory_shop(start=MAY)
    for name, title, fields, subscribe in NOTICES:
        shop.simulator.add_template(shop.account, name, title, fields, subscribe=subscribe)
    return shop


def run(shop: MemoryShop, *arguments: str) -> None:
    assert ops.main([*arguments, "--account", shop.account], open_table=shop.world.table) == 0


def begin(shop: MemoryShop, example: str) -> None:
    file = EXAMPLES / f"{example}.yaml"
    run(shop, "reactivation", "save", str(file))
    run(shop, "reactivation", "enable", reactivation_file.read(file, shop.account).name)


def go_on(shop: MemoryShop, *, days: int) -> None:
    """Tick by tick while there is something to send; the planner has its turn twice a day."""
    for _ in range(2 * days):
        turn = shop.world.clock.now() + timedelta(hours=12)
        shop.world.plan()
        shop.world.rest(minutes=12 * 60)
        shop.world.clock.advance(max(0.0, (turn - shop.world.clock.now()).total_seconds()))


def arms(shop: MemoryShop, openids: list[str]) -> dict[str, list[str]]:
    """Openids by the arm that was drawn for them."""
    drawn: dict[str, list[str]] = {"treatment": [], "control": []}
    for openid in openids:
        item = shop.member(openid)
        assert item is not None
        for trial in item.get("trials", {"M": {}})["M"].values():
            drawn[trial["M"]["arm"]["S"]].append(openid)
    return drawn


def said(shop: MemoryShop, openid: str) -> Counter[str]:
    """What the account has sent by itself since the follower last wrote, by its words or its template."""
    heard = shop.simulator.inbox(openid)
    return Counter(str(one.get("template_id") or one.get("text")) for one in heard)


def followers(shop: MemoryShop, count: int) -> list[str]:
    openids = [shop.follower(scene="store-01") for _ in range(count)]
    for openid in openids:
        shop.say(openid, "几点开门")
    return openids


def test_points_that_expire_are_told_to_their_owners_alone(shop: MemoryShop, tmp_path: Path) -> None:
    openids = followers(shop, 12)
    file = tmp_path / "points.csv"
    rows = "".join(f"{openid},{100 + number},2027-12-31\n" for number, openid in enumerate(openids[:10]))
    file.write_text(f"openid,points,points_until\n{rows}", encoding="utf-8")
    run(shop, "members", "facts", str(file))
    begin(shop, "mother-baby-points")

    go_on(shop, days=32)

    drawn = arms(shop, openids)
    assert len(drawn["treatment"]) + len(drawn["control"]) == 10
    assert not set(openids[10:]) & {*drawn["treatment"], *drawn["control"]}
    for openid in openids:
        assert said(shop, openid)["points-expiring"] == (openid in drawn["treatment"])
    card = next(one for one in shop.simulator.inbox(drawn["treatment"][0]) if one["type"] == "template")
    assert card["data"]["date2"]["value"] == "2027-12-31"


def test_a_question_is_asked_before_the_conversation_closes(shop: MemoryShop) -> None:
    openids = followers(shop, 10)
    begin(shop, "bank-branch-answer")

    go_on(shop, days=3)

    drawn = arms(shop, openids)
    assert len(drawn["treatment"]) + len(drawn["control"]) == 10
    for openid in openids:
        asked = sum(count for text, count in said(shop, openid).items() if text.startswith("您好，您前天咨询的问题"))
        assert asked == (openid in drawn["treatment"])


def test_the_season_is_told_to_who_has_asked_for_it(shop: MemoryShop) -> None:
    openids = followers(shop, 10)
    for openid in openids[:8]:
        shop.simulator.accept(openid, "season-arrival")
    begin(shop, "fresh-market-season")

    go_on(shop, days=20)

    drawn = arms(shop, openids)
    assert len(drawn["treatment"]) + len(drawn["control"]) == 8
    for openid in openids:
        assert said(shop, openid)["season-arrival"] == (openid in drawn["treatment"])


def test_who_has_long_been_away_hears_once_a_month_and_not_after_an_opt_out(shop: MemoryShop) -> None:
    openids = followers(shop, 12)
    for openid in openids[:2]:
        shop.say(openid, "退订")
    begin(shop, "fresh-market-monthly")

    go_on(shop, days=80)

    drawn = arms(shop, openids)
    assert len(drawn["treatment"]) + len(drawn["control"]) == 10
    for openid in openids:
        heard = sum(count for text, count in said(shop, openid).items() if text.startswith("好久不见！"))
        assert heard == (2 if openid in drawn["treatment"] else 0)
