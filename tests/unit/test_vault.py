"""Words that are locked away: who may read them, and where."""

import pytest

from chalicelib.vault import Locked, Vault
from tests.builders import VAULT

OTHER = Vault(b"6b" * 32)


def test_what_was_sealed_is_read_where_it_was_put() -> None:
    assert VAULT.open(VAULT.seal("鸡蛋碎了", "shop", "t-1"), "shop", "t-1") == "鸡蛋碎了"


def test_the_words_do_not_show() -> None:
    assert "鸡蛋".encode() not in VAULT.seal("鸡蛋碎了", "shop", "t-1")
    assert "5a5a" not in repr(VAULT)


@pytest.mark.parametrize("place", [("shop", "t-2"), ("shop",), ("shop", "t-1", ""), ("shopt-1",)])
def test_elsewhere_they_cannot_be_read(place: tuple[str, ...]) -> None:
    with pytest.raises(Locked):
        VAULT.open(VAULT.seal("鸡蛋碎了", "shop", "t-1"), *place)


def test_under_another_key_they_cannot_be_read() -> None:
    with pytest.raises(Locked):
        OTHER.open(VAULT.seal("鸡蛋碎了", "shop"), "shop")


def test_what_was_changed_cannot_be_read() -> None:
    sealed = VAULT.seal("鸡蛋碎了", "shop")

    with pytest.raises(Locked):
        VAULT.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "shop")


def test_sealing_again_writes_the_same_in_one_place_and_something_else_in_another() -> None:
    here, there = VAULT.seal("在吗", "t-1", "l-1"), VAULT.seal("在吗", "t-1", "l-2")

    assert VAULT.seal("在吗", "t-1", "l-1") == here != there
