"""``ops jobs``: work behind the answers that was given up, and how it is taken up again."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.runtime import runtime
from chalicelib.store import job as jobs
from chalicelib.store.job import Job
from chalicelib.store.table import Lost, Table
from infra.push_due import dead_names
from infra.push_names import at

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

LISTED = 100
"""Dead jobs that are shown, oldest first."""
KINDS = {
    "member.profile": "读取会员资料",
    "member.erasure": "删除会员数据",
    "followers.tags": "把标签告诉微信",
    "faq.missed": "记下没答上的问题",
}
"""What the kinds that operators meet are about; the others stand for themselves."""


def add_commands(commands: "Commands") -> None:
    sub = commands.add_parser("jobs", help="后台任务：看放弃了的，再试").add_subparsers(
        required=True, metavar="jobs 命令"
    )
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    sub.add_parser("dead", parents=[account], help="列出放弃了的").set_defaults(run=dead)
    again = sub.add_parser("retry", parents=[account], help="放弃了的再试")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("job_id", nargs="?", default="", metavar="编号")
    which.add_argument("--kind", help="这一类的全部")
    again.set_defaults(run=retry)


def dead(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    found = _dead(options.account, open_table())
    if not found:
        print("没有放弃的。")
    for job in found[:LISTED]:
        print(f"{job.job_id}　{job.kind}（{KINDS.get(job.kind, '后台任务')}）　{at(job.due_at)}　{job.trouble}")
    if len(found) > LISTED:
        print(f"……一共 {len(found):,} 个，只列出最早的 {LISTED} 个。")


def retry(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Five more attempts. Whatever of it was done before is not done twice: that is each job's own promise."""
    table, r = open_table(), runtime()
    wanted = [job for job in _dead(options.account, table) if options.kind in (None, job.kind)]
    if options.job_id:
        wanted = [job for job in wanted if job.job_id == options.job_id]
    if not wanted:
        raise BadContent("没有这样的放弃了的任务")
    revived = [job for job in wanted if _revived(job, table)]
    r.queues.wake([job.name for job in revived], turn="again")
    print(f"{len(revived):,} 个任务马上再试。")


def _revived(job: Job, table: Table) -> bool:
    """Not where another operator was faster."""
    try:
        table.write([replace(job, dead=False, attempts=0, trouble="", due_at=runtime().now()).put()])
    except Lost:
        return False
    return True


def _dead(account: str, table: Table) -> list[Job]:
    found = (jobs.find(table, name) for name in dead_names(table, account) if name.startswith("J#"))
    return [job for job in found if job and job.dead]
