"""What an account's parameter holds: who it is, and its keys."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from chalicelib.errors import CredentialsError
from chalicelib.kept import Kept, Parameters

KEPT = timedelta(minutes=5)
APPID, TOKEN, AES_KEY = r"wx[0-9a-z]{16}", r"[A-Za-z0-9]{3,32}", r"[A-Za-z0-9+/]{43}"
"""As WeChat's console gives and takes them."""
Mode = Literal["safe", "compatible", "plain"]
_MODES: dict[str, Mode] = {"safe": "safe", "compatible": "compatible", "plain": "plain"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """One account: who it is, and the keys that its callbacks are signed and encrypted with."""

    account: str
    appid: str
    token: str = field(repr=False)
    aes_keys: tuple[bytes, ...] = field(repr=False)
    """The current key first, then the previous one while a rotation is under way. 32 bytes each."""
    data_key: bytes = field(repr=False)
    """Key of the HMAC that stands for an openid in tombstones and logs. It must never change."""
    mode: Mode = "safe"
    previous_token: str = field(default="", repr=False)
    """The token before this one, while a rotation is under way."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The current token, then the previous one while a rotation is under way."""
        return (self.token, self.previous_token) if self.previous_token else (self.token,)

    def handle(self, openid: str) -> str:
        """A stable name for an openid that does not tell it: keyed HMAC-SHA256, hex."""
        return hmac.digest(self.data_key, openid.encode(), "sha256").hex()

    @classmethod
    def from_json(cls, account: str, text: str, *, parameter: str) -> Self:
        """Raises CredentialsError naming parameter and field, never a value."""
        fields = _Fields(text, parameter)
        return cls(
            account=account,
            appid=fields.text("appid", APPID),
            token=fields.token("token"),
            aes_keys=tuple(fields.aes_key(name) for name in ("aes_key", "previous_aes_key") if fields.has(name)),
            data_key=fields.text("data_key", r"[0-9a-f]{64}").encode(),
            mode=fields.mode(),
            previous_token=fields.token("previous_token") if fields.has("previous_token") else "",
        )


class Accounts(Kept[Credentials]):
    """Credentials by account."""

    def __init__(self, parameters: Parameters, *, name: Callable[[str], str], now: Callable[[], datetime]) -> None:
        super().__init__(parameters, name=name, read=_read, now=now, lasts=KEPT)


def _read(account: str, text: str, parameter: str) -> Credentials:
    return Credentials.from_json(account, text, parameter=parameter)


class _Fields:
    """The fields of a parameter, each checked by name."""

    def __init__(self, text: str, parameter: str) -> None:
        self._parameter = parameter
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise CredentialsError(f"parameter {parameter} is not a JSON object")
        self._found: Mapping[str, Any] = found

    def has(self, name: str) -> bool:
        return name == "aes_key" or self._found.get(name) is not None

    def text(self, name: str, pattern: str) -> str:
        value = self._found.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self._wrong(name)
        return value

    def token(self, name: str) -> str:
        return self.text(name, TOKEN)

    def aes_key(self, name: str) -> bytes:
        return base64.b64decode(self.text(name, AES_KEY) + "=")

    def mode(self) -> Mode:
        mode = _MODES.get(str(self._found.get("mode", "safe")))
        if mode is None:
            raise self._wrong("mode")
        return mode

    def _wrong(self, name: str) -> CredentialsError:
        return CredentialsError(f"parameter {self._parameter}: field {name} is missing or malformed")
