"""Who asks for pushes: a request is signed with one of the account's event keys. Pure."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from chalicelib.clock import epoch
from chalicelib.errors import Refused

KEY, TIMESTAMP, SIGNATURE = "X-Huiyuan-Key", "X-Huiyuan-Timestamp", "X-Huiyuan-Signature"
FRESH_SECONDS = 300
NOBODYS = "0" * 64
"""Stands in for the secret of a key that does not exist, so that the answer takes as long."""


def path(account: str) -> str:
    """What is signed as the path: without domain, and without the prefix that API Gateway may put before it."""
    return f"/events/{account}"


def sign(secret: str, *, account: str, timestamp: str, body: bytes) -> str:
    """The signature of a POST, as hexadecimal digits."""
    signed = f"POST\n{path(account)}\n{timestamp}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.digest(secret.encode(), signed.encode(), "sha256").hex()


def check(headers: Mapping[str, str], body: bytes, *, account: str, secrets: Mapping[str, str], now: datetime) -> str:
    """The name of the key that vouches for the request. Raises Refused; the reason is for the log."""
    name, timestamp = headers.get(KEY, ""), headers.get(TIMESTAMP, "")
    if not re.fullmatch(r"[0-9]{10}", timestamp) or abs(int(timestamp) - epoch(now)) > FRESH_SECONDS:
        raise Refused("timestamp")
    given = headers.get(SIGNATURE, "")
    wanted = sign(secrets.get(name, NOBODYS), account=account, timestamp=timestamp, body=body)
    if not hmac.compare_digest(given.encode(), wanted.encode()) or name not in secrets:
        raise Refused("signature")
    return name
