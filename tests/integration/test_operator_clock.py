"""The operator's commands and the world on a laptop, whose clock can be moved."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.patience import CLOCK, OperatorRuntime, present
from tests.support.shop import Shop


def test_a_command_lives_in_the_time_of_the_world_that_it_is_about(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.world.clock.advance(26 * 3600)
    monkeypatch.setenv(CLOCK, shop.world.environment[CLOCK])

    apart = abs(present() - shop.world.clock.now())

    assert apart < timedelta(seconds=30)
    assert abs(OperatorRuntime(shop.world.runtime.settings).now() - shop.world.clock.now()) < timedelta(seconds=30)


def test_where_no_clock_is_named_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CLOCK, raising=False)

    assert abs(present() - datetime.now(UTC)) < timedelta(seconds=30)
