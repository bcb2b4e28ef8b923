"""How much a run measures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """`SHORT` is for `make bench`, `LONG` for the figures that are published."""

    rounds: int
    """Blocks of messages per contestant."""
    seconds: float
    """Of sustained load."""
    cold_runs: int
    members: tuple[int, ...]
    """Sizes of the table, smallest first."""
    pushes: int
    """How many followers are told something."""
    silent: int
    """Members of an account whose silent ones are spoken to."""
    followers: int
    """Of an account that is connected now."""


SHORT = Extent(
    rounds=20, seconds=20, cold_runs=10, members=(1_000, 10_000, 100_000), pushes=5_000, silent=20_000, followers=20_000
)
LONG = Extent(
    rounds=100,
    seconds=600,
    cold_runs=20,
    members=(1_000, 10_000, 100_000, 1_000_000),
    pushes=100_000,
    silent=1_000_000,
    followers=1_000_000,
)
