"""The words between a job of this feature and the worker that commits it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from chalicelib.store.table import Change, Table


@dataclass(frozen=True, slots=True)
class Done:
    """What a job comes to: its changes are committed together with its end."""

    outcome: str
    member_no: str = ""
    changes: tuple[Change, ...] = ()
    details: Mapping[str, str | int] = field(default_factory=dict)
    """Countable facts for the journal: never an openid, never a text."""


Asked: TypeAlias = Callable[[Table], Done]
"""What remains once the outside was asked: reads the table and decides. Run again when the member moved."""
