"""After a rollback this version reads what a later one wrote, also where that has more fields."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.store.policy import Audience, Backlog, Cursor, Limits, Policy, Rung, Step
from chalicelib.store.push import Content, Push
from chalicelib.store.quota import Quota
from chalicelib.store.sends import Sends, Sent
from chalicelib.store.switches import Pause, Switches
from tests.builders import ACCOUNT, NOON, OPENID

PUSH = Push(
    ACCOUNT, "p" * 32, "order.shipped", "template", "service", OPENID, "group",
    Content("T-1", {"thing1": "已发货"}, "https://example.com"), NOON, NOON, NOON + timedelta(days=1), NOON,
    urgent=True, trial="back#2026-03-01", member_no="m-0001", state="claimed", epoch=2, attempts=2,
    first_tried_at=NOON, doubtful=True, version=4,
)  # fmt: skip
SENDS = Sends(
    ACCOUNT, OPENID, "m-0001", {"T-2": 1}, (Sent("p1", "order.shipped", "template", NOON, counts=False, state="sent"),),
    (NOON,), NOON, 2, {"2026-03": 1}, 3,
)  # fmt: skip
POLICY = Policy(
    ACCOUNT, "back", (Rung((Step("template", "service", "T-1", {"thing1": "{points}"}),), days=14),),
    Audience(any_tag=("会员",), channels=("store-01",), joined_before="2026-01-01"), 20, Limits(10, 100),
    Backlog(90, "oldest"), 30, "2026-01-01", "2026-12-31", 5, enabled=True, version=2,
)  # fmt: skip
CURSOR = Cursor(
    ACCOUNT, "back", "2026-03-04", "2026-03-01", target=1, shard=7, after="oFollower0000", counted_on="2026-03-04",
    counted=12, version=5,
)  # fmt: skip
SWITCHES = Switches(ACCOUNT, Pause(NOON, "operator"), {"news": Pause(NOON, "blocks")}, {}, {"news": "2026-03-04"}, 6)
QUOTA = Quota(ACCOUNT, "2026-03-04", "/cgi-bin/message/template/send", 7, 1000, True, NOON)
READERS: dict[str, tuple[Any, Mapping[str, Any], Callable[[Mapping[str, Any]], Any]]] = {
    "push": (PUSH, PUSH.to_item(), Push.from_item),
    "sends": (SENDS, SENDS.to_item(), Sends.from_item),
    "policy": (POLICY, POLICY.to_item(), Policy.from_item),
    "cursor": (CURSOR, CURSOR.to_item(), Cursor.from_item),
    "switches": (SWITCHES, SWITCHES.to_item(), Switches.from_item),
    "quota": (QUOTA, dict(QUOTA.learn(1000, used=0).values) | {"used": 7, "limit": 1000, "closed": True,
              "slow_until": QUOTA.slow(NOON).values["slow_until"]}, Quota.from_item),
}  # fmt: skip


def with_more(value: Any) -> Any:
    """The same, with a field that this version has never heard of in every map."""
    if isinstance(value, dict):
        return {name: with_more(one) for name, one in value.items()} | {"later": "unheard of"}
    return [with_more(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", READERS)
def test_an_entity_comes_back_as_it_was_written(name: str) -> None:
    entity, item, read = READERS[name]

    assert read({**item, "pk": "P", "sk": "S"}) == entity


@pytest.mark.parametrize("name", ["push", "policy", "cursor", "quota"])
def test_fields_of_a_later_version_are_left_alone(name: str) -> None:
    entity, item, read = READERS[name]
    later = {field: with_more(value) if field not in FREE else value for field, value in item.items()}

    found = read({**later, "later": True, "pk": "P", "sk": "S"})

    assert found == entity


FREE = frozenset({"content", "rungs"})
"""Whose maps are the operator's own."""
