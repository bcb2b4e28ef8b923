"""What operators see when they move an FAQ in and out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from chalicelib.faq import publishing
from chalicelib.store import account as accounts
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.release import Keyword, Release
from chalicelib.store.table import Table
from infra import faq_file, faq_formats, ops, ops_faq_files
from tests.builders import a_release, an_entry
from tests.support.tables import memory_table

HEAD = "编号,标题,回答,等于\n"
HOURS = "hours,几点开门？,每天 7:00–22:00 营业,几点开门\n"
BAD = "parking,可以停车吗？,,停车\n"
RULES = (
    '{"is_autoreply_open": 1, "keyword_autoreply_info": {"list": [{"rule_name": "地址", "reply_mode": "random_one",'
    '"keyword_list_info": [{"type": "text", "match_mode": "equal", "content": "地址"}],'
    '"reply_list_info": [{"type": "img", "content": "MEDIA-1"}]}]}}'
)


@pytest.fixture
def table() -> Iterator[DynamoTable]:
    with memory_table() as opened:
        yield opened


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A good table, as a spreadsheet saved it."""
    return a_file(tmp_path / "问答.csv", HEAD + HOURS)


def a_file(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def run(table: Table, *arguments: object) -> int:
    return ops.main([str(one) for one in arguments], open_table=lambda: table)


def no_table() -> Table:
    raise AssertionError("this command needs no table")


def answering(table: Table) -> int:
    return accounts.find(table, "demo").release


def test_a_table_becomes_a_draft_that_can_be_published(
    table: Table, sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = sheet.with_suffix(".yaml")

    codes = [
        run(table, "faq", "import", sheet),
        run(table, "faq", "check", draft),
        run(table, "faq", "publish", draft, "--account", "demo"),
    ]

    assert codes == [0, 0, 0]
    assert answering(table) == 1
    assert capsys.readouterr().out.startswith(f"已写入草稿 {draft}：1 个条目，0 个渠道。\n")
    assert faq_file.read(draft).entries[0].keywords == (Keyword("exact", "几点开门"),)


def test_good_rows_are_written_though_others_are_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = a_file(tmp_path / "问答.csv", HEAD + BAD + HOURS)
    into = tmp_path / "草稿.yaml"

    code = ops.main(["faq", "import", str(sheet), "--into", str(into)], open_table=no_table)

    said = capsys.readouterr()
    assert code == 1
    assert [entry.entry_id for entry in faq_file.read(into).entries] == ["hours"]
    assert said.err == "第 2 行：answer 是空的\n"
    assert said.out == f"已写入草稿 {into}：1 个条目，0 个渠道；另有 1 处没有读入，见上面的说明。\n"


def test_a_strict_import_writes_nothing_when_a_row_is_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = a_file(tmp_path / "问答.csv", HEAD + BAD + HOURS)

    code = ops.main(["faq", "import", str(sheet), "--strict"], open_table=no_table)

    assert code == 1
    assert list(tmp_path.iterdir()) == [sheet]
    assert capsys.readouterr().err == "没有改动任何内容：\n第 2 行：answer 是空的\n"


def test_a_table_of_nothing_but_bad_rows_becomes_no_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = a_file(tmp_path / "问答.csv", HEAD + BAD)

    code = ops.main(["faq", "import", str(sheet)], open_table=no_table)

    assert code == 1
    assert list(tmp_path.iterdir()) == [sheet]
    assert capsys.readouterr().err == "没有改动任何内容：\n没有读到任何可用的内容\n第 2 行：answer 是空的\n"


def test_a_draft_that_is_there_is_not_written_over(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = a_file(sheet.with_suffix(".yaml"), "# 我自己的\n")

    code = ops.main(["faq", "import", str(sheet)], open_table=no_table)

    assert code == 1
    assert draft.read_text(encoding="utf-8") == "# 我自己的\n"
    assert "已经有了；要覆盖它，请加上 --force" in capsys.readouterr().err


def test_a_draft_is_written_over_when_that_is_wanted(sheet: Path) -> None:
    draft = a_file(sheet.with_suffix(".yaml"), "# 旧的\n")

    code = ops.main(["faq", "import", str(sheet), "--force"], open_table=no_table)

    assert code == 0
    assert len(faq_file.read(draft).entries) == 1


def test_a_draft_with_mistakes_is_read_too_and_keeps_its_good_entries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = a_file(
        tmp_path / "旧.yaml",
        "channels:\n  - {scene: a, name: 甲}\n  - {scene: a, name: 乙}\nentries:\n"
        "  - {id: a, titel: 甲, answer: 好}\n  - {id: b, title: 乙}\n  - {id: c, title: 丙, answer: 好}\n"
        "  - {id: c, title: 又是丙, answer: 好}\n",
    )

    code = ops.main(["faq", "import", str(old), "--into", str(tmp_path / "新.yml")], open_table=no_table)

    assert code == 1
    assert [entry.title for entry in faq_file.read(tmp_path / "新.yml").entries] == ["丙"]
    first, *others = capsys.readouterr().err.splitlines()
    assert first.startswith("第 5 行：不认识的 titel")
    assert others == ["渠道 a scene：重复", "条目 b：answer 是空的", "条目 c id：重复"]


def test_rules_of_the_console_become_a_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = a_file(tmp_path / "规则.json", RULES)

    code = ops.main(["faq", "import", str(rules)], open_table=no_table)

    assert code == 0
    assert faq_file.read(tmp_path / "规则.yaml").entries[0].title == "地址"
    assert "三天后失效" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["问答.csv", "问答.xlsx", "规则.json"])
def test_every_format_can_be_published_directly(
    table: Table, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    if name.endswith("json"):
        a_file(file, RULES)
    else:
        faq_formats.write(file, a_release())

    code = run(table, "faq", "publish", file, "--account", "demo")

    assert code == 0
    assert answering(table) == 1
    assert ("三天后失效" in capsys.readouterr().err) == name.endswith("json")


def test_a_table_with_a_bad_row_is_not_published(
    table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = a_file(tmp_path / "问答.csv", HEAD + BAD + HOURS)

    code = run(table, "faq", "publish", sheet, "--account", "demo")

    assert code == 1
    assert answering(table) == 0
    assert capsys.readouterr().err == "没有改动任何内容：\n第 2 行：answer 是空的\n"


def test_more_entries_than_a_release_may_have_become_a_draft_that_says_so(
    table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"e{n},标题{n},{'长' * 680},\n" for n in range(faq_file.MOST_ENTRIES + 500))
    sheet = a_file(tmp_path / "问答.csv", HEAD + rows)

    codes = [run(table, "faq", "publish", sheet, "--account", "demo"), run(table, "faq", "import", sheet)]

    said = capsys.readouterr().err
    assert codes == [1, 0]
    assert "有 2500 个条目，一个版本最多 2000 个" in said
    assert "发布前还要改：一个版本最多 2000 个条目" in said
    assert "发布前还要改：草稿超过 5 MB" in said


@pytest.mark.parametrize("ending", ["csv", "xlsx", "yaml", "yml"])
def test_the_published_release_is_exported(
    table: Table, ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publishing.publish(table, "demo", a_release(an_entry(), an_entry("address", title="门店在哪里？", questions=())))
    file = tmp_path / f"青禾.{ending}"

    code = run(table, "faq", "export", "--account", "demo", file)

    assert code == 0
    assert [entry.title for entry in faq_formats.read(file).release.entries] == ["营业时间是几点？", "门店在哪里？"]
    assert capsys.readouterr().out == f"已把版本 1 写入 {file}：2 个条目，0 个渠道。\n"


def test_an_earlier_version_can_be_exported(table: Table, tmp_path: Path) -> None:
    for welcome in ("旧的欢迎", "新的欢迎"):
        publishing.publish(table, "demo", a_release(welcome=welcome))

    code = run(table, "faq", "export", "--account", "demo", "--version", 1, tmp_path / "旧.yaml")

    assert code == 0
    assert faq_file.read(tmp_path / "旧.yaml").welcome == "旧的欢迎"


@pytest.mark.parametrize(
    ("version", "told"), [([], "还没有发布过任何版本"), (["--version", "7"], "版本 7 不存在或不完整，不能导出")]
)
def test_what_was_never_published_cannot_be_exported(
    table: Table, version: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(table, "faq", "export", "--account", "demo", *version, tmp_path / "faq.csv")

    assert code == 1
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_cannot_be_written_leaves_nothing_behind(
    table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publishing.publish(table, "demo", a_release(words={"long": "长" * 40_000}))
    kept = a_file(tmp_path / "faq.csv", "以前的")

    codes = [
        run(table, "faq", "export", "--account", "demo", "--force", kept),
        run(table, "faq", "export", "--account", "demo", tmp_path / "nowhere" / "faq.csv"),
    ]

    assert codes == [1, 1]
    assert list(tmp_path.iterdir()) == [kept]
    assert kept.read_text(encoding="utf-8") == "以前的"
    assert "写不了文件" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["import"], ["publish", "--account", "demo"], ["check"]])
def test_a_file_that_is_not_there_or_of_another_kind_is_told(
    table: Table, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("nowhere.csv", "nowhere.xlsx", "nowhere.json", "nowhere.yaml", "faq.docx")

    codes = [run(table, "faq", *command, tmp_path / name) for name in names]

    said = capsys.readouterr().err
    assert codes == [1] * len(names)
    assert said.count("读不到文件") == 4
    assert "faq.docx：不认识这种文件，文件名应当以 .csv、.tsv、.txt、.xlsx" in said


def test_a_draft_reads_well(tmp_path: Path) -> None:
    draft = tmp_path / "草稿.yaml"
    faq_formats.write(draft, a_release(an_entry(answer="第一行 \N{SEEDLING}\n第二行"), service_from="08:30"))

    text = draft.read_text(encoding="utf-8")

    assert text == (
        "# 检查：python -m infra.ops faq check 这个文件\n"
        "welcome: 欢迎关注！\n"
        "service:\n  from: 08:30\n  until: '21:00'\n"
        "entries:\n\n"
        "- id: hours\n  title: 营业时间是几点？\n"
        "  answer: |-\n    第一行 \N{SEEDLING}\n    第二行\n"
        "  questions: [你们几点开门]\n"
    )
    assert yaml.safe_load(text)["entries"][0]["id"] == "hours"


def test_a_release_of_nothing_is_a_draft_too(tmp_path: Path) -> None:
    draft = tmp_path / "草稿.yaml"
    faq_formats.write(draft, Release(version=0, welcome="\u2028你好"))

    assert ops_faq_files.whole(draft) == Release(version=0, welcome="\u2028你好".strip())
