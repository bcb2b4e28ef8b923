"""What answering needs of the outside, built once per delivery."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.door import Deadline
from chalicelib.faq.releases import Releases
from chalicelib.queues import Queues
from chalicelib.store.table import Table


@dataclass(frozen=True, slots=True)
class World:
    """Collaborators of one delivery, all bound by its deadline."""

    table: Table
    queues: Queues
    releases: Releases
    deadline: Deadline
    now: Callable[[], datetime]
    new_id: Callable[[], str]
