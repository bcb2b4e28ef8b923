"""The AppSecret: read where it is used and kept nowhere."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.credentials import Accounts
from chalicelib.errors import CredentialsError
from chalicelib.kept import Parameters

SHAPE = re.compile(r"[0-9A-Za-z]{32}")


@dataclass(frozen=True, slots=True)
class AppSecret:
    """What WeChat hands a token out for."""

    appid: str
    secret: str = field(repr=False)


def read(account: str, *, accounts: Accounts, parameters: Parameters, name: Callable[[str], str]) -> AppSecret:
    """The parameter `name(account)` holds ``{"secret": "…"}``; the appid stands with the account's other credentials.

    Raises CredentialsError, naming the parameter and never a value, UnknownAccount, Unavailable.
    """
    appid = accounts.find(account).appid
    secret = _secret(parameters.get(name(account)))
    if not SHAPE.fullmatch(secret):
        raise CredentialsError(f"parameter {name(account)}: field secret is missing or malformed")
    return AppSecret(appid, secret)


def _secret(text: str | None) -> str:
    """The field, or nothing: what json raises would show the value."""
    try:
        return str(dict(json.loads(text or "{}")).get("secret", ""))
    except (ValueError, TypeError, RecursionError):
        return ""
