"""A policy as operators name it, and how it is written: what the commands about reactivation share."""

from chalicelib.errors import BadContent
from chalicelib.store import policy as policies
from chalicelib.store.policy import Policy
from chalicelib.store.table import Change, Lost, Table

BUSY = "刚才有人同时在改这条策略，请看一下 show，再重新运行。"


def saved(table: Table, account: str, name: str, *, or_removed: bool = False) -> Policy:
    """Raises BadContent when there is none."""
    policy = policies.find(table, account, name)
    if policy and (or_removed or not policy.retired):
        return policy
    known = "、".join(one.name for one in policies.list_all(table, account) if not one.retired) or "没有"
    removed = "（已移除：show 可以显示，save 可以重新保存）" if policy else ""
    raise BadContent(f"没有策略 {name}{removed}；已有的：{known}")


def write(table: Table, *changes: Change) -> None:
    """Raises BadContent when someone else was faster."""
    try:
        table.write(changes)
    except Lost:
        raise BadContent(BUSY) from None
