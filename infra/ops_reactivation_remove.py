"""``ops reactivation remove``: a policy that is no longer wanted, with its name kept for what bears it."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.store import keys
from chalicelib.store.table import Delete, Table
from infra.consent import agrees
from infra.reactivation_saved import saved, write

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_remove(commands: "Commands", named: argparse.ArgumentParser) -> None:
    """One more command under ``ops reactivation``; `named` takes the account and the policy's name."""
    gone = commands.add_parser("remove", parents=[named], help="移除一条已停用的策略，报告仍可以看")
    gone.add_argument("--yes", action="store_true", help="不再询问")
    gone.set_defaults(run=remove)


def remove(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Retire it and forget how far it was planned: saved again it begins anew, and still tells nobody twice, because
    trials and pushes of its name remain. Raises BadContent."""
    policy = saved(open_table(), options.account, options.name)
    if policy.enabled:
        raise BadContent(f"{policy.name} 还启用着：先用 disable 停用，再移除。")
    if not options.yes and not agrees(f"移除 {policy.name}：以后不再列出，也不能再启用，除非重新保存。"):
        raise BadContent("没有移除。")
    write(open_table(), replace(policy, retired=True).put(), Delete(keys.run(policy.account, policy.name)))
    print(f"已移除 {policy.name}，以前的数字仍可以用 report 看。")
    print(f"已安排、还没发的仍停着，到期作废；要马上撤销：ops push drop --kind {policy.kind}")
