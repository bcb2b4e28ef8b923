"""When WeChat's API misbehaves: the right class, a bounded number of calls, and nothing lost."""

from collections.abc import Iterator, Mapping
from time import monotonic, sleep
from typing import Any

import pytest

from tests.support.shop import Shop

FAULTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "a token that is refused for ever": ("TokenRefused", {"kind": "api_token_rejected"}),
    "a busy system": ("Busy", {"kind": "api_busy", "path": "/cgi-bin/user/info"}),
    "an answer that is no JSON": ("UnknownOutcome", {"kind": "api_not_json", "path": "/cgi-bin/user/info"}),
    "an HTTP error": ("UnknownOutcome", {"kind": "api_status", "path": "/cgi-bin/user/info", "status": 502}),
    "a connection cut before": ("UnknownOutcome", {"kind": "api_reset_before", "path": "/cgi-bin/user/info"}),
    "a connection cut after": ("UnknownOutcome", {"kind": "api_reset_after", "path": "/cgi-bin/user/info"}),
    "a spent daily quota": ("DayLimit", {"kind": "api_daily_quota", "path": "/cgi-bin/user/info"}),
    "a spent minute quota": ("MinuteLimit", {"kind": "api_minute_quota", "path": "/cgi-bin/user/info"}),
}


@pytest.fixture(autouse=True)
def _healthy_afterwards(shop: Shop) -> Iterator[None]:
    yield
    shop.world.simulator.clear_faults()
    shop.world.clock.advance(24 * 3600)
    shop.quiet(seconds=60)


@pytest.mark.parametrize("name", FAULTS)
def test_a_profile_that_cannot_be_fetched_is_put_off_and_fetched_later(shop: Shop, name: str) -> None:
    trouble, fault = FAULTS[name]
    shop.quiet()
    shop.world.simulator.add_fault(**fault, times=None)
    calls = _calls(shop)

    openid = shop.follower()
    job = _put_off(shop)

    assert job["trouble"]["S"] == trouble
    assert _calls(shop) - calls <= 4  # the call, one with a renewed token, and at most two for the token
    shop.world.simulator.clear_faults()
    shop.world.clock.advance(24 * 3600)
    shop.quiet(seconds=60)
    member = shop.member(openid)
    assert member is not None
    assert "subscribe_scene" in member


def test_an_operator_finds_what_was_tried_five_times(shop: Shop) -> None:
    shop.world.simulator.add_fault("api_busy", path="/cgi-bin/user/info", times=None)
    shop.follower()

    for attempt in range(1, 6):
        job = _put_off(shop, attempts=attempt)
        shop.world.clock.advance(7 * 3600)

    assert job["dead"]["BOOL"]
    assert job["due_pk"]["S"] == "DEAD"
    shop.world.aws.client("dynamodb").delete_item(
        TableName=shop.world.runtime.settings.table_name, Key={"pk": job["pk"], "sk": job["sk"]}
    )


def _put_off(shop: Shop, *, attempts: int = 1) -> Mapping[str, Any]:
    """The one job, once it has been tried so often and put off."""
    until = monotonic() + 60
    while monotonic() < until:
        jobs = shop.items(f"J#{shop.account}#")
        if jobs and int(jobs[0]["attempts"]["N"]) >= attempts and jobs[0]["trouble"]["S"] and not jobs[0]["claim"]["S"]:
            return jobs[0]
        sleep(0.1)
    raise AssertionError("the job was not put off")


def _calls(shop: Shop) -> int:
    """How often WeChat's API was called so far."""
    return sum(entry["kind"] == "api" for entry in shop.world.simulator.log.entries())
