"""``ops followers``: take over whom WeChat knows already, keep in step, tell in a file, erase on request."""

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.followers import starting
from chalicelib.followers.erasing import REASONS, erase
from chalicelib.followers.listing import MOST_PACE
from chalicelib.push.intake import OPENID
from chalicelib.runtime import runtime
from chalicelib.store import roster
from chalicelib.store import tags as stored_tags
from chalicelib.store.roster import Kind, Phase, Run
from chalicelib.store.table import Table
from infra import followers_csv
from infra.consent import agrees
from infra.event_options import as_field
from infra.figures.names import of_figure
from infra.progress import Progress
from infra.push_names import at, credentials

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

WATCH_SECONDS = 5.0
MOST_SHOWN = 1_000
KINDS: Mapping[Kind, str] = {"import": "导入", "reconcile": "核对"}
PHASES: Mapping[Phase, str] = {
    "listing": "正在读取微信的名单",
    "settling": "名单已读完，正在逐个处理",
    "checking": "正在核对本系统的会员",
    "over": "已完成",
    "stopped": "已停止：微信说太多人已取关，请先检查账号和 AppID，确认无误再运行一次",
}
COUNTS: Mapping[str, str] = {
    **{name: of_figure("import", name)
       for name in ("new", "returned", "filled", "known", "erased", "left", "gone", "untold")},
    "given_up": "没有处理成，再运行一次会补上",
    "checked": "核对了会员",
    "suspected": "微信说已取关，逐个再问",
}  # fmt: skip


def add_commands(commands: "Commands") -> None:
    followers = commands.add_parser("followers", help="粉丝：导入、核对、导出、删除")
    parsers = followers.add_subparsers(required=True, metavar="followers 命令")
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    take = parsers.add_parser("import", parents=[account], help="导入微信里已有的粉丝；可以随时中断、重复运行")
    _add_pace(take)
    take.set_defaults(run=begin, kind="import", daily=False, stop=False)
    check = parsers.add_parser("reconcile", parents=[account], help="和微信核对：补上漏掉的关注和取关")
    _add_pace(check)
    often = check.add_mutually_exclusive_group()
    often.add_argument("--daily", action="store_true", help="从此每天核对一次")
    often.add_argument("--stop", action="store_true", help="不再每天核对")
    check.set_defaults(run=begin, kind="reconcile")
    look = parsers.add_parser("status", parents=[account], help="导入和核对进行到哪里")
    look.add_argument("--watch", action="store_true", help="一直看到结束")
    look.set_defaults(run=status)
    tell = parsers.add_parser("export", parents=[account], help="导出全部会员（CSV）")
    tell.add_argument("file", type=Path, metavar="文件")
    tell.add_argument("--with-openids", action="store_true", help="带上 openid 和 unionid")
    tell.set_defaults(run=export)
    gone = parsers.add_parser("erase", parents=[account], help="删除一个人的全部资料，等同于本人要求")
    gone.add_argument("openid", type=as_field(OPENID))
    gone.add_argument("--reason", required=True, choices=REASONS,
                      help="request 本人要求、complaint 投诉、legal 法律要求、test 测试数据")  # fmt: skip
    gone.add_argument("--yes", action="store_true", help="不再询问")
    gone.set_defaults(run=remove)
    parsers.add_parser("tags", parents=[account], help="标签和微信的对应").set_defaults(run=tags)


def _add_pace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pace", type=int, choices=range(1, MOST_PACE + 1), default=2,
                        help="每分钟读几页名单，一页最多一万人；默认 2")  # fmt: skip


def begin(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    credentials(options.account)
    r, table = runtime(), open_table()
    if options.stop:
        stopped = starting.stop_daily(options.account, table=table)
        print("这一次结束以后不再每天核对。" if stopped else "没有在每天核对。")
        return
    begun = starting.begin(
        options.account,
        options.kind,
        table=table,
        queues=r.queues,
        now=r.now(),
        new_id=r.new_id,
        pace=options.pace,
        daily=options.daily,
    )
    name = KINDS[options.kind]
    print({"begun": f"{name}已开始，在后台进行。", "resumed": f"{name}接着上次停下的地方继续。",
           "under_way": f"{name}正在进行，不用再开始。"}[begun])  # fmt: skip
    print(f"看进度：ops followers status --watch --account {options.account}")


def status(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    credentials(options.account)
    runs = [run for kind in KINDS if (run := roster.find(open_table(), options.account, kind))]
    if not runs:
        print("还没有导入过，也没有核对过。开始导入：ops followers import")
    for run in runs:
        if options.watch and not run.is_over:
            run = _watched(run, open_table)
        _show(run, open_table())


def _watched(run: Run, open_table: Callable[[], Table]) -> Run:
    """Look until it is over, waits for the next day, or has come to a stop."""
    print(f"{KINDS[run.kind]}：")
    progress = Progress(run.total, "人", before=through(run))
    try:
        while not run.is_over and not run.waits_for and not _is_dead(run, open_table()):
            runtime().sleep(WATCH_SECONDS)
            run = roster.find(open_table(), run.account, run.kind) or run
            progress.show(through(run), of=run.total)
    finally:
        progress.end()
    return run


def through(run: Run) -> int:
    """Listed followers whose outcome is known."""
    return sum(run.counts.values()) - run.counts.get("checked", 0) - run.counts.get("suspected", 0)


def _show(run: Run, table: Table) -> None:
    print(f"{KINDS[run.kind]}（{at(run.started_at)} 开始）：{_state(run, table, runtime().now())}")
    if run.total:
        print(f"  微信共有粉丝 {run.total:,} 人，名单读到 {run.listed:,} 人，已处理 {through(run):,} 人")
    _show_counts(run.counts)
    if run.last_finished_at:
        print(f"  上一次 {at(run.last_finished_at)} 完成：")
        _show_counts(run.last_counts)


def _show_counts(counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        if count:
            print(f"  {COUNTS.get(name, name)}：{count:,}")


def _state(run: Run, table: Table, now: datetime) -> str:
    if _is_dead(run, table):
        return f"停住了，再运行一次 ops followers {run.kind} 会接着做"
    if run.waits_for and run.due_at:
        return f"今天的接口额度用完了，{at(run.due_at)} 继续"
    if run.daily and now < run.started_at:
        return "等待下一次"
    return PHASES[run.phase] + (f"（{at(run.finished_at)}）" if run.finished_at else "")


def _is_dead(run: Run, table: Table) -> bool:
    if run.is_over:
        return False
    job = starting.job_of(run, table)
    return job is not None and job.dead


def export(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    credentials(options.account)
    known = roster.find(open_table(), options.account, "import")
    progress = Progress(known.total if known else 0, "人")
    try:
        rows = followers_csv.export(
            options.file,
            open_table(),
            options.account,
            now=runtime().now,
            named=options.with_openids,
            show=progress.show,
        )
    except OSError as error:
        raise BadContent(f"写不了 {options.file}：{error.strerror}") from None
    finally:
        progress.end()
    print(f"{rows:,} 人写在 {options.file}。这是个人信息，请妥善保管，用完删除。")


def remove(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Raises BadContent when the operator thinks better of it."""
    account, r = credentials(options.account), runtime()
    question = f"将从公众号 {options.account} 删除 {options.openid} 的全部资料，不能恢复。"
    if not options.yes and not agrees(question):
        raise BadContent("没有删除。")
    known = erase(
        options.openid,
        options.reason,
        credentials=account,
        table=open_table(),
        queues=r.queues,
        now=r.now(),
        new_id=r.new_id,
    )
    print("已删除。" if known else "没有这个人的资料；已记下，导入时也不会建立。")
    print("对方再发消息时，会作为新会员重新开始。")


def tags(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    credentials(options.account)
    table = open_table()
    known = stored_tags.find(table, options.account)
    if not known.ids:
        print("还不知道微信里有哪些标签：导入粉丝时会读取。")
    for name, number in sorted(known.ids.items(), key=lambda one: one[1]):
        print(f"{number:>8}  {name}{'（由本系统打上）' if name in known.ours else ''}")
    waiting = sum(1 for _ in stored_tags.list_changes(table, options.account, limit=MOST_SHOWN))
    if waiting:
        more = "以上" if waiting == MOST_SHOWN else ""
        print(f"等待告诉微信的改动：{waiting:,} 条{more}")
