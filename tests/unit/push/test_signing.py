"""Who is believed to be one of the operator's systems."""

from datetime import timedelta

import pytest

from chalicelib.errors import Refused
from chalicelib.push import signing
from tests.builders import NOON

BODY = b'{"kind":"order.shipped"}'
SECRET = "7e" * 32
AT = str(int(NOON.timestamp()))


def headers(**changes: str) -> dict[str, str]:
    signature = signing.sign(SECRET, account="shop", timestamp=AT, body=BODY)
    return {signing.KEY: "orders", signing.TIMESTAMP: AT, signing.SIGNATURE: signature} | changes


def check(given: dict[str, str], *, body: bytes = BODY, account: str = "shop", later: float = 0) -> str:
    now = NOON + timedelta(seconds=later)
    return signing.check(given, body, account=account, secrets={"orders": SECRET, "crm": "0" * 64}, now=now)


def test_a_signed_request_is_vouched_for_by_its_key() -> None:
    assert check(headers()) == "orders"


def test_the_signature_is_what_the_documents_say() -> None:
    known = signing.sign("ab" * 32, account="shop", timestamp="1772596800", body=b"{}")

    assert known == "8601ef581d8b83e4ab863b3e9cbed77d3fea8643c3bc715a499d44e8830b2dda"  # by openssl


@pytest.mark.parametrize("later", [-300, 300])
def test_a_clock_may_be_five_minutes_off(later: float) -> None:
    assert check(headers(), later=later) == "orders"


@pytest.mark.parametrize("later", [-301, 301])
def test_a_request_that_is_older_or_newer_is_refused(later: float) -> None:
    with pytest.raises(Refused, match="timestamp"):
        check(headers(), later=later)


@pytest.mark.parametrize(
    "changes",
    [
        {signing.KEY: "nobody"},
        {signing.KEY: ""},
        {signing.KEY: "crm"},
        {signing.SIGNATURE: ""},
        {signing.SIGNATURE: "0" * 64},
        {signing.SIGNATURE: "签" * 64},
        {signing.SIGNATURE: signing.sign(SECRET, account="shop", timestamp=AT, body=BODY).upper()},
        {signing.TIMESTAMP: str(int(AT) + 1)},
    ],
)
def test_whatever_else_than_the_keys_own_signature_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Refused, match="signature"):
        check(headers(**changes))


@pytest.mark.parametrize("timestamp", ["", "soon", "-772589600", "17725968001", AT + " ", "１７７２５９６８００"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(Refused, match="timestamp"):
        check(headers(**{signing.TIMESTAMP: timestamp}))


def test_a_signature_holds_for_its_body_and_its_account_alone() -> None:
    with pytest.raises(Refused):
        check(headers(), body=BODY + b" ")
    with pytest.raises(Refused):
        check(headers(), account="shop2")


def test_the_stand_in_for_a_key_that_does_not_exist_opens_nothing() -> None:
    signature = signing.sign(signing.NOBODYS, account="shop", timestamp=AT, body=BODY)

    with pytest.raises(Refused):
        check(headers(**{signing.KEY: "nobody", signing.SIGNATURE: signature}))
