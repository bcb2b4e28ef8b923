"""What operators meet who import a list of notices."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chalicelib.push.asking import Asked
from chalicelib.store import push as pushes
from infra import ops, ops_push_import, push_csv, push_import
from infra.local.memory.faults import Fault
from infra.push_import import CHUNK, WORKERS
from tests.support.events import FIELDS, TEMPLATE
from tests.support.memory import MemoryShop, a_memory_shop

HEADINGS = ("openid", "kind", "key", "template", "data.character_string1", "data.thing2", "data.time3")
Cells = Sequence[object]


@pytest.fixture
def shop() -> MemoryShop:
    shop = a_memory_shop()
    shop.simulator.add_template(shop.account, TEMPLATE, "订单配送通知", FIELDS)
    return shop


def a_row(number: int, **changes: Any) -> list[object]:
    """An order of a follower of its own; `data__thing2` is the column `data.thing2`."""
    cells = (f"oFollower{number:06d}", "order.shipped", f"{number:06d}", TEMPLATE, number, "草莓", "18:00")
    row = dict(zip(HEADINGS, cells, strict=True))
    return list((row | {name.replace("__", "."): value for name, value in changes.items()}).values())


def a_file(path: Path, *rows: Cells, headings: Cells = HEADINGS, encoding: str = "utf-8") -> Path:
    file = path / "orders.csv"
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows([headings, *rows])
    return file


def run(shop: MemoryShop, file: Path) -> int:
    return ops.main(["push", "import", "--account", "shop", str(file)], open_table=shop.world.table)


def planned(shop: MemoryShop) -> dict[str, pushes.Push]:
    """Pushes by their recipient."""
    table = shop.world.table()
    found = [pushes.find(table, item["pk"]["S"]) for item in shop.world.items("P#shop#")]
    return {push.openid: push for push in found if push}


def rejects(file: Path) -> list[dict[str, str]]:
    with file.with_name("orders.rejected.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_is_planned_once(shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = a_file(tmp_path, *(a_row(number) for number in range(1_000)))

    assert run(shop, file) == 0
    assert run(shop, file) == 0

    assert len(planned(shop)) == 1_000
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "新登记 1,000 条，以前登记过 0 条，拒绝 0 条。",
        "新登记 0 条，以前登记过 1,000 条，拒绝 0 条。",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_the_operator_sees_at_once_that_it_has_begun(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shop, a_file(tmp_path, a_row(1)))

    assert "0%　0 行" in capsys.readouterr().err.splitlines()[0]


def test_a_row_has_every_field_of_an_event(shop: MemoryShop, tmp_path: Path) -> None:
    headings = (*HEADINGS, "channel", "class", "url", "miniprogram.appid", "not_before", "expires_at", "urgent", "")
    row = [*a_row(1), "template", "public", "https://shop.example/", "wx0123456789abcdef", "2026/3/5 9:30",
           "2026-03-06T00:00:00+08:00", "是", ""]  # fmt: skip

    assert run(shop, a_file(tmp_path, row, headings=headings)) == 0

    (push,) = planned(shop).values()
    assert (push.content_class, push.urgent, push.content.url) == ("public", True, "https://shop.example/")
    assert push.content.miniprogram == {"appid": "wx0123456789abcdef"}
    assert push.not_before.isoformat() == "2026-03-05T01:30:00+00:00"
    assert push.expires_at.isoformat() == "2026-03-05T16:00:00+00:00"


def test_bad_rows_are_told_with_their_line_and_no_good_one_is_lost(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        a_row(1),
        a_row(2, openid=""),
        a_row(3, data__thing2="满减红包"),
        [*a_row(4), "too many"],
        a_row(5, kind="Order"),
        [],
        a_row(6)[:4],
        a_row(7),
    ]
    file = a_file(tmp_path, *rows)

    assert run(shop, file) == 1

    assert set(planned(shop)) == {"oFollower000001", "oFollower000006", "oFollower000007"}
    said = capsys.readouterr().out
    assert "第 3 行：openid：必须填写\n第 4 行：模板消息里有营销用语\n第 5 行：格子比列名多" in said
    assert "新登记 3 条，以前登记过 0 条，拒绝 4 条。" in said
    assert [row["行号"] for row in rejects(file)] == ["3", "4", "5", "6"]
    assert rejects(file)[1]["data.thing2"] == "满减红包"


def test_rejected_rows_can_be_mended_and_imported(shop: MemoryShop, tmp_path: Path) -> None:
    file = a_file(tmp_path, a_row(1), a_row(2, key="=2+3", kind="Order"))
    run(shop, file)
    mended = file.with_name("orders.rejected.csv")
    mended.write_text(mended.read_text(encoding="utf-8-sig").replace("Order", "order.shipped"), encoding="utf-8-sig")

    assert run(shop, mended) == 0

    assert len(planned(shop)) == 2


def test_many_bad_rows_are_told_in_the_file(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = a_file(tmp_path, *(a_row(number, kind="") for number in range(30)))

    run(shop, file)

    assert capsys.readouterr().out.count("kind：必须填写") == ops_push_import.PRINTED
    assert len(rejects(file)) == 30


def test_a_quote_that_is_missing_swallows_no_row_below(shop: MemoryShop, tmp_path: Path) -> None:
    good = [",".join(map(str, a_row(number))) for number in range(60)]
    bad = 'oFollower999999,order.shipped,9,order-shipped,9,"草莓,18:00'
    twice = [bad, good[0], 'oFollower999998,order.shipped,8,order-shipped,8,草莓","18:00"']
    file = tmp_path / "orders.csv"
    file.write_text("\n".join([",".join(HEADINGS), *twice, *good[1:50], bad, *good[50:]]), encoding="utf-8")

    assert run(shop, file) == 1

    assert {f"oFollower{number:06d}" for number in range(60)} <= set(planned(shop))
    assert "引号没有配对" in rejects(file)[0]["拒绝原因"]


def test_a_text_may_have_several_lines(shop: MemoryShop, tmp_path: Path) -> None:
    headings = ("openid", "kind", "key", "channel", "text")
    row = ("oFollower000001", "note", "1", "kefu", "您好：\n第一行\n第二行")

    assert run(shop, a_file(tmp_path, row, headings=headings)) == 0

    (push,) = planned(shop).values()
    assert push.content.body["text"]["content"] == "您好：\n第一行\n第二行"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_files_are_read_as_spreadsheets_write_them(shop: MemoryShop, tmp_path: Path, encoding: str) -> None:
    file = a_file(tmp_path, *(a_row(number) for number in range(3)), encoding=encoding)

    assert run(shop, file) == 0

    assert {push.content.data["thing2"] for push in planned(shop).values()} == {"草莓"}


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_be_separated_otherwise(shop: MemoryShop, tmp_path: Path, separator: str) -> None:
    file = a_file(tmp_path, a_row(1))
    file.write_text(file.read_text(encoding="utf-8").replace(",", separator), encoding="utf-8")

    assert run(shop, file) == 0

    assert len(planned(shop)) == 1


def test_one_damaged_row_does_not_make_the_file_another_encoding(shop: MemoryShop, tmp_path: Path) -> None:
    file = a_file(tmp_path, *(a_row(number) for number in range(30)))
    lines = file.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace("草莓".encode(), b"\xb2\xdd")
    file.write_bytes(b"".join(lines))

    assert run(shop, file) == 1

    assert len(planned(shop)) == 29
    assert [row["行号"] for row in rejects(file)] == ["6"]


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (("openid", "kind"), "第一行没有列 key"),
        (("openid", "kind", "key", "thing1"), "不认识列 thing1"),
        (("openid", "kind", "key", "data."), "不认识列 data."),
        (("openid", "kind", "key", "key"), "列 key 出现了两次"),
        (("openid", "kind", "key", "x"), "data.模板字段、miniprogram.appid、miniprogram.pagepath"),
        ((), "第一行没有列 openid、kind、key"),
    ],
)
def test_headings_that_are_not_ours_change_nothing(
    shop: MemoryShop, tmp_path: Path, headings: Cells, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, a_file(tmp_path, a_row(1), headings=headings)) == 1

    assert told in capsys.readouterr().err
    assert planned(shop) == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 and so on", "是 Excel 工作簿，不是 CSV"),
        (b"\xd0\xcf\x11\xe0 and so on", "是 Excel 工作簿，不是 CSV"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", "不是文字文件"),
        (b"", "是空的：第一行应当是列名"),
        (b" \r\n", "是空的：第一行应当是列名"),
    ],
)
def test_a_file_that_is_no_csv_is_said_to_be_what_it_is(
    shop: MemoryShop, tmp_path: Path, content: bytes, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(content)

    assert run(shop, file) == 1

    said = capsys.readouterr().err
    assert told in said
    assert "另存为" in said


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_progress_ends_with_all_rows_and_does_not_count_the_headings(
    shop: MemoryShop, tmp_path: Path, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = a_file(tmp_path, *(a_row(number) for number in range(60)))
    file.write_text(file.read_text(encoding="utf-8").rstrip() + end, encoding="utf-8")

    run(shop, file)

    *_, last = capsys.readouterr().err.splitlines()
    assert last.split("　")[:2] == ["█" * 24 + " 100%", "60 行"]


def test_a_bad_time_is_told_with_how_it_may_be_written(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shop, a_file(tmp_path, [*a_row(1), "明天"], headings=(*HEADINGS, "not_before")))

    assert "not_before：应当是时间，如 2026-11-11 20:00（北京时间）或 " in capsys.readouterr().out


def test_a_customer_service_row_needs_a_text(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headings = ("openid", "kind", "key", "channel", "text")

    run(shop, a_file(tmp_path, ("oFollower1", "order.shipped", "1", "kefu", ""), headings=headings))

    assert "text：必须填写要说的话\n" in capsys.readouterr().out


def cells_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_what_is_rejected_stands_in_its_file_as_it_stood_however_often(shop: MemoryShop, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    rows = (
        "oFollower000001,order.shipped,0012,order-shipped,1,草莓,两盒,18:00",
        "oFollower000002,Order,'0012,order-shipped,1,''0012, 18:00",
        'oFollower000003,order.shipped,1,"草莓',
    )
    file.write_text("\n".join((",".join(HEADINGS), *rows)), encoding="utf-8")

    run(shop, file)
    once = file.with_name("orders.rejected.csv")
    run(shop, once)

    headings, shifted, spoilt, broken = cells_of(once)
    assert headings == ["行号", "拒绝原因", *HEADINGS]
    assert shifted[2:] == ["oFollower000001", "order.shipped", "'0012", TEMPLATE, "1", "草莓", "两盒", "18:00"]
    assert spoilt[2:] == ["oFollower000002", "Order", "'0012", TEMPLATE, "1", "''0012", " 18:00"]
    assert broken[2:] == [*[""] * len(HEADINGS), rows[2]]
    again = cells_of(once.with_name("orders.rejected.rejected.csv"))
    assert [row[2:] for row in again] == [row[2:] for row in (headings, shifted, spoilt, broken)]
    assert planned(shop) == {}


def test_a_file_that_is_not_there_is_named(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, tmp_path / "nothing.csv") == 1
    assert "nothing.csv" in capsys.readouterr().err


def test_an_import_that_is_cut_off_goes_on_where_it_was(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = 40 * CHUNK
    file = a_file(tmp_path, a_row(0, kind=""), *(a_row(number) for number in range(1, rows)))
    shop.world.faults.interrupt(lambda: shop.world.faults.shares.update({Fault.UNREACHED: 1.0}), skip=rows // 2)

    assert run(shop, file) == 3
    (kept,) = tmp_path.glob("*.progress.json")
    line = json.loads(kept.read_text(encoding="utf-8"))["line"]
    shop.world.faults.stop()
    assert run(shop, file) == 1

    assert 0 < line < rows
    assert len(planned(shop)) == rows - 1
    said = capsys.readouterr().out
    assert f"接着上次的，从第 {line + 1:,} 行开始。" in said
    assert len(rejects(file)) == 1
    assert not list(tmp_path.glob("*.progress.json"))


def test_a_file_that_was_changed_meanwhile_is_read_from_its_beginning(shop: MemoryShop, tmp_path: Path) -> None:
    file = a_file(tmp_path, a_row(1))
    state = push_import.State.of(push_csv.opened(file), "shop")
    state.add([push_import.Result(row, "planned") for row in push_csv.opened(file).rows()])
    assert push_import.State.of(push_csv.opened(file), "shop").line == 2

    a_file(tmp_path, a_row(2))

    assert push_import.State.of(push_csv.opened(file), "shop").line == 0
    assert push_import.State.of(push_csv.opened(file), "other").line == 0


def test_a_progress_file_that_is_damaged_is_no_hindrance(shop: MemoryShop, tmp_path: Path) -> None:
    file = a_file(tmp_path, a_row(1))
    file.with_name("orders.csv.shop.progress.json").write_text("{", encoding="utf-8")

    assert run(shop, file) == 0


def test_ctrl_c_leaves_what_is_done_and_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = a_file(tmp_path, *(a_row(number) for number in range(20 * CHUNK)))
    sheet = push_csv.opened(file)
    state = push_import.State.of(sheet, "shop")
    asked = Counter[str]()

    def ask(events: Sequence[object]) -> Sequence[Asked]:
        asked["chunks"] += 1
        if asked["chunks"] == 10:
            raise KeyboardInterrupt
        return [Asked("planned", "5e") for _ in events]

    code = ops_push_import.carry_out(sheet, state, ask)

    assert code == ops_push_import.INTERRUPTED
    assert "再运行同一条命令" in capsys.readouterr().out
    assert push_import.State.of(sheet, "shop").counts["planned"] < 10 * CHUNK
    assert asked["chunks"] <= 10 + 2 * WORKERS
