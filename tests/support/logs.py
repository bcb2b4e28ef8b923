"""What is written to the log meanwhile."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from logging import Handler, StreamHandler
from typing import Any, TypeGuard

from chalicelib.door import log


class Written:
    """Lines so far, as text and as JSON."""

    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@contextmanager
def logged() -> Iterator[Written]:
    """The log, written to where the test can read it."""
    written = Written()
    before = [(handler, handler.setStream(written.stream)) for handler in log.handlers if _writes(handler)]
    try:
        yield written
    finally:
        for handler, stream in before:
            handler.setStream(stream)


def _writes(handler: Handler) -> TypeGuard[StreamHandler[Any]]:
    return isinstance(handler, StreamHandler)
