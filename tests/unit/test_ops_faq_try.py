"""What operators and evaluation programs see of the engine."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.door import Deadline
from chalicelib.errors import BadContent
from chalicelib.faq import publishing
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.table import Table
from infra import faq_jsonl, ops
from infra.local.demo import content
from tests.support.tables import TABLE, moto_client

SHOP = "infra/local/demo/shop.yaml"
ROOT = Path(__file__).parents[2]
LINE = {"id": "a", "question": "怎么开发票", "similar": ["开票"], "keywords": [{"type": "exact", "pattern": "发票"}]}


@pytest.fixture
def table() -> Iterator[DynamoTable]:
    with moto_client() as client:
        yield DynamoTable(client, TABLE, deadline=Deadline(60))


def no_table() -> Table:
    raise AssertionError("this command needs no table")


def a_file(folder: Path, *lines: object) -> Path:
    file = folder / "faqs.jsonl"
    file.write_text("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return file


def test_an_operator_sees_what_would_be_said_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    code = ops.main(["faq", "try", "积分怎么用", "--file", str(ROOT / SHOP)], open_table=no_table)

    said = capsys.readouterr().out
    assert code == 0
    assert said.startswith("直接回答（把握 ")
    assert "1. 积分怎么用？（points-use）总分" in said


def test_an_operator_tries_the_release_that_answers_now(table: DynamoTable, capsys: pytest.CaptureFixture[str]) -> None:
    publishing.publish(table, "demo", content.shop())

    code = ops.main(["faq", "try", "😀", "--account", "demo"], open_table=lambda: table)

    assert code == 0
    assert capsys.readouterr().out.startswith("说不知道（把握 0.00")


def test_an_account_without_a_release_has_nothing_to_try(
    table: DynamoTable, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ops.main(["faq", "try", "积分", "--account", "demo"], open_table=lambda: table) == 1
    assert "还没有可用的版本" in capsys.readouterr().err


def test_a_program_asks_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: tuple[object, ...] = (
        {"text": "發票", "at": "2026-03-04T12:00:00+08:00"},
        {"text": "", "at": "2026-03-04T12:00:00+08:00"},
        [],
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, asked))))

    ops.main(["faq", "serve", "--faqs", str(a_file(tmp_path, LINE))], open_table=no_table)

    right, empty, unreadable = map(json.loads, capsys.readouterr().out.splitlines())
    assert (right["decision"], right["id"], right["candidates"][0]["id"]) == ("answer", "a", "a")
    assert (empty["decision"], empty["candidates"]) == ("decline", [])
    assert unreadable["error"] == "unreadable line"


def test_a_file_of_json_lines_may_be_tried_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ops.main(["faq", "try", "开发票", "--file", str(a_file(tmp_path, LINE))], open_table=no_table)

    assert "怎么开发票（a）" in capsys.readouterr().out


@pytest.mark.parametrize("line", [[], {"id": "a"}, {**LINE, "keywords": [{"type": "magic", "pattern": "a"}]}, "a"])
def test_a_line_that_is_no_entry_is_named(tmp_path: Path, line: object) -> None:
    with pytest.raises(BadContent, match="第 3 行：不是一个条目"):
        faq_jsonl.read(a_file(tmp_path, LINE, line))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b"\xff")

    with pytest.raises(BadContent, match="读不到文件"):
        faq_jsonl.read(tmp_path / "nowhere.jsonl")
    with pytest.raises(BadContent, match="不是 UTF-8"):
        faq_jsonl.read(latin)
