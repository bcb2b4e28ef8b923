"""What else stands under a member who left is removed. Bound to that incarnation: who came back is not touched."""

from chalicelib.members.work import Asked, Done
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.keys import Key
from chalicelib.store.table import Delete, Equals, Lost, Table, all_items


def ask(job: Job, *, table: Table) -> Asked:
    """Remove every item of the incarnation. Harmless when repeated."""
    member_no = job.payload["member_no"]
    partition = keys.member_partition(job.account, job.payload["openid"])
    for item in all_items(table, partition):
        if item.get("member_no") == member_no:
            _remove(table, Key(item["pk"], item["sk"]), member_no)
    return lambda _table: Done("erased", member_no)


def _remove(table: Table, key: Key, member_no: str) -> None:
    try:
        table.write([Delete(key, (Equals("member_no", member_no),))])
    except Lost:
        return  # gone already, or of another incarnation by now
