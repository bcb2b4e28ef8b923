"""What an operator's workbook becomes, and what is told of cells that are no plain text."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from chalicelib.errors import BadContent
from chalicelib.store.release import Keyword, Release
from infra import faq_archive, faq_columns, faq_formats, faq_sheet
from infra.faq_draft import Draft

HEAD = ("编号", "标题", "回答", "等于")
HOURS = ("hours", "几点开门？", "每天 7:00–22:00 营业", "几点开门")
PARKING = ("parking", "可以停车吗？", "店门口有 6 个车位", "停车")
SHEET = "xl/worksheets/sheet1.xml"


def a_book(*rows: Sequence[Any]) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "常见问题"
    for row in rows:
        sheet.append(list(row))
    return book


def saved(book: Workbook, tmp_path: Path) -> Path:
    file = tmp_path / "问答.xlsx"
    book.save(file)
    return file


def draft(book: Workbook, tmp_path: Path) -> Draft:
    return faq_formats.read(saved(book, tmp_path))


def rewritten(file: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with a part changed, as another program might have written it."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    return packed(file, parts)


def packed(file: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def ids(read: Draft) -> list[str]:
    return [entry.entry_id for entry in read.release.entries]


def flaws(read: Draft) -> list[str]:
    return list(map(str, read.flaws))


def test_a_workbook_is_read(tmp_path: Path) -> None:
    read = draft(a_book(HEAD, HOURS, (), PARKING), tmp_path)

    assert ids(read) == ["hours", "parking"]
    assert read.release.entries[1].keywords == (Keyword("exact", "停车"),)
    assert flaws(read) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (18, "18"),
        (18.0, "18"),
        (0.5, "0.5"),
        (True, "true"),
        (date(2026, 8, 1), "2026-08-01"),
        (datetime.fromisoformat("2026-08-01 09:30"), "2026-08-01 09:30:00"),
        (time(9, 30), "09:30"),
        (timedelta(hours=26), "26:00"),
        ("一行_x000D_\n又一行", "一行\n又一行"),
    ],
)
def test_a_value_is_read_as_a_person_would_write_it(value: object, text: str, tmp_path: Path) -> None:
    read = draft(a_book(HEAD, ("a", "甲", value)), tmp_path)

    assert read.release.entries[0].answer == text


def test_a_whole_number_has_no_point_however_it_was_stored(tmp_path: Path) -> None:
    file = saved(a_book(HEAD, ("a", "甲", 18)), tmp_path)
    rewritten(file, SHEET, b"<v>18</v>", b"<v>1.8E1</v>")

    assert faq_formats.read(file).release.entries[0].answer == "18"


def test_a_date_cell_is_a_day_and_a_time_cell_a_clock_time(tmp_path: Path) -> None:
    head = ("编号", "标题", "回答", "开始日期", "开始时间", "结束时间")

    read = draft(a_book(head, ("a", "甲", "好", date(2026, 8, 1), time(9, 0), time(21, 0))), tmp_path)

    conditions = read.release.entries[0].conditions
    assert (conditions.valid_from, conditions.hours_from, conditions.hours_until) == ("2026-08-01", "09:00", "21:00")


def test_a_formula_is_a_bad_row_that_names_its_cell(tmp_path: Path) -> None:
    read = draft(a_book(HEAD, ("a", "甲", "=B2&C2"), HOURS), tmp_path)

    assert flaws(read) == ["“常见问题”第 2 行：单元格 C2 是公式，请改成文字"]
    assert ids(read) == ["hours"]


def test_a_formula_whose_value_is_known_is_a_bad_row_too(tmp_path: Path) -> None:
    file = saved(a_book(HEAD, ("a", "甲", "=1+1"), HOURS), tmp_path)
    rewritten(file, SHEET, b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")

    read = faq_formats.read(file)

    assert flaws(read) == ["“常见问题”第 2 行：单元格 C2 是公式，请改成文字"]


def test_an_error_in_a_cell_is_told(tmp_path: Path) -> None:
    read = draft(a_book(HEAD, ("a", "甲", "#N/A"), HOURS), tmp_path)

    assert flaws(read) == ["“常见问题”第 2 行：单元格 C2 是错误值 #N/A，请改成文字"]


def test_rows_that_share_merged_cells_are_told_and_the_others_kept(tmp_path: Path) -> None:
    book = a_book(HEAD, ("a", "甲", "好"), ("b", "乙", None), HOURS)
    book.worksheets[0].merge_cells("C2:C3")

    read = draft(book, tmp_path)

    assert flaws(read) == [
        "“常见问题”第 2 行：C2:C3 是合并的单元格，请取消合并，每一格都写上内容",
        "“常见问题”第 3 行：C2:C3 是合并的单元格，请取消合并，每一格都写上内容",
    ]
    assert ids(read) == ["hours"]


def test_merged_cells_are_found_wherever_the_file_is_cut_into_pieces(tmp_path: Path) -> None:
    book = a_book(HEAD, HOURS, *((f"e{n}", f"标题{n}", "长" * 400) for n in range(1500)))
    book.worksheets[0].merge_cells("C2:C3")
    for row in range(5, 1400, 2):
        book.worksheets[0].merge_cells(start_row=row, end_row=row, start_column=3, end_column=4)

    read = draft(book, tmp_path)

    assert len(read.flaws) == 2 + 698


def test_a_sheet_that_lies_about_its_size_loses_no_row(tmp_path: Path) -> None:
    file = saved(a_book(HEAD, HOURS, PARKING), tmp_path)
    rewritten(file, SHEET, b'ref="A1:D3"', b'ref="A1:A1"')

    assert ids(faq_formats.read(file)) == ["hours", "parking"]


def test_every_sheet_is_read_and_one_that_is_something_else_is_told(tmp_path: Path) -> None:
    book = a_book(HEAD, HOURS)
    book.create_sheet("空的")
    book.create_sheet("活动").append(HEAD)
    book["活动"].append(PARKING)
    book["活动"].append(("hours", "又一个", "好"))
    book.create_sheet("说明").append(("请联系店长",))

    read = draft(book, tmp_path)

    assert ids(read) == ["hours", "parking"]
    assert [flaw.split("；")[0] for flaw in flaws(read)] == [
        "“活动”第 3 行 编号 id：“hours”重复，“常见问题”第 2 行已经用了它",
        "工作表“说明”：没有读入：第一行应当是列名，可以用的有 " + faq_columns.usable(),
    ]


def test_cells_that_we_write_are_text_and_never_formulas(tmp_path: Path) -> None:
    file = tmp_path / "faq.xlsx"
    faq_formats.write(file, Release(0, welcome="=1+1", words={"phone": "0571", "quoted": "'=1"}))

    sheet = load_workbook(file).worksheets[0]

    written = [(cell.value, cell.data_type) for cell in sheet["D"][1:]]
    assert written[1:] == [("=1+1", "s"), ("0571", "s"), ("''=1", "s")]
    assert sheet["D3"].number_format == "@"


def test_a_workbook_without_content_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match=r"问答.xlsx：里面是空的"):
        draft(a_book(), tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "不是完整的 XLSX 文件"),
        (b"PK\x03\x04 and nothing more", "不是完整的 XLSX 文件"),
        (faq_archive.OLD_OR_ENCRYPTED + bytes(100), "文件有密码，或者是旧的 .xls 格式"),
    ],
)
def test_a_file_that_is_no_workbook_is_told(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "问答.xlsx"
    file.write_bytes(content)

    with pytest.raises(BadContent, match=told):
        faq_formats.read(file)


def test_a_workbook_that_was_cut_off_is_told(tmp_path: Path) -> None:
    file = saved(a_book(HEAD, HOURS), tmp_path)
    file.write_bytes(file.read_bytes()[:-200])

    with pytest.raises(BadContent, match="不是完整的 XLSX 文件"):
        faq_formats.read(file)


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/workbook.xml", SHEET])
def test_a_workbook_with_a_damaged_part_is_told(part: str, tmp_path: Path) -> None:
    file = saved(a_book(HEAD, HOURS), tmp_path)
    rewritten(file, part, b"</", b"<")

    with pytest.raises(BadContent, match="XLSX 文件"):
        faq_formats.read(file)


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/media/picture.bin"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(part: str, tmp_path: Path) -> None:
    file = saved(a_book(HEAD, HOURS), tmp_path)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    packed(file, parts | {part: bytes(faq_archive.MOST_UNPACKED)})

    assert file.stat().st_size < 1_000_000
    with pytest.raises(BadContent, match="解压后超过"):
        faq_formats.read(file)


@pytest.mark.parametrize(
    ("old", "tag", "times", "told"),
    [
        (b"</row>", b"<c/>", faq_archive.MOST_TAGS, "里面有超过 4,000,000 个标记"),
        (b"</sheetData>", b'<mergeCell ref="A1:B2"/>', faq_archive.MOST_MERGED + 1, "合并的单元格超过 10,000 处"),
    ],
)
def test_very_many_small_parts_of_a_sheet_are_refused_before_it_is_parsed(
    old: bytes, tag: bytes, times: int, told: str, tmp_path: Path
) -> None:
    file = saved(a_book(HEAD), tmp_path)
    rewritten(file, SHEET, old, tag * times + old)

    with pytest.raises(BadContent, match=told):
        faq_formats.read(file)


def test_an_archive_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    parts = {f"xl/media/{number}.png": b"" for number in range(faq_archive.MOST_PARTS + 1)}

    with pytest.raises(BadContent, match="解压后超过"):
        faq_formats.read(packed(tmp_path / "问答.xlsx", parts))


def test_an_endless_list_of_sheets_is_not_unfolded(tmp_path: Path) -> None:
    file = saved(a_book(HEAD, HOURS), tmp_path)
    rewritten(file, "xl/workbook.xml", b"</sheets>", b" " * faq_archive.MOST_LISTED + b"</sheets>")

    with pytest.raises(BadContent, match="不是完整的 XLSX 文件"):
        faq_formats.read(file)


def test_a_row_where_no_spreadsheet_has_one_is_refused_at_once(tmp_path: Path) -> None:
    file = saved(a_book(HEAD, HOURS), tmp_path)
    rewritten(file, SHEET, b'r="2"', b'r="99999999999"')

    with pytest.raises(BadContent, match="第 1,048,576 行以后"):
        faq_formats.read(file)


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("常见问题")
    sheet.append(HEAD)
    for number in range(faq_sheet.MOST_ROWS + 5):
        sheet.append((f"e{number}", "甲", "好"))

    with pytest.raises(BadContent, match="超过 20,000 行"):
        draft(book, tmp_path)


def test_a_workbook_that_is_far_too_large_is_not_even_opened(tmp_path: Path) -> None:
    file = tmp_path / "huge.xlsx"
    with file.open("wb") as huge:
        huge.truncate(faq_archive.MOST_BYTES + 1)

    with pytest.raises(BadContent, match="超过 20 MB"):
        faq_formats.read(file)


def test_nothing_that_a_damaged_byte_does_is_a_crash(tmp_path: Path) -> None:
    buffer = BytesIO()
    a_book(HEAD, HOURS, PARKING).save(buffer)
    whole = buffer.getvalue()
    file = tmp_path / "问答.xlsx"

    for place in range(0, len(whole), 37):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            faq_formats.read(file)
        except BadContent:
            continue
