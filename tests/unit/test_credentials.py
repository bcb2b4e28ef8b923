"""Accounts' credentials: read, checked, kept, and kept on while the store is away."""

import base64
import json
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.credentials import Accounts, Credentials
from chalicelib.errors import CredentialsError, Unavailable, UnknownAccount
from chalicelib.kept import MOST_KEPT
from tests.builders import APPID, NOON, OPENID
from tests.support.logs import logged

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PREVIOUS_AES_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
DATA_KEY = "0123456789abcdef" * 4
WHOLE = {"appid": APPID, "token": "tokenOfTheShop", "aes_key": AES_KEY, "data_key": DATA_KEY}
DEEP = '{"appid":' * 5_000
"""Deeper than json reads."""
NAME = "/accounts/{}".format


def a_parameter(**changes: Any) -> str:
    return json.dumps({name: value for name, value in {**WHOLE, **changes}.items() if value is not None})


class Store:
    """A parameter store in memory that counts its readers and can be away."""

    def __init__(self, **accounts: str) -> None:
        self.values = {NAME(account): text for account, text in accounts.items()}
        self.is_away = False
        self.reads: list[str] = []

    def get(self, name: str) -> str | None:
        self.reads.append(name)
        if self.is_away:
            raise Unavailable("away")
        return self.values.get(name)


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture
def store() -> Store:
    return Store(shop=a_parameter())


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def accounts(store: Store, watch: Watch) -> Accounts:
    return Accounts(store, name=NAME, now=watch)


# What a parameter holds.


def read(text: str) -> Credentials:
    return Credentials.from_json("shop", text, parameter="/accounts/shop")


def test_an_account_is_read_with_its_keys() -> None:
    credentials = read(a_parameter(mode="compatible", previous_aes_key=PREVIOUS_AES_KEY))

    assert (credentials.account, credentials.appid, credentials.token) == ("shop", APPID, "tokenOfTheShop")
    assert credentials.aes_keys == tuple(base64.b64decode(key + "=") for key in (AES_KEY, PREVIOUS_AES_KEY))
    assert [len(key) for key in credentials.aes_keys] == [32, 32]
    assert credentials.mode == "compatible"


def test_an_account_is_in_safe_mode_with_one_key_unless_told_otherwise() -> None:
    credentials = read(a_parameter())

    assert credentials.mode == "safe"
    assert len(credentials.aes_keys) == 1


def test_while_a_token_is_rotated_the_previous_one_stands_beside_it() -> None:
    assert read(a_parameter(previous_token="tokenOfBefore")).tokens == ("tokenOfTheShop", "tokenOfBefore")
    assert read(a_parameter()).tokens == ("tokenOfTheShop",)


def test_credentials_do_not_show_their_secrets() -> None:
    shown = repr(read(a_parameter(previous_token="tokenOfBefore")))

    assert "tokenOfBefore" not in shown

    assert "tokenOfTheShop" not in shown
    assert DATA_KEY not in shown
    assert repr(read(a_parameter()).aes_keys[0]) not in shown


def test_a_follower_has_a_handle_that_does_not_tell_the_openid_and_differs_by_account() -> None:
    here, there = read(a_parameter()), read(a_parameter(data_key="f" * 64))

    assert here.handle(OPENID) == read(a_parameter(token="anotherToken")).handle(OPENID)
    assert here.handle(OPENID) != there.handle(OPENID)
    assert len(here.handle(OPENID)) == 64
    assert OPENID not in here.handle(OPENID)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("appid", None),
        ("appid", ""),
        ("appid", "wx123"),
        ("appid", 17),
        ("appid", APPID + "\n"),
        ("token", None),
        ("token", "ab"),
        ("token", "x" * 33),
        ("token", "with space"),
        ("aes_key", None),
        ("aes_key", "A" * 42),
        ("aes_key", "A" * 44),
        ("aes_key", "!" * 43),
        ("aes_key", ["A"]),
        ("previous_aes_key", ""),
        ("previous_aes_key", "A" * 42),
        ("previous_token", ""),
        ("previous_token", "x" * 33),
        ("data_key", None),
        ("data_key", "0" * 63),
        ("data_key", "g" * 64),
        ("mode", "unsafe"),
        ("mode", {"a": 1}),
    ],
)
def test_a_malformed_field_is_named_and_its_value_is_not(field: str, value: object) -> None:
    with pytest.raises(CredentialsError) as refused:
        read(a_parameter(**{field: value}))

    said = "".join(traceback.format_exception(refused.value))
    assert str(refused.value) == f"parameter /accounts/shop: field {field} is missing or malformed"
    assert not any(secret in said for secret in ("tokenOfTheShop", AES_KEY, DATA_KEY))
    assert not (isinstance(value, str) and len(value) > 4 and value in said)


@pytest.mark.parametrize("text", ["", "tokenOfTheShop", "[]", "null", "17", '"x"', '[["appid", "x"]]', "{", DEEP])
def test_what_is_no_json_object_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(CredentialsError) as refused:
        read(text)

    assert str(refused.value) == "parameter /accounts/shop is not a JSON object"
    assert "tokenOfTheShop" not in "".join(traceback.format_exception(refused.value)).replace(__file__, "")


# How long it is kept.


def test_an_account_is_read_once_in_five_minutes(accounts: Accounts, store: Store, watch: Watch) -> None:
    first = accounts.find("shop")
    watch.forward(minutes=4, seconds=59)

    assert accounts.find("shop") is first
    assert len(store.reads) == 1
    watch.forward(seconds=1)
    assert accounts.find("shop") == first
    assert len(store.reads) == 2


def test_a_rotated_key_arrives_without_a_deployment(accounts: Accounts, store: Store, watch: Watch) -> None:
    accounts.find("shop")
    store.values[NAME("shop")] = a_parameter(aes_key=PREVIOUS_AES_KEY, previous_aes_key=AES_KEY)

    watch.forward(minutes=5)

    assert len(accounts.find("shop").aes_keys) == 2


def test_an_account_that_is_taken_away_is_unknown_within_five_minutes(
    accounts: Accounts, store: Store, watch: Watch
) -> None:
    accounts.find("shop")
    del store.values[NAME("shop")]

    watch.forward(minutes=5)

    with pytest.raises(UnknownAccount):
        accounts.find("shop")


def test_an_unknown_account_is_asked_for_once_a_minute(accounts: Accounts, store: Store, watch: Watch) -> None:
    for _ in range(10):
        with pytest.raises(UnknownAccount, match=r"^there is no parameter /accounts/nobody$"):
            accounts.find("nobody")

    assert len(store.reads) == 1
    watch.forward(minutes=1)
    store.values[NAME("nobody")] = a_parameter()
    assert accounts.find("nobody").account == "nobody"


def test_a_malformed_account_is_asked_for_once_a_minute(accounts: Accounts, store: Store, watch: Watch) -> None:
    store.values[NAME("shop")] = "{}"

    for _ in range(3):
        with pytest.raises(CredentialsError, match="field appid"):
            accounts.find("shop")

    assert len(store.reads) == 1
    watch.forward(minutes=1)
    store.values[NAME("shop")] = a_parameter()
    assert accounts.find("shop").appid == APPID


@pytest.mark.parametrize("account", ["", "-x", "Shop", "a/b", "../shop", "a" * 33, "店", "a\n", "a b"])
def test_what_is_no_name_of_an_account_is_never_asked_for(accounts: Accounts, store: Store, account: str) -> None:
    with pytest.raises(UnknownAccount):
        accounts.find(account)

    assert not store.reads


def test_guessed_names_push_no_real_account_out(accounts: Accounts, store: Store) -> None:
    known = accounts.find("shop")
    for number in range(3 * MOST_KEPT):
        with pytest.raises(UnknownAccount):
            accounts.find(f"guess-{number}")

    asked = len(store.reads)

    assert accounts.find("shop") is known
    assert len(store.reads) == asked


def test_no_more_guesses_are_remembered_than_memory_is_spent_on(accounts: Accounts, store: Store) -> None:
    def guess(number: int) -> None:
        with pytest.raises(UnknownAccount):
            accounts.find(f"guess-{number}")

    for number in range(MOST_KEPT + 1):
        guess(number)
    asked = len(store.reads)

    guess(1)
    assert len(store.reads) == asked
    guess(0)
    assert len(store.reads) == asked + 1


def test_an_error_that_is_remembered_does_not_gather_frames(accounts: Accounts) -> None:
    def depth() -> int:
        with pytest.raises(UnknownAccount) as refused:
            accounts.find("nobody")
        return len(traceback.extract_tb(refused.value.__traceback__))

    depth()

    assert depth() == depth()


# While the store is away.


def test_known_credentials_serve_for_an_hour_while_the_store_is_away(
    accounts: Accounts, store: Store, watch: Watch
) -> None:
    known = accounts.find("shop")
    store.is_away = True

    for _ in range(12):
        watch.forward(minutes=4, seconds=59)
        assert accounts.find("shop") == known

    watch.forward(minutes=2)
    with pytest.raises(Unavailable):
        accounts.find("shop")


def test_a_store_that_is_away_is_asked_once_a_minute_and_warned_of_each_time(
    accounts: Accounts, store: Store, watch: Watch
) -> None:
    accounts.find("shop")
    store.is_away = True
    watch.forward(minutes=5)

    with logged() as written:
        for _ in range(10):
            accounts.find("shop")

    (line,) = written.lines
    assert (line["message"], line["level"], line["account"]) == ("credentials.stale", "WARNING", "shop")
    assert len(store.reads) == 2
    watch.forward(minutes=1)
    accounts.find("shop")
    assert len(store.reads) == 3


def test_a_store_that_comes_back_is_believed_again(accounts: Accounts, store: Store, watch: Watch) -> None:
    accounts.find("shop")
    store.is_away = True
    watch.forward(minutes=5)
    accounts.find("shop")
    store.is_away = False
    store.values[NAME("shop")] = a_parameter(token="newToken")

    watch.forward(minutes=1)

    assert accounts.find("shop").token == "newToken"


@pytest.mark.parametrize("account", ["nobody", "broken", "fresh"])
def test_an_account_that_was_never_good_is_out_of_reach(
    accounts: Accounts, store: Store, watch: Watch, account: str
) -> None:
    store.values[NAME("broken")] = "{}"
    for known in ("nobody", "broken"):
        with pytest.raises(CredentialsError):
            accounts.find(known)
    watch.forward(minutes=1)
    store.is_away = True

    with pytest.raises(Unavailable):
        accounts.find(account)


def test_many_threads_may_ask_at_once() -> None:
    store = Store(shop=a_parameter())
    accounts = Accounts(store, name=NAME, now=lambda: NOON + timedelta(minutes=len(store.reads)))

    def ask(number: int) -> str:
        try:
            return accounts.find(f"guess-{number}" if number % 2 else "shop").account
        except UnknownAccount:
            return "unknown"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(ask, range(4_000)))

    assert set(said) == {"shop", "unknown"}
