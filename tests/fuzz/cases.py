"""One input as it is drawn, minimised, kept in a file and run again."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self


class Finding(Exception):
    """An oracle objects. The text says which one, in a few words, and is the same for the same fault."""


class Ran(NamedTuple):
    """What became of a case that no oracle objects to."""

    outcome: str
    seconds: float
    """CPU time of the code under test, without drawing and judging."""


@dataclass(frozen=True)
class Case:
    """One input for one target, as named bytes."""

    target: str
    parts: Mapping[str, bytes]

    def but(self, **parts: bytes) -> Self:
        return type(self)(self.target, {**self.parts, **parts})

    def to_json(self) -> dict[str, Any]:
        return {"target": self.target} | {name: _written(part) for name, part in self.parts.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["target"], {name: _read(part) for name, part in data.items() if name != "target"})


def _written(part: bytes) -> str | dict[str, str]:
    try:
        return part.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(part).decode()}


def _read(part: str | Mapping[str, str]) -> bytes:
    if isinstance(part, str):
        return part.encode()
    try:
        return base64.b64decode(part["base64"], validate=True)
    except binascii.Error as error:
        raise ValueError("a part of a case is neither text nor base64") from error
