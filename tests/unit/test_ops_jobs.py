"""``ops jobs``: what was given up behind the answers is seen, and taken up again."""

from dataclasses import replace

import pytest

from chalicelib.store import job as jobs
from chalicelib.store import keys
from chalicelib.store.job import ERASURE, PROFILE, Job
from chalicelib.store.member import Member
from infra import ops
from tests.builders import NOON, a_job
from tests.support.memory import MemoryShop, a_memory_shop


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop()


def run(shop: MemoryShop, command: str, *arguments: str) -> int:
    return ops.main(["jobs", command, "--account", shop.account, *arguments], open_table=shop.world.table)


def given_up(shop: MemoryShop, kind: str = PROFILE, **changes: object) -> Job:
    """A job about a new follower that has failed five times."""
    openid = shop.follower()
    shop.world.rest()
    item = shop.world.table().get(keys.member(shop.account, openid))
    assert item is not None
    payload = {"openid": openid, "member_no": Member.from_item(item).member_no}
    job = a_job(kind, account=shop.account, job_id=f"{kind}-{openid}", payload=payload, attempts=5, dead=True)
    job = replace(job, trouble="OurMistake", **changes)  # type: ignore[arg-type]
    shop.world.table().write([job.put()])
    return job


def test_what_was_given_up_is_listed_with_its_trouble(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    job = given_up(shop, ERASURE)
    capsys.readouterr()

    assert run(shop, "dead") == 0

    assert f"{job.job_id}　member.erasure（删除会员数据）　" in (said := capsys.readouterr().out)
    assert said.endswith("OurMistake\n")


def test_nothing_given_up_is_said_too(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shop, "dead") == 0

    assert capsys.readouterr().out == "没有放弃的。\n"


def test_one_that_was_given_up_is_done_after_all(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    job, other = given_up(shop), given_up(shop)
    profiles = len(shop.journal("profile"))

    assert run(shop, "retry", job.job_id) == 0
    shop.world.rest()

    assert capsys.readouterr().out.endswith("1 个任务马上再试。\n")
    assert jobs.find(shop.world.table(), job.name) is None
    assert len(shop.journal("profile")) == profiles + 1
    assert (left := jobs.find(shop.world.table(), other.name))
    assert left.dead


def test_all_of_a_kind_are_taken_up_again(shop: MemoryShop) -> None:
    given_up(shop)
    given_up(shop)
    erasure = given_up(shop, ERASURE)

    assert run(shop, "retry", "--kind", PROFILE) == 0
    shop.world.rest()

    assert [item["job_id"]["S"] for item in shop.world.items(f"J#{shop.account}#")] == [erasure.job_id]


def test_what_is_not_dead_is_not_taken_up(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.world.table().write([a_job(PROFILE, account=shop.account, due_at=NOON).put()])

    assert run(shop, "retry", f"{PROFILE}-0001") == 1
    assert run(shop, "retry", "no-such-job") == 1

    assert "没有这样的放弃了的任务" in capsys.readouterr().err


def test_a_job_of_another_account_is_left_alone(shop: MemoryShop) -> None:
    shop.world.table().write([a_job(PROFILE, account="other", dead=True).put()])

    assert run(shop, "retry", "--kind", PROFILE) == 1


def test_a_long_list_is_cut(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(101):
        shop.world.table().write([a_job(PROFILE, account=shop.account, job_id=f"x-{number:03}", dead=True).put()])

    run(shop, "dead")

    assert "……一共 101 个，只列出最早的 100 个。" in capsys.readouterr().out
