"""What operators do about followers from the command line."""

import csv
import io
from pathlib import Path

import pytest

from infra import ops, ops_followers
from infra.local.memory.world import MemoryRuntime, MemoryWorld
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.walks import a_crowd, minute, run_of, to_the_end


class Watching(MemoryRuntime):
    """While an operator waits, the world goes on."""

    def __init__(self, world: MemoryWorld) -> None:
        super().__init__(world, log_level="CRITICAL")
        self.is_asleep = False

    def sleep(self, seconds: float) -> None:
        if seconds != ops_followers.WATCH_SECONDS:
            super().sleep(seconds)
            return
        minute(MemoryShop(self._world))


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop(process=Watching)


def run(shop: MemoryShop, command: str, *arguments: str, account: str = "shop") -> int:
    return ops.main(["followers", command, "--account", account, *arguments], open_table=shop.world.table)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_an_import_is_begun_once_and_watched_to_its_end(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    a_crowd(shop, 700)

    assert [run(shop, "import"), run(shop, "import"), run(shop, "status", "--watch")] == [0, 0, 0]

    said = capsys.readouterr().out
    assert "导入已开始" in said
    assert "导入正在进行，不用再开始" in said
    assert "已完成" in said
    assert "微信共有粉丝 700 人，名单读到 700 人，已处理 700 人" in said
    assert "新会员：700" in said


def test_before_the_first_import_the_status_says_how_to_begin(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, "status") == 0

    assert "开始导入：ops followers import" in capsys.readouterr().out


def test_who_watches_is_told_that_the_days_calls_are_used_up(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    a_crowd(shop, 300)
    shop.simulator.set_switches(daily_limits={"/cgi-bin/user/get": 0})
    run(shop, "import")

    run(shop, "status", "--watch")

    assert "今天的接口额度用完了，2026-03-05 00:05:00 继续" in capsys.readouterr().out


def test_a_walk_that_came_to_a_stop_is_told_and_goes_on(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    a_crowd(shop, 10)
    shop.simulator.add_fault("api_errcode", path="/cgi-bin/user/get", times=1, errcode=48001)
    shop.simulator.add_fault("api_errcode", path="/cgi-bin/user/get", times=1, errcode=47001)
    run(shop, "import")
    for _ in range(3):
        minute(shop)

    run(shop, "status")
    run(shop, "import")
    to_the_end(shop)

    said = capsys.readouterr().out
    assert "停住了，再运行一次 ops followers import 会接着做" in said
    assert "导入接着上次停下的地方继续" in said


def test_a_daily_check_is_begun_shown_and_stopped(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    a_crowd(shop, 10)
    run(shop, "reconcile", "--daily")
    for _ in range(10):
        minute(shop)

    run(shop, "status")
    run(shop, "reconcile", "--stop")
    run(shop, "reconcile", "--stop")

    said = capsys.readouterr().out
    assert "核对（2026-03-05 10:00:00 开始）：等待下一次" in said
    assert "上一次" in said
    assert "核对了会员：10" in said
    assert "这一次结束以后不再每天核对。\n没有在每天核对。" in said
    assert not run_of(shop, "reconcile").daily


def test_all_followers_are_told_in_a_file_each_once_and_named_only_on_demand(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = a_crowd(shop, 150)
    shop.simulator.world.person(crowd[0]).remark = "=HYPERLINK()"
    run(shop, "import")
    to_the_end(shop)
    shop.say(crowd[1], "退订")
    plain, named = tmp_path / "plain.csv", tmp_path / "named.csv"

    assert run(shop, "export", str(plain)) == run(shop, "export", str(named), "--with-openids") == 0

    assert not any(openid in plain.read_text(encoding="utf-8-sig") for openid in crowd)
    assert sorted(row["openid"] for row in rows(named)) == sorted(crowd)
    assert {row["备注"] for row in rows(plain)} == {"", "'=HYPERLINK()"}
    (opted_out,) = [row for row in rows(named) if row["退订时间"]]
    assert (opted_out["openid"], opted_out["互动次数"], opted_out["关注方式"]) == (crowd[1], "1", "搜索")
    assert plain.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "150 人写在" in capsys.readouterr().out


def test_who_writes_while_the_file_is_made_has_one_row(shop: MemoryShop, tmp_path: Path) -> None:
    crowd = a_crowd(shop, 250)
    run(shop, "import")
    to_the_end(shop)

    def some_write() -> None:
        for openid in crowd[:5]:
            shop.say(openid, "停车")

    shop.world.faults.interrupt(some_write, skip=900)

    run(shop, "export", str(tmp_path / "all.csv"), "--with-openids")

    assert sorted(row["openid"] for row in rows(tmp_path / "all.csv")) == sorted(crowd)


def test_who_writes_after_midnight_is_in_the_file_that_was_begun_before(shop: MemoryShop, tmp_path: Path) -> None:
    crowd = a_crowd(shop, 250)
    run(shop, "import")
    to_the_end(shop)

    def the_next_day_comes() -> None:
        shop.world.clock.advance(24 * 3600)
        for openid in crowd:
            shop.say(openid, "停车")

    shop.world.faults.interrupt(the_next_day_comes, skip=900)

    run(shop, "export", str(tmp_path / "all.csv"), "--with-openids")

    assert sorted(row["openid"] for row in rows(tmp_path / "all.csv")) == sorted(crowd)


def test_a_file_that_cannot_be_written_is_named(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, "export", str(tmp_path / "nowhere" / "all.csv")) == 1

    assert "写不了" in capsys.readouterr().err


def test_one_person_is_erased_for_a_reason(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    openid = shop.follower()
    shop.world.rest()

    assert run(shop, "erase", openid, "--reason", "request", "--yes") == 0
    assert run(shop, "erase", openid, "--reason", "legal", "--yes") == 0

    assert shop.member(openid) is None
    said = capsys.readouterr().out
    assert "已删除。" in said
    assert "没有这个人的资料；已记下，导入时也不会建立。" in said
    with pytest.raises(SystemExit):
        run(shop, "erase", openid, "--reason", "我高兴")


@pytest.mark.parametrize(("said", "code"), [("yes\n", 0), ("no\n", 1), ("", 1)])
def test_nobody_is_erased_without_an_answer(
    shop: MemoryShop, said: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    openid = shop.follower()
    shop.world.rest()
    monkeypatch.setattr("sys.stdin", io.StringIO(said))

    assert run(shop, "erase", openid, "--reason", "request") == code

    assert (shop.member(openid) is None) is (code == 0)
    assert f"将从公众号 shop 删除 {openid} 的全部资料，不能恢复。" in capsys.readouterr().err


def test_what_is_no_openid_is_not_erased(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(shop, "erase", "林小满", "--reason", "request", "--yes")

    assert "应当是微信给出的 openid" in capsys.readouterr().err
    assert shop.world.items("M#shop#林小满") == []


def test_tags_are_shown_with_their_numbers(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    run(shop, "tags")
    (openid,) = a_crowd(shop, 1)
    shop.simulator.world.account(shop.account).tags[100] = "会员"
    shop.simulator.world.person(openid).tags.append(100)
    run(shop, "import")
    to_the_end(shop)

    run(shop, "tags")

    said = capsys.readouterr().out
    assert "还不知道微信里有哪些标签" in said
    assert "     100  会员\n" in said


@pytest.mark.parametrize("command", ["import", "reconcile", "status", "tags"])
def test_an_account_that_does_not_exist_is_named(
    shop: MemoryShop, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, command, account="nobody") == 1

    assert "没有公众号 nobody" in capsys.readouterr().err
