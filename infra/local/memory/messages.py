"""A queue's message, and the two orders in which a queue gives its messages out."""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Literal, Protocol, TypeVar

T = TypeVar("T")
State = Literal["waiting", "hidden", "gone"]
"""`hidden` is in flight, or delayed."""


@dataclass(slots=True, eq=False)
class Message:
    message_id: str
    sequence: int
    body: str
    sent_at: datetime
    visible_at: datetime
    group: str = ""
    state: State = "hidden"
    handle: str = ""
    """The receipt handle of its last delivery; empty before the first."""
    receives: int = 0
    first_received_at: datetime | None = None


class Order(Protocol):
    def show(self, message: Message) -> None:
        """It may be given out, now or again."""
        ...

    def take(self, limit: int) -> list[Message]:
        """Up to `limit` messages that wait; they are hidden from now on."""
        ...

    def release(self, message: Message) -> None:
        """It is gone: what it held up may go on."""
        ...


class Line:
    """A standard queue: about first in, first out. `shuffle` messages at the front may change places."""

    def __init__(self, *, chance: random.Random, shuffle: int) -> None:
        self._chance = chance
        self._shuffle = shuffle
        self._line: deque[Message] = deque()

    def show(self, message: Message) -> None:
        message.state = "waiting"
        self._line.append(message)

    def take(self, limit: int) -> list[Message]:
        taken: list[Message] = []
        while self._line and len(taken) < limit:
            message = pick(self._line, self._chance, self._shuffle)
            if message.state == "waiting":
                message.state = "hidden"
                taken.append(message)
        return taken

    def release(self, message: Message) -> None:
        """Nothing waits for it; `take` passes over what is gone."""


@dataclass(slots=True)
class Group:
    messages: deque[Message] = field(default_factory=deque)
    """What is not gone, in order, in flight or not."""
    flying: int = 0
    is_ready: bool = False
    """Whether it stands in the line of groups."""


class Groups:
    """A FIFO queue: in order within a group, and nothing more of a group while some of it is in flight."""

    def __init__(self, *, chance: random.Random, shuffle: int) -> None:
        self._chance = chance
        self._shuffle = shuffle
        self._groups: dict[str, Group] = {}
        self._ready: deque[str] = deque()

    def show(self, message: Message) -> None:
        group = self._groups.setdefault(message.group, Group())
        if message.handle:
            group.flying -= 1
        else:
            group.messages.append(message)
        message.state = "waiting"
        self._offer(message.group)

    def take(self, limit: int) -> list[Message]:
        taken: list[Message] = []
        while self._ready and len(taken) < limit:
            group = self._groups.get(pick(self._ready, self._chance, self._shuffle), Group())
            group.is_ready = False
            for message in islice(group.messages, limit - len(taken)):
                message.state = "hidden"
                group.flying += 1
                taken.append(message)
        return taken

    def release(self, message: Message) -> None:
        group = self._groups[message.group]
        group.messages.remove(message)
        group.flying -= message.state == "hidden"
        if not group.messages:
            del self._groups[message.group]
        self._offer(message.group)

    def _offer(self, name: str) -> None:
        group = self._groups.get(name)
        if group and not group.flying and not group.is_ready:
            group.is_ready = True
            self._ready.append(name)


def pick(line: deque[T], chance: random.Random, shuffle: int) -> T:
    """Take one of the first few."""
    skip = chance.randrange(min(len(line), shuffle)) if shuffle > 1 else 0
    line.rotate(-skip)
    picked = line.popleft()
    line.rotate(skip)
    return picked
