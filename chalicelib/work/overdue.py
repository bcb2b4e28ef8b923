"""What is due is woken again, until a worker's claim or outcome says otherwise."""

from datetime import datetime

from chalicelib.clock import epoch
from chalicelib.door import log
from chalicelib.queues import Queues
from chalicelib.store import job
from chalicelib.store.keys import DUE_SHARDS
from chalicelib.store.table import Table

MOST_PER_SHARD = 2_500
"""Per tick: 20,000 wake-ups a minute; what is left is due at the next tick."""
TURN_MINUTES = 5
"""A push is woken once in that time: the FIFO queue remembers a wake-up that long, whether it was heeded or not."""


def wake_overdue(*, table: Table, queues: Queues, now: datetime, most: int = MOST_PER_SHARD) -> int:
    """At most so many of each shard, oldest first. Returns how many wake-ups were handed over."""
    due = [name for shard in range(DUE_SHARDS) for name in job.list_due(table, shard, now=now, limit=most)]
    woken = queues.wake(due, turn=str(epoch(now) // (60 * TURN_MINUTES)))
    if due:
        log.info("tick.woken", extra={"due": len(due), "woken": woken})
    return woken
