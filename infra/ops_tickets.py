"""``ops tickets``: what followers wrote while nobody was there, and the answers to it.

A list shows no words; whoever wants to read a ticket asks for that one.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent, Conflict
from chalicelib.runtime import runtime
from chalicelib.sending import intents
from chalicelib.sending.intents import Intent
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store import ticket as stored
from chalicelib.store.push import Content, Push
from chalicelib.store.table import Table
from chalicelib.store.ticket import Line, Ticket
from chalicelib.tickets import answering
from chalicelib.tickets.answering import Desk, Gone
from chalicelib.vault import Locked, Vault
from infra import ops_tickets_staff
from infra.push_names import at, credentials, pair, state

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

STATES = {"open": "待处理", "answered": "已回复", "closed": "已关闭"}
LOST = ("held", "expired", "failed", "undelivered", "dead")
"""States of a push whose words the follower never got."""
LOOKS_BACK = timedelta(days=7)
"""So long an answer is listed among what waits, where it did not arrive. A push has its outcome after three days."""
LISTED = 100
"""Tickets that are shown, those untouched for longest first."""
REMINDER = "ticket.reminder"
MOVED = "粉丝刚刚又写了新的内容，请先看一下 show，再重新运行。"


def add_commands(commands: "Commands") -> None:
    tickets = commands.add_parser("tickets", help="人工工单").add_subparsers(required=True, metavar="tickets 命令")
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    number = argparse.ArgumentParser(add_help=False)
    number.add_argument("ticket", metavar="工单号", help="例如 0304-5f1d7a84")

    listed = tickets.add_parser("list", parents=[account], help="列出待处理的，和最近没有送达的回复（不显示内容）")
    listed.add_argument("--done", action="store_true", help="列出已经处理的")
    listed.set_defaults(run=show_all)
    tickets.add_parser("show", parents=[number, account], help="看一张工单的内容").set_defaults(run=show)
    reply = tickets.add_parser("answer", parents=[number, account], help="回复粉丝")
    reply.add_argument("words", metavar="回复", help="粉丝会收到的文字")
    reply.add_argument("--template", default="", help="48 小时窗口已关时，用这个模板请粉丝回来")
    reply.add_argument("--data", action="append", default=[], type=pair, metavar="字段=内容", help="模板的字段")
    reply.set_defaults(run=answer)
    tickets.add_parser("close", parents=[number, account], help="不回复，直接关闭").set_defaults(run=close)
    ops_tickets_staff.add_commands(tickets, account)


def show_all(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    found = list(stored.list_tickets(table, options.account, done=options.done))
    unheard = [] if options.done else list(_unheard(options.account, table))
    if not found and not unheard:
        print("没有已处理的工单。" if options.done else "没有待处理的工单。")
    for ticket in (*unheard, *found[:LISTED]):
        print(_head(ticket, _lines(table, ticket), table))
    if len(found) > LISTED:
        print(f"……一共 {len(found):,} 张，只列出最早的 {LISTED} 张。")


def _unheard(account: str, table: Table) -> Iterator[Ticket]:
    """Those answered lately whose last answer did not arrive: somebody has to find another way."""
    since = runtime().now() - LOOKS_BACK
    for ticket in stored.list_tickets(table, account, done=True):
        if ticket.last_at >= since and _is_lost(ticket, _lines(table, ticket), table):
            yield ticket


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    ticket = _found(options, table)
    lines = _lines(table, ticket)
    vault = Vault(credentials(options.account).data_key)
    print(_head(ticket, lines, table))
    if ticket.entry_id:
        print(f"由条目 {ticket.entry_id} 转人工")
    for line in lines:
        who = "粉丝" if line.by == "follower" else f"客服（{_fate(line, table)}）"
        print(f"{at(line.at)}　{who}：{_words(line, vault)}")


def answer(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Raises BadContent when nothing could be sent or kept."""
    if not 1 <= len(options.words.strip().encode()) <= answering.MOST_BYTES:
        raise BadContent(f"回复应当有 1 到 {answering.MOST_BYTES} 字节（约 {answering.MOST_BYTES // 3} 个汉字）")
    table = open_table()
    ticket, desk = _found(options, table), _desk(options.account, table)
    try:
        outcome = answering.answer(ticket, options.words.strip(), desk)
    except Gone:
        raise BadContent("粉丝已经离开，工单随资料一起删除了。") from None
    except Conflict:
        raise BadContent(MOVED) from None
    if ticket.state == "closed":
        print("这张工单已经关闭，因为这次回复改为已回复。")
    if outcome == "sent":
        print("已回复，马上送出。")
        return
    print("粉丝 48 小时内没有发过消息，微信不允许主动发客服消息（错误码 45015）。")
    print("回复已经存好：粉丝下次发消息或点菜单时，会马上收到。")
    if options.template:
        _remind(ticket, options, desk)
    else:
        print("想现在就提醒 TA，可以用服务类模板：ops push send --template …（内容不能是营销）。")


def close(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Raises BadContent when the follower has just written."""
    table = open_table()
    ticket = _found(options, table)
    if ticket.state == "closed":
        print("以前已经关闭了，没有改动。")
        return
    try:
        answering.close(ticket, _desk(options.account, table))
    except Conflict:
        raise BadContent(MOVED) from None
    print("已关闭。粉丝再补充时会重新打开。")


def _remind(ticket: Ticket, options: argparse.Namespace, desk: Desk) -> None:
    """Once per ticket and day of its last word: a second answer needs no second card."""
    content = Content(options.template, dict(options.data))
    key = f"{ticket.ticket_id}#{ticket.last_at:%Y%m%d}"
    intent = Intent(ticket.openid, REMINDER, key, "template", "service", content)
    (planned,) = intents.plan([intent], desk.credentials, table=desk.table, queues=desk.queues, now=desk.now())
    print(f"模板提醒{'已登记' if planned.outcome == 'planned' else '此前已登记'}：ops push status {planned.push_id}")


def _found(options: argparse.Namespace, table: Table) -> Ticket:
    found = stored.find(table, options.account, options.ticket)
    if not found:
        raise BadContent(f"没有工单 {options.ticket}：粉丝离开后工单会一起删除，90 天没有动静的也会删除")
    if len(found) > 1:
        raise BadContent(f"有 {len(found)} 张工单都叫 {options.ticket}")  # eight digits of a hash: hardly ever
    return found[0]


def _lines(table: Table, ticket: Ticket) -> tuple[Line, ...]:
    return stored.list_lines(table, ticket.account, ticket.openid, ticket.ticket_id)


def _desk(account: str, table: Table) -> Desk:
    r = runtime()
    return Desk(table, r.queues, credentials(account), r.now, r.new_id)


def _head(ticket: Ticket, lines: tuple[Line, ...], table: Table) -> str:
    state_of = STATES[ticket.state] + ("，没有送达" if _is_lost(ticket, lines, table) else "")
    times = f"{at(ticket.opened_at)} 打开，{at(ticket.last_at)} 最后更新"
    return f"{ticket.ticket_id}　{state_of}　{times}，{len(lines)} 条"


def _words(line: Line, vault: Vault) -> str:
    try:
        return vault.open(line.sealed, *line.place)
    except Locked:
        return "（打不开：账号的 data_key 换过）"


def _fate(line: Line, table: Table) -> str:
    if not line.push_id:
        return "等粉丝下次来"
    push = _push_of(line, table)
    if push is None:
        return "已送出"
    return f"没有送达，{state(push.state, push.reason)}" if push.state in LOST else state(push.state, push.reason)


def _is_lost(ticket: Ticket, lines: tuple[Line, ...], table: Table) -> bool:
    """Whether the last answer has not arrived, though the ticket counts as answered."""
    answers = [line for line in lines if line.by == "staff" and line.push_id]
    push = _push_of(answers[-1], table) if answers and ticket.state == "answered" else None
    return push is not None and push.state in LOST


def _push_of(line: Line, table: Table) -> Push | None:
    return pushes.find(table, keys.push(line.account, line.push_id).pk)
