"""One SQS queue: what is waiting, what is in flight, what is remembered."""

import hashlib
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

from infra.local.memory.messages import Groups, Line, Message, Order

REMEMBERED = timedelta(minutes=5)
"""How long a FIFO queue knows a deduplication id, also of a message that is deleted."""


class BadHandle(Exception):
    """The receipt handle is not one that this queue ever gave out."""


class Expired(Exception):
    """The message is not in flight any more under this handle."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a queue is created with."""

    name: str
    fifo: bool = False
    visibility: float = 30
    delay: float = 0
    retention: float = 4 * 86400
    content_dedup: bool = False
    """Without an id, the body's hash is the deduplication id."""
    dedup_per_group: bool = False
    dead_letters: str = ""
    """Name of the queue where messages go that were received too often."""
    max_receives: int = 0


@dataclass(frozen=True, slots=True)
class Chaos:
    """What a standard queue may do to its messages. Repeatable under the seed."""

    seed: int = 0
    duplicates: float = 0.0
    """Which part of the messages exists twice."""
    shuffle: int = 1
    """So many messages (or groups) at the front may change places."""


class Queue:
    """Callers hold the lock."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        chaos: Chaos,
        bury: Callable[[Message], None],
    ) -> None:
        self.settings = settings
        self._now = now
        self._duplicates = 0.0 if settings.fifo else chaos.duplicates
        self._chance = random.Random(f"{chaos.seed} {settings.name}")  # noqa: S311  repeatable on purpose
        self._order: Order = (Groups if settings.fifo else Line)(chance=self._chance, shuffle=chaos.shuffle)
        self._bury = bury
        self._messages: dict[int, Message] = {}
        self._hidden: list[tuple[datetime, int, Message]] = []
        self._hidings = count()
        self._known: dict[tuple[str, str], Message] = {}
        self._known_since: deque[tuple[datetime, tuple[str, str]]] = deque()
        self._sequence = 0

    def send(self, body: str, *, delay: float | None = None, group: str = "", dedup: str = "") -> Message:
        """Accept a message, unless its deduplication id is known: then the answer is the first one's."""
        now = self._now()
        known = (group if self.settings.dedup_per_group else "", dedup)
        self._forget(now)
        if self.settings.fifo and known in self._known:
            return self._known[known]
        later = self.settings.delay if delay is None else delay
        message = Message(self._new_id(), 0, body, now, now + timedelta(seconds=later), group)
        self._add(message)
        if self.settings.fifo:
            self._known[known] = message
            self._known_since.append((now, known))
        elif self._chance.random() < self._duplicates:
            self._add(Message(message.message_id, 0, body, now, message.visible_at))
        return message

    def receive(self, limit: int, *, visibility: float | None = None) -> list[Message]:
        """Up to `limit` messages, hidden for a while from everybody else."""
        now = self._now()
        self._reveal(now)
        received: list[Message] = []
        while len(received) < limit:
            taken = self._order.take(limit - len(received))
            if not taken:
                break
            received += [message for message in taken if self._is_deliverable(message, now)]
        hidden_for = self.settings.visibility if visibility is None else visibility
        for message in received:
            self._deliver(message, now, hidden_for)
        return received

    def delete(self, handle: str) -> None:
        """Raises BadHandle and Expired. An old handle of a standard queue does nothing."""
        message = self._find(handle)
        self._reveal(self._now())
        if message is None:
            return
        if self.settings.fifo and (message.handle != handle or message.state != "hidden"):
            raise Expired
        if message.handle == handle:
            self._drop(message)

    def change_visibility(self, handle: str, seconds: float) -> None:
        """Raises BadHandle and Expired."""
        message = self._find(handle)
        self._reveal(self._now())
        if message is None or message.handle != handle or message.state != "hidden":
            raise Expired
        self._hide(message, self._now() + timedelta(seconds=seconds))

    def bury(self, message: Message) -> None:
        """Take over a message from the queue whose dead letters come here."""
        now = self._now()
        self._add(Message(message.message_id, 0, message.body, message.sent_at, now, message.group))

    def counted(self) -> tuple[int, int, int]:
        """How many messages wait, are in flight, are delayed."""
        self._reveal(self._now())
        messages = self._messages.values()
        waiting = sum(message.state == "waiting" for message in messages)
        delayed = sum(message.state == "hidden" and not message.handle for message in messages)
        return waiting, len(messages) - waiting - delayed, delayed

    def _add(self, message: Message) -> None:
        self._sequence += 1
        message.sequence = self._sequence
        self._messages[message.sequence] = message
        if message.visible_at > self._now():
            self._hide(message, message.visible_at)
        else:
            self._order.show(message)

    def _hide(self, message: Message, until: datetime) -> None:
        message.visible_at = until
        heappush(self._hidden, (until, next(self._hidings), message))

    def _reveal(self, now: datetime) -> None:
        """Show what was hidden long enough."""
        while self._hidden and self._hidden[0][0] <= now:
            until, _, message = heappop(self._hidden)
            if message.state == "hidden" and message.visible_at == until:
                self._order.show(message)

    def _is_deliverable(self, message: Message, now: datetime) -> bool:
        """Not too old, and not received too often; what is, leaves the queue."""
        if message.sent_at + timedelta(seconds=self.settings.retention) <= now:
            self._drop(message)
            return False
        if self.settings.max_receives and message.receives >= self.settings.max_receives:
            self._drop(message)
            self._bury(message)
            return False
        return True

    def _deliver(self, message: Message, now: datetime, hidden_for: float) -> None:
        message.receives += 1
        message.first_received_at = message.first_received_at or now
        message.handle = f"{self.settings.name}#{message.sequence}#{message.receives}"
        self._hide(message, now + timedelta(seconds=hidden_for))

    def _drop(self, message: Message) -> None:
        self._order.release(message)
        message.state = "gone"
        self._messages.pop(message.sequence)

    def _find(self, handle: str) -> Message | None:
        """The message of a handle, None when it is gone."""
        name, _, place = handle.partition("#")
        sequence, _, receives = place.partition("#")
        if name != self.settings.name or not sequence.isdecimal() or not receives.isdecimal():
            raise BadHandle
        return self._messages.get(int(sequence))

    def _forget(self, now: datetime) -> None:
        while self._known_since and self._known_since[0][0] + REMEMBERED <= now:
            self._known.pop(self._known_since.popleft()[1])

    def _new_id(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))


def content_id(body: str) -> str:
    """The deduplication id of a message without one, where the queue goes by content."""
    return hashlib.sha256(body.encode()).hexdigest()
