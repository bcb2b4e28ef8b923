"""What an operator's CSV becomes, and what is told of each row that cannot be read."""

import codecs
from pathlib import Path

import pytest

from chalicelib.errors import BadContent
from chalicelib.store.release import Answer, Channel, Keyword, Release
from infra import faq_formats, faq_sheet
from infra.faq_draft import Draft

HEAD = "编号,标题,回答,包含,优先级\n"
HOURS = "hours,几点开门？,每天 7:00–22:00 营业,几点开门,\n"
PARKING = "parking,可以停车吗？,店门口有 6 个车位,停车,2\n"
GOOD = HEAD + HOURS + PARKING
RICH = """类型,编号,标题,回答,渠道,图片,封面,链接,开始时间,结束时间,开始日期,等于
人工时间,,,,,,,,8:30,21:30:00,,
欢迎语,,,你好呀，欢迎来到青禾生鲜,,,,,,,,
渠道,flyer-03,社区传单,您好，邻居！,,,,,,,,
用词,shop,,青禾生鲜,,,,,,,,
,box,中秋礼盒怎么订？,到{shop}来订,,,,,22:00,2:00,2026/8/1,"礼盒
中秋"
文字回答,box,,传单上的邻居减 12 元,flyer-03,,,,,,,
图片回答,box,,,,MEDIA-1,,,,,,
图文回答,box,六款礼盒,每盒都有试吃,,,https://example.com/a.png,https://example.com/box,,,,
"""


def draft(tmp_path: Path, content: str | bytes, *, name: str = "问答.csv") -> Draft:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return faq_formats.read(file)


def ids(read: Draft) -> list[str]:
    return [entry.entry_id for entry in read.release.entries]


def flaws(read: Draft) -> list[str]:
    return list(map(str, read.flaws))


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode("gb18030"),
        b"\x84\x31\x95\x33"
        + GOOD.replace("–", "至").encode("gb18030").replace("至".encode("gb18030"), "–".encode("gb18030")),
        codecs.BOM_UTF16_LE + GOOD.replace(",", "\t").encode("utf-16-le"),
        codecs.BOM_UTF16_BE + GOOD.replace(",", "\t").encode("utf-16-be"),
        GOOD.replace(",", "\t").encode("utf-16-le"),
        "编号".encode("utf-16-be") + GOOD.removeprefix("编号").encode("utf-16-be"),
        GOOD.replace(",", ";").encode(),
        ("\n" + GOOD.replace("编号,标题", "id,标题 title")).encode(),
    ],
    ids=[
        "utf-8",
        "utf-8 mark",
        "gb18030",
        "gb18030 mark",
        "utf-16",
        "utf-16 be",
        "utf-16 bare",
        "be bare",
        ";",
        "names",
    ],
)
def test_a_table_is_read_in_whatever_encoding_it_was_saved(content: bytes, tmp_path: Path) -> None:
    read = draft(tmp_path, content)

    first, second = read.release.entries
    assert (first.title, first.answer, first.keywords) == (
        "几点开门？", "每天 7:00–22:00 营业", (Keyword("contains", "几点开门"),),
    )  # fmt: skip
    assert second.priority == 2
    assert (read.flaws, read.notes) == ((), ())


def test_every_kind_of_row_has_its_place(tmp_path: Path) -> None:
    read = draft(tmp_path, RICH)

    (entry,) = read.release.entries
    assert flaws(read) == []
    assert read.release.channels == (Channel("flyer-03", "社区传单", "您好，邻居！"),)
    assert (read.release.welcome, read.release.words) == ("你好呀，欢迎来到青禾生鲜", {"shop": "青禾生鲜"})
    assert (read.release.service_from, read.release.service_until) == ("08:30", "21:30")
    assert entry.keywords == (Keyword("exact", "礼盒"), Keyword("exact", "中秋"))
    assert entry.conditions.valid_from == "2026-08-01"
    assert (entry.conditions.hours_from, entry.conditions.hours_until) == ("22:00", "02:00")
    assert entry.answers == (
        Answer(text="传单上的邻居减 12 元", channel="flyer-03"),
        Answer("image", media_id="MEDIA-1"),
        Answer(
            "article",
            title="六款礼盒",
            description="每盒都有试吃",
            picture_url="https://example.com/a.png",
            url="https://example.com/box",
        ),
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",没有编号,好,,", "第 2 行 编号 id：是空的"),
        ("a,,好,,", "第 2 行 标题 title：是空的"),
        ("a,甲,,,", "第 2 行：answer 是空的"),
        ("a,甲,好,,高", "第 2 行 优先级 priority：应当是整数，写的是“高”"),
        ("a b,甲,好,,", "第 2 行：id 只能用字母、数字、- 和 _，1 到 64 个"),
        ("a,甲,好,停,", "第 2 行：contains 里的“停”只有一个字"),
        ("a,甲,好{points},,", "第 2 行 answer：不认识 {points}"),
        ("a,甲," + "长" * 683 + ",,", "第 2 行 answer：有 2049 字节"),
        ("a,甲,坏\x00的,,", "第 2 行 回答 answer：有不能显示的字符"),
        ("a,甲,坏\x07的,,", "第 2 行 回答 answer：有不能显示的字符"),
        ("a,甲,好,,,还有", "第 2 行 第 6 格：有内容，却没有列名"),
        ('a,甲,"没有写完,,', "第 2 行：引号没有配对"),
        ('a,甲,"说"好",,', "第 2 行：引号没有配对"),
        ('a,甲,好,"' + "\n".join(f"关键词{n}" for n in range(201)) + '",', "第 2 行 包含 contains：最多 200 个"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_good_ones_are_kept(row: str, told: str, tmp_path: Path) -> None:
    read = draft(tmp_path, f"{HEAD}{row}\n{HOURS}{PARKING}")

    (flaw,) = flaws(read)
    assert flaw.startswith(told)
    assert ids(read) == ["hours", "parking"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("促销,a,甲,好,,,,,,,,", "第 2 行 类型 kind：没有“促销”这一类，可以写 条目、文字回答"),
        ("渠道,a,甲,好,,,,,,,,积分", "第 2 行 等于 exact：类型是“渠道”的行不用这一列"),
        ("欢迎语,,,再次欢迎,,,,,,,,", "第 4 行：欢迎语 重复，第 2 行已经写了；只读入了那一行"),
        ("渠道,flyer-03,传单,,,,,,,,,", "第 5 行：渠道 flyer-03 重复，第 2 行已经写了"),
        ("渠道,x,门店," + "长" * 683 + ",,,,,,,,", "第 2 行：有 2049 字节"),
        ("人工时间,,,,,,,,九点,21:00,,", "第 2 行：“九点”不是 HH:MM"),
        ("用词,店名,,青禾,,,,,,,,", "第 2 行：“店名”应当由小写字母"),
        ("文字回答,none,,好,,,,,,,,", "第 2 行 编号 id：没有读入编号为“none”的条目"),
        ("文字回答,box,,好,nowhere,,,,,,,", "第 2 行：渠道 nowhere 不在 channels 里"),
        ("图文回答,box,甲,,,,,javascript:1,,,,", "第 2 行：图文的 url 应当以"),
        (",a,甲,好,,,,,09:00,,,", "第 2 行 结束时间 hours_until：是空的；写了 开始时间 就要写它"),
        (",a,甲,好,,,,,,,2026/2/30,", "第 2 行 valid_from：“2026/2/30”不是 YYYY-MM-DD"),
        (",a,甲,好,,,,,,,明天,", "第 2 行 valid_from：“明天”不是 YYYY-MM-DD"),
    ],
)
def test_a_row_of_another_kind_is_judged_by_its_own_rules(row: str, told: str, tmp_path: Path) -> None:
    head, _, rest = RICH.partition("\n")

    read = draft(tmp_path, f"{head}\n{row}\n{rest}")

    assert any(flaw.startswith(told) for flaw in flaws(read)), flaws(read)
    assert ids(read) == ["box"]
    assert len(read.release.entries[0].answers) == 3


def test_whether_to_hand_over_is_yes_or_no(tmp_path: Path) -> None:
    read = draft(tmp_path, "编号,标题,转人工\na,转人工,是\nb,乙,也许\n")

    assert [entry.human for entry in read.release.entries] == [True]
    assert flaws(read) == ["第 3 行 转人工 human：应当是 是 或 否，写的是“也许”"]


def test_the_same_id_twice_names_both_lines(tmp_path: Path) -> None:
    read = draft(tmp_path, GOOD + "hours,晚上几点关门？,22:00,,\n")

    assert flaws(read) == ["第 4 行 编号 id：“hours”重复，第 2 行已经用了它；只读入了那一行"]
    assert ids(read) == ["hours", "parking"]


def test_flaws_are_told_in_the_order_of_their_rows(tmp_path: Path) -> None:
    read = draft(tmp_path, HEAD + "a,甲,,,\nb,,好,,\nc d,丙,好,,\n" + HOURS)

    assert [flaw.partition(" 行")[0] for flaw in flaws(read)] == ["第 2", "第 3", "第 4"]


def test_a_quote_that_is_never_closed_loses_one_row_only(tmp_path: Path) -> None:
    read = draft(tmp_path, f'{HEAD}a,甲,"没有写完,,\n{HOURS}b,乙,"第一行\n第二行",,\n{PARKING}')

    assert flaws(read) == ["第 2 行：引号没有配对，或者格子太长"]
    assert ids(read) == ["hours", "b", "parking"]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    read = draft(tmp_path, f'{HEAD}b,乙,"第一行\n第二行",,\n\na,甲,,,\n{HOURS}')

    assert flaws(read) == ["第 4 行（文本里的第 5 行）：answer 是空的"]


def test_a_formula_that_was_written_as_text_stays_text(tmp_path: Path) -> None:
    read = draft(tmp_path, HEAD + "a,'=1+1,'0571,'是引号',\n")

    (entry,) = read.release.entries
    assert (entry.title, entry.answer, entry.keywords) == ("=1+1", "0571", (Keyword("contains", "'是引号'"),))


def test_what_we_write_is_no_formula_to_a_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "faq.csv"
    faq_formats.write(file, Release(0, welcome='=cmd|"/C calc"!A0', words={"phone": "0571"}))

    written = file.read_text(encoding="utf-8-sig")

    assert "'=cmd" in written
    assert ",'0571," in written


def test_unknown_columns_are_named_and_the_others_read(tmp_path: Path) -> None:
    read = draft(tmp_path, "编号,备注,标题,回答,回达\na,问过店长,甲,好,\n")

    assert [flaw.partition("，")[0] for flaw in flaws(read)] == [
        "第 1 行 备注：不认识这一列",
        "第 1 行 回达：不认识这一列",
    ]
    assert ids(read) == ["a"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "问答.csv：里面是空的"),
        (b"\n\n,,\n", "问答.csv：里面是空的"),
        (HEAD.encode(), "问答.csv：只有列名，没有内容"),
        ("问题,说明\n甲,乙\n".encode(), "第一行应当是列名，可以用的有 类型、编号"),
        ("回答\n好\n".encode(), "缺少列 编号 id、标题 title"),
        ("编号,标题,id\na,甲,b\n".encode(), "列 编号 id 有两个"),
        ('"编号,标题\n'.encode(), "第 1 行：引号没有配对"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "第一行应当是列名"),
    ],
)
def test_a_table_of_which_nothing_can_be_read_is_told_why(content: bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(BadContent) as refused:
        draft(tmp_path, content)

    assert told in str(refused.value)


def test_damaged_bytes_cost_their_row_only(tmp_path: Path) -> None:
    read = draft(tmp_path, GOOD.encode().replace("每天".encode(), "每".encode() + b"\xe5\xa4"))

    assert flaws(read) == ["第 2 行 回答 answer：有不能显示的字符，或者编码是坏的"]
    assert ids(read) == ["parking"]


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"e{number},标题{number},好,,\n" for number in range(faq_sheet.MOST_ROWS + 1))

    with pytest.raises(BadContent, match="超过 20,000 行"):
        draft(tmp_path, HEAD + rows)


def test_a_file_that_is_far_too_large_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as huge:
        huge.truncate(20_000_001)

    with pytest.raises(BadContent, match="超过 20 MB"):
        faq_formats.read(file)


def test_two_entries_for_the_same_message_are_both_kept_and_told(tmp_path: Path) -> None:
    read = draft(tmp_path, "编号,标题,回答,等于\na,甲,好,积分\nb,乙,好,积分\n")

    assert ids(read) == ["a", "b"]
    assert read.notes == ("发布前还要改：条目 a、b：都由“积分”触发，请只留一个，或给它们不同的 priority",)


@pytest.mark.parametrize(
    ("release", "told"),
    [
        (Release(0, welcome="\x85"), "欢迎语  的 回答 answer 里有表格不能保存的字符，请导出为 YAML"),
        (Release(0, words={"long": "长" * 32_768}), "用词 long 的 回答 answer 超过一个格子能放的 32,767 个字"),
    ],
)
def test_what_no_cell_can_hold_is_refused_and_not_cut(release: Release, told: str, tmp_path: Path) -> None:
    with pytest.raises(BadContent, match=told):
        faq_formats.write(tmp_path / "faq.csv", release)
