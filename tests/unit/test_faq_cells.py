"""How texts stand in a cell."""

import pytest

from infra import faq_cells


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86 138", "'+86 138"),
        ("-减 12 元", "'-减 12 元"),
        ("@店长", "'@店长"),
        ("＝SUM(A1)", "'＝SUM(A1)"),
        ("0571", "'0571"),
        ("6222021234567890123", "'6222021234567890123"),
        ("'=1", "''=1"),
        ("-2", "-2"),
        ("12", "12"),
        ("0.5 折", "0.5 折"),
        ("满39-12", "满39-12"),
        ("'是引号'", "'是引号'"),
        ("", ""),
    ],
)
def test_an_apostrophe_stands_only_where_a_spreadsheet_would_spoil_the_text(text: str, written: str) -> None:
    assert faq_cells.guarded(text) == written
    assert faq_cells.unguarded(written) == text


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("几点开门\n 几点关门 \n\n营业吗", ("几点开门", "几点关门", "营业吗")),
        ('"一行\\n又一行"', ("一行\n又一行",)),
        ('"新人"礼\n"新人', ('"新人"礼', '"新人')),
        ('"新人"', ("新人",)),
        (r"\d+号", (r"\d+号",)),
        ("", ()),
    ],
)
def test_a_list_has_one_text_a_line(cell: str, texts: tuple[str, ...]) -> None:
    assert faq_cells.split(cell) == texts


@pytest.mark.parametrize("texts", [("",), ('"', '""', '"a"'), ("a\nb", "c"), ("甲", "", "乙"), ("null", "[1]", "1")])
def test_any_list_comes_back_as_it_was(texts: tuple[str, ...]) -> None:
    assert faq_cells.split(faq_cells.joined(texts)) == texts
