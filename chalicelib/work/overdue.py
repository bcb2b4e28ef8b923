"""What is due is woken again, until a worker's claim or outcome says otherwise."""

from datetime import datetime

from chalicelib.door import log
from chalicelib.queues import Queues
from chalicelib.store import job
from chalicelib.store.keys import DUE_SHARDS
from chalicelib.store.table import Table

MOST_PER_SHARD = 500
"""Per tick: 4,000 wake-ups a minute; what is left is due at the next tick."""


def wake_overdue(*, table: Table, queues: Queues, now: datetime) -> int:
    """Returns how many wake-ups were handed over."""
    due = [name for shard in range(DUE_SHARDS) for name in job.list_due(table, shard, now=now, limit=MOST_PER_SHARD)]
    woken = queues.wake(due)
    if due:
        log.info("tick.woken", extra={"due": len(due), "woken": woken})
    return woken
