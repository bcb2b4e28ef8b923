"""What holds for every test: how property tests run here, and that none leaves the log quieter than it was."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from chalicelib.door import log

settings.register_profile("huiyuan", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("huiyuan")


@pytest.fixture(autouse=True)
def log_level() -> Iterator[None]:
    """A world of a process sets it for the whole process."""
    level = log.log_level
    yield
    log.setLevel(level)
