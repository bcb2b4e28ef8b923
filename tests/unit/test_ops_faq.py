"""What operators see when they publish from the command line."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from chalicelib.door import Deadline
from chalicelib.errors import Conflict, SettingsError, Unavailable
from chalicelib.store import account as accounts
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.release import parts
from chalicelib.store.table import Table
from infra import ops
from tests.builders import a_release
from tests.support.tables import TABLE, moto_client

ROOT = Path(__file__).parents[2]
SHOP = str(ROOT / "infra/local/demo/shop.yaml")
NO_SUCH_TABLE = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "arn:secret"}}, "GetItem")


@pytest.fixture
def table() -> Iterator[DynamoTable]:
    with moto_client() as client:
        yield DynamoTable(client, TABLE, deadline=Deadline(60))


def run(table: Table, *arguments: str) -> int:
    return ops.main(arguments, open_table=lambda: table)


def answering(table: Table) -> int:
    return accounts.find(table, "demo").release


def no_table() -> Table:
    raise AssertionError("this command needs no table")


def raising(error: Exception) -> Callable[[], Table]:
    def open_table() -> Table:
        raise error

    return open_table


def test_checking_a_good_file_needs_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    code = ops.main(["faq", "check", SHOP], open_table=no_table)

    assert code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("自测：把自己的问法逐个拿掉再问")
    assert lines[-1] == "检查通过：49 个条目，2 个渠道。"


def test_publishing_tells_the_number_of_the_release(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [run(table, "faq", "publish", SHOP, "--account", "demo") for _ in range(2)]

    assert codes == [0, 0]
    assert answering(table) == 2
    assert "已发布版本 2：49 个条目，2 个渠道。" in capsys.readouterr().out


def test_versions_are_listed_newest_first(table: DynamoTable, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        run(table, "faq", "publish", SHOP, "--account", "demo")
    run(table, "faq", "rollback", "1", "--account", "demo")
    (part,) = parts("demo", a_release(version=3))
    table.write([type(part)(part.key, {**part.item, "parts": 2})])
    capsys.readouterr()

    code = run(table, "faq", "versions", "--account", "demo")

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "版本 3：不完整，不能使用",
        "版本 2：49 个条目，2 个渠道",
        "版本 1：49 个条目，2 个渠道  ← 正在使用",
    ]


def test_an_account_that_published_nothing_has_no_versions(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(table, "faq", "versions", "--account", "demo") == 0
    assert capsys.readouterr().out == "还没有发布过任何版本。\n"


def test_an_operator_can_go_back(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        run(table, "faq", "publish", SHOP, "--account", "demo")

    code = run(table, "faq", "rollback", "1", "--account", "demo")

    assert code == 0
    assert answering(table) == 1
    assert capsys.readouterr().out.endswith("已切换到版本 1。\n")


def test_going_back_to_what_never_was_changes_nothing(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, "faq", "publish", SHOP, "--account", "demo")

    code = run(table, "faq", "rollback", "7", "--account", "demo")

    assert code == 1
    assert answering(table) == 1
    assert capsys.readouterr().err == "没有改动任何内容：\n版本 7 不存在或不完整，不能切换\n"


@pytest.mark.parametrize("command", ["check", "publish"])
def test_a_file_with_mistakes_changes_nothing_and_tells_where(
    table: Table, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(table, "faq", "publish", SHOP, "--account", "demo")
    bad = tmp_path / "bad.yaml"
    bad.write_text("entries:\n  - {id: a, title: 甲}\n  - {id: a, title: 乙, answer: 好}\n", encoding="utf-8")
    account = ["--account", "demo"] if command == "publish" else []

    code = run(table, "faq", command, str(bad), *account)

    assert code == 1
    assert answering(table) == 1
    assert capsys.readouterr().err == "没有改动任何内容：\n条目 a：answer 是空的\n条目 a：id 重复\n"


def test_a_file_that_is_no_yaml_tells_the_line(
    table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("entries:\n  - id: a\n   title: 甲\n", encoding="utf-8")

    assert run(table, "faq", "publish", str(bad), "--account", "demo") == 1
    assert "第 3 行" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (Conflict("moved"), 1, "刚才有人同时在发布"),
        (Unavailable("late"), 3, "数据表暂时连不上，请稍后再试。"),
        (SettingsError("the environment lacks HUIYUAN_STAGE"), 3, "HUIYUAN_STAGE"),
        (NO_SUCH_TABLE, 3, "AWS 没有受理：ResourceNotFoundException"),
        (NoCredentialsError(), 3, "AWS 没有受理：NoCredentialsError"),
    ],
)
def test_what_hinders_a_command_is_told_in_chinese(
    error: Exception, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ops.main(["faq", "versions", "--account", "demo"], open_table=raising(error)) == code

    said = capsys.readouterr().err
    assert told in said
    assert "arn:secret" not in said


@pytest.mark.parametrize(
    "arguments", [[], ["faq"], ["faq", "publish", SHOP], ["faq", "rollback", "one", "--account", "demo"]]
)
def test_a_wrong_command_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ops.main(arguments, open_table=no_table)

    assert ended.value.code == 2


def test_the_command_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.ops", "faq", "check", SHOP], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "检查通过" in done.stdout


def test_without_settings_the_command_says_which_are_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.ops", "faq", "versions", "--account", "demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8"},
    )

    assert done.returncode == 3
    assert "HUIYUAN_STAGE" in done.stderr
