"""One running world for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.support.shop import Shop, a_shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with a_shop() as running:
        yield running
        running.world.simulator.clear_faults()
