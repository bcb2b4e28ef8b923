"""Which steps a case takes through the code that reads hostile input: what is new is worth keeping."""

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import chalicelib

READERS = ("callbacks", "faq", "members", "wechat")
"""Folders whose steps count."""
FOLDERS = tuple(f"{folder}/{name}/" for folder in chalicelib.__path__ for name in READERS)

Step = tuple[int, int, int]
"""A function, and two lines of it that ran one after the other."""


class Steps:
    """Remembers every step that was ever taken. Slow: for a share of the runs."""

    def __init__(self) -> None:
        self.known: set[Step] = set()
        self._names: dict[CodeType, int] = {}

    def added_by(self, run: Callable[[], object]) -> int:
        """How many steps this takes that nothing took before."""
        taken: set[Step] = set()
        before = sys.gettrace()
        sys.settrace(self._tracer(taken))
        try:
            run()
        finally:
            sys.settrace(before)
        added = len(taken - self.known)
        self.known |= taken
        return added

    def _tracer(self, taken: set[Step]) -> Callable[[FrameType, str, Any], Any]:
        def entered(frame: FrameType, _event: str, _argument: Any) -> Any:
            if not frame.f_code.co_filename.startswith(FOLDERS):
                return None
            name = self._names.setdefault(frame.f_code, len(self._names))
            last = 0

            def stepped(frame: FrameType, event: str, _argument: Any) -> Any:
                nonlocal last
                if event == "line":
                    taken.add((name, last, frame.f_lineno))
                    last = frame.f_lineno
                return stepped

            return stepped

        return entered
