"""What every command of an operator begins with."""

import pytest

from chalicelib.store.table import Table
from infra import ops
from infra.push_names import credentials
from tests.support.memory import MemoryShop, a_memory_shop

MISSPELT = "shpo"


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop()


def no_table() -> Table:
    raise AssertionError("nothing is asked about an account that does not exist")


@pytest.mark.parametrize(
    "command",
    [
        ("push", "pause", "--all"),
        ("push", "pauses"),
        ("push", "dead"),
        ("push", "report"),
        ("faq", "versions"),
        ("faq", "publish", "shop.yaml"),
        ("tickets", "list"),
        ("reactivation", "list"),
        ("jobs", "dead"),
    ],
    ids=" ".join,
)
def test_a_misspelt_account_is_told_before_anything_is_done(
    shop: MemoryShop, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code = ops.main([*command, "--account", MISSPELT], open_table=no_table, ensure_account=credentials)

    assert code == 1
    assert f"没有公众号 {MISSPELT}。名字写对了吗？" in capsys.readouterr().err


def test_a_known_account_is_looked_into(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["push", "pauses", "--account", shop.account]

    assert ops.main(command, open_table=shop.world.table, ensure_account=credentials) == 0

    assert capsys.readouterr().out == "没有暂停的。\n"
