"""What operators do about policies that they no longer want, and what becomes of the name."""

import io
from dataclasses import replace

import pytest

from chalicelib.store import policy as policies
from chalicelib.store.policy import Policy
from chalicelib.store.table import Table
from infra import ops
from tests.support.meddling import MeddledTable
from tests.unit.reactivation.silence import Silence
from tests.unit.test_ops_reactivation import FACTS, run, save, silence, stored

__all__ = ["silence"]


def planned(silence: Silence) -> Policy:
    """It was enabled, has spoken to someone, and was disabled again."""
    silence.silent(30, facts=FACTS)
    run(silence, "enable", "points")
    silence.world.plan()
    run(silence, "disable", "points")
    return stored(silence)


def test_a_removed_policy_is_kept_and_not_listed(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(silence, "remove", "points", "--yes") == 0

    assert "要马上撤销：ops push drop --kind reactivation.points" in capsys.readouterr().out
    assert run(silence, "list") == 0
    assert capsys.readouterr().out == "还没有策略。例子在 infra/examples/reactivation。\n"
    assert run(silence, "list", "--all") == 0
    assert "points　版本 2，已移除" in capsys.readouterr().out
    assert run(silence, "show", "points") == 0
    assert capsys.readouterr().out.startswith("# 版本 2，已移除\nname: points\n")


@pytest.mark.parametrize("command", ["enable", "disable", "preview", "remove"])
def test_a_removed_policy_takes_no_more_commands(
    silence: Silence, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(silence, "remove", "points", "--yes")

    assert run(silence, command, "points") == 1

    assert "没有策略 points（已移除：show 可以显示，save 可以重新保存）；已有的：没有" in capsys.readouterr().err


def test_a_policy_that_is_enabled_is_not_removed(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    run(silence, "enable", "points")

    assert run(silence, "remove", "points", "--yes") == 1

    assert "points 还启用着：先用 disable 停用，再移除。" in capsys.readouterr().err
    assert not stored(silence).retired


@pytest.mark.parametrize(("said", "code"), [("yes\n", 0), ("no\n", 1), ("", 1)])
def test_nothing_is_removed_without_an_answer(
    silence: Silence, said: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(said))

    assert run(silence, "remove", "points") == code

    assert stored(silence).retired == (code == 0)


def test_who_enables_it_meanwhile_is_not_overruled(silence: Silence, capsys: pytest.CaptureFixture[str]) -> None:
    def enable() -> None:
        silence.commit(replace(stored(silence), enabled=True).put())

    def table() -> Table:
        return MeddledTable(silence.world.table(), enable)

    assert ops.main(["reactivation", "remove", "points", "--yes", "--account", "shop"], open_table=table) == 1

    assert "刚才有人同时在改这条策略" in capsys.readouterr().err
    assert (stored(silence).enabled, stored(silence).retired) == (True, False)


def test_a_removed_policy_that_is_saved_again_begins_anew_and_tells_nobody_twice(
    silence: Silence, capsys: pytest.CaptureFixture[str]
) -> None:
    before = planned(silence)
    run(silence, "remove", "points", "--yes")
    late = silence.silent(60, number=1, facts=FACTS)

    assert policies.cursor(silence.table, before) is None
    assert save(silence) == 0
    assert "这个名称以前用过" in capsys.readouterr().out
    assert (stored(silence).version, stored(silence).enabled) == (before.version + 2, False)
    run(silence, "enable", "points")
    silence.later(hours=1)
    silence.world.plan()

    spoken_to = [push.openid for push in silence.pushes() if push.openid == late.openid]
    assert len(spoken_to) == 1  # the backlog is gone through again
    assert len(silence.pushes()) == 2
    assert silence.cursor(stored(silence)).began_on == "2026-03-04"


def test_a_tick_that_was_under_way_leaves_no_cursor_behind(silence: Silence) -> None:
    silence.silent(30, facts=FACTS)
    run(silence, "enable", "points")
    tick = stored(silence)

    def remove() -> None:
        run(silence, "disable", "points")
        run(silence, "remove", "points", "--yes")

    silence.plan(tick, lambda: None, remove)

    assert policies.cursor(silence.table, tick) is None
