"""The words of one expression, read from left to right."""

import re
from collections.abc import Mapping

from infra.local.memory.conditions import Given, Path
from infra.local.memory.errors import Invalid
from infra.local.memory.reserved import RESERVED

TOKEN = re.compile(r"\s*(#\w+|:\w+|[A-Za-z_]\w*|<>|<=|>=|\S)", re.ASCII)
KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"})

Demand = tuple[str, str, tuple[str, ...]]
"""An operator, a placeholder, and the types that its value may have."""


class Tokens:
    """Afterwards it knows which placeholders the expression used, and what it demands of their values."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self._tokens = TOKEN.findall(text)
        self._at = 0
        self._names = names
        self.used: set[str] = set()
        self.demands: list[Demand] = []

    @property
    def next(self) -> str:
        """The coming token; empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    @property
    def is_function(self) -> bool:
        return self._tokens[self._at + 1 : self._at + 2] == ["("]

    def take(self) -> str:
        token = self.next
        self._at += 1
        if not token:
            raise syntax(token)
        return token

    def took(self, expected: str) -> bool:
        """Take the token if it is the expected one; keywords in any case."""
        if self.next.upper() != expected:
            return False
        self._at += 1
        return True

    def expect(self, expected: str) -> None:
        if not self.took(expected):
            raise syntax(self.next)

    def end(self) -> None:
        if self.next:
            raise syntax(self.next)

    def operand(self) -> Path | Given:
        """A value of the request, or an attribute."""
        if not self.next.startswith(":"):
            return self.path()
        placeholder = self.take()
        self.used.add(placeholder)
        return Given(placeholder)

    def path(self) -> Path:
        token = self.take()
        if self.next in (".", "["):
            raise NotImplementedError("the in-memory table knows no attributes inside maps and lists")
        if token.startswith("#"):
            self.used.add(token)
            return Path(self._named(token))
        if not token[0].isalpha() or token.upper() in KEYWORDS:
            raise syntax(token)
        if token.lower() in RESERVED:
            raise Invalid(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        return Path(token)

    def _named(self, placeholder: str) -> str:
        if placeholder not in self._names:
            raise Invalid(f"An expression attribute name is not defined; attribute name: {placeholder}")
        return self._names[placeholder]

    def demand(self, operator: str, operand: object, *kinds: str) -> None:
        """A value of the request must have one of these types, whatever the item holds."""
        if isinstance(operand, Given):
            self.demands.append((operator, operand.placeholder, kinds))


def syntax(token: str) -> Invalid:
    return Invalid(f'Syntax error; token: "{token or "<EOF>"}"')
