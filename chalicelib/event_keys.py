"""The keys with which other systems sign what they ask for, by account."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from chalicelib.errors import CredentialsError
from chalicelib.kept import Kept, Parameters

KEPT = timedelta(minutes=1)
"""Made and revoked keys hold after this time. While the Parameter Store is out of reach the old ones serve on."""
KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
SECRET = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class EventKeys:
    """The secrets of one account by the name of their key. The 64 digits themselves, as text, are what signs."""

    secrets: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_json(cls, text: str, *, parameter: str) -> Self:
        """Raises CredentialsError naming the parameter, never a value."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(_is_key(name, secret) for name, secret in found.items()):
            raise CredentialsError(f"parameter {parameter} is not a JSON object of key names and secrets")
        return cls(found)


class KnownKeys(Kept[EventKeys]):
    """Event keys by account."""

    def __init__(self, parameters: Parameters, *, name: Callable[[str], str], now: Callable[[], datetime]) -> None:
        super().__init__(parameters, name=name, read=_read, now=now, lasts=KEPT)


def _read(_account: str, text: str, parameter: str) -> EventKeys:
    return EventKeys.from_json(text, parameter=parameter)


def _is_key(name: str, secret: object) -> bool:
    return bool(KEY_ID.fullmatch(name)) and isinstance(secret, str) and bool(SECRET.fullmatch(secret))
