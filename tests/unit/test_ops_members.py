"""What operators meet who tell the system what others know of members."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.store.member import Conversation, Member
from chalicelib.store.table import Table
from infra import member_facts, ops, push_import
from infra.local.memory.faults import Fault
from infra.local.memory.world import START
from tests.support.meddling import MeddledTable
from tests.unit.reactivation.silence import Silence

HEADINGS = ("openid", "points", "points_until")
Rows = Sequence[Sequence[object]]


@pytest.fixture
def silence() -> Silence:
    return Silence()


def a_file(path: Path, *rows: Sequence[object], headings: Sequence[str] = HEADINGS) -> Path:
    file = path / "points.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([headings, *rows])
    return file


def run(silence: Silence, file: Path, *, account: str = "shop", table: Callable[[], Table] | None = None) -> int:
    arguments = ["members", "facts", str(file), "--account", account]
    return ops.main(arguments, open_table=table or silence.world.table)


def rejects(file: Path) -> list[str]:
    with file.with_name("points.rejected.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [row["拒绝原因"] for row in csv.DictReader(lines)]


def test_what_others_know_is_written_onto_members_and_nothing_else_changes(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = silence.silent(3, facts={"level": "金卡"}, tags=("老客",))

    assert run(silence, a_file(tmp_path, (before.openid, 320, "2026-12-31"))) == 0

    facts = {"level": "金卡", "points": "320", "points_until": "2026-12-31"}
    assert silence.member(before.openid) == replace(before, facts=facts, version=before.version + 1)
    assert capsys.readouterr().out == "更新 1 位会员，0 位没有变化，拒绝 0 行。\n"


def test_an_empty_cell_takes_a_fact_away(silence: Silence, tmp_path: Path) -> None:
    member = silence.silent(3, facts={"points": "320", "points_until": "2026-12-31"})

    assert run(silence, a_file(tmp_path, (member.openid, "", "2027-12-31"))) == 0

    assert silence.member(member.openid).facts == {"points_until": "2027-12-31"}


def test_what_was_known_is_not_written_again(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    member = silence.silent(3)
    file = a_file(tmp_path, (member.openid, 320, ""))

    assert (run(silence, file), run(silence, file)) == (0, 0)

    assert silence.member(member.openid).version == member.version + 1
    assert "更新 0 位会员，1 位没有变化，拒绝 0 行。" in capsys.readouterr().out


def test_a_member_who_is_just_writing_loses_nothing_of_it(silence: Silence, tmp_path: Path) -> None:
    member = silence.silent(3)
    asked = Conversation("erasure", START + timedelta(minutes=10))

    def write() -> None:
        known = silence.member(member.openid)
        silence.commit(replace(known, conversation=asked, last_active_at=START).put())

    file = a_file(tmp_path, (member.openid, 320, ""))
    assert run(silence, file, table=lambda: MeddledTable(silence.world.table(), write)) == 0

    known = silence.member(member.openid)
    assert (known.facts, known.conversation, known.last_active_at) == ({"points": "320"}, asked, START)


def test_a_member_who_leaves_meanwhile_is_not_revived(silence: Silence, tmp_path: Path) -> None:
    member = silence.silent(3)
    file = a_file(tmp_path, (member.openid, 320, ""))

    def leave() -> None:
        silence.commit(silence.member(member.openid).delete())

    assert run(silence, file, table=lambda: MeddledTable(silence.world.table(), leave)) == 1

    assert silence.world.items("M#shop#") == []
    assert rejects(file) == ["不是已知的粉丝"]


def test_a_member_who_never_stops_writing_is_told(silence: Silence, tmp_path: Path) -> None:
    member = silence.silent(3)
    file = a_file(tmp_path, (member.openid, 320, ""))

    def write() -> None:
        silence.commit(silence.member(member.openid).put())

    meddlers = [write] * member_facts.TRIES
    assert run(silence, file, table=lambda: MeddledTable(silence.world.table(), *meddlers)) == 1

    assert rejects(file) == ["这位粉丝正在说话，请再导入一次"]


def test_bad_rows_are_told_and_no_good_one_is_lost(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = silence.silent(4, facts={f"fact_{letter}": "x" for letter in "abcdefghi"})
    good = silence.silent(3)
    rows = [("oStranger", 1, ""), ("", 2, ""), (good.openid, "9" * 65, ""), (full.openid, 3, "2026"), (good.openid, 4)]
    file = a_file(tmp_path, *rows)

    assert run(silence, file) == 1

    assert silence.member(good.openid).facts == {"points": "4"}
    assert rejects(file) == [
        "不是已知的粉丝",
        "没有 openid",
        "points 应当是最多 64 个字符的文字",
        "加上以前的超过 10 项",
    ]
    assert "第 2 行：不是已知的粉丝\n" in capsys.readouterr().out


def test_rejected_rows_can_be_mended_and_imported(silence: Silence, tmp_path: Path) -> None:
    member = silence.silent(3)
    file = a_file(tmp_path, ("oStranger", 7, ""))
    run(silence, file)
    mended = file.with_name("points.rejected.csv")
    mended.write_text(mended.read_text(encoding="utf-8-sig").replace("oStranger", member.openid), encoding="utf-8-sig")

    assert run(silence, mended) == 0

    assert silence.member(member.openid).facts == {"points": "7"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_files_are_read_as_spreadsheets_write_them(
    silence: Silence, tmp_path: Path, separator: str, encoding: str
) -> None:
    member = silence.silent(3)
    file = tmp_path / "points.csv"
    file.write_text(f"openid,level\n{member.openid},金卡\n".replace(",", separator), encoding=encoding)

    assert run(silence, file) == 0

    assert silence.member(member.openid).facts == {"level": "金卡"}


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (("points",), "第一行没有列 openid"),
        (("openid",), "openid 以外应当有 1–10 列"),
        (("openid", "points", "points"), "openid 以外应当有 1–10 列，每列一次"),
        (("openid", *(f"fact_{letter}" for letter in "abcdefghijk")), "openid 以外应当有 1–10 列"),
        (("openid", "积分"), "列名 积分 不能用"),
        (("openid", "p" * 25), "不能用：应当是 1–24 个小写字母或下划线"),
    ],
)
def test_headings_that_are_no_names_of_facts_are_refused(
    silence: Silence, tmp_path: Path, headings: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(silence, a_file(tmp_path, headings=headings)) == 1

    assert told in capsys.readouterr().err


def test_a_file_or_an_account_that_is_not_there_is_named(
    silence: Silence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(silence, tmp_path / "none.csv") == 1
    assert run(silence, a_file(tmp_path), account="nobody") == 1

    said = capsys.readouterr().err
    assert "读不了" in said
    assert "没有公众号 nobody" in said


def test_an_import_goes_on_where_it_was_stopped(silence: Silence, tmp_path: Path) -> None:
    members: list[Member] = [silence.silent(3, number=number) for number in range(60)]
    file = a_file(tmp_path, *((member.openid, number, "") for number, member in enumerate(members)))
    silence.world.faults.shares[Fault.UNREACHED] = 1.0
    assert run(silence, file) == 3

    silence.world.faults.shares.clear()
    assert run(silence, file) == 0

    assert [silence.member(member.openid).facts["points"] for member in members] == [str(n) for n in range(60)]
    assert not list(tmp_path.glob("*.progress.json"))


def test_lines_that_are_done_are_not_done_again(silence: Silence, tmp_path: Path) -> None:
    member = silence.silent(3)
    file = a_file(tmp_path, (member.openid, 1, ""), ("oStranger", 2, ""))
    sheet = member_facts.opened(file)
    first, second = sheet.rows()
    push_import.State.of(sheet, "shop").add([push_import.Result(first, "planned")])

    assert run(silence, file) == 1

    assert second.line == 3
    assert silence.member(member.openid).facts == {}
