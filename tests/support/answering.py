"""A WeChat of few words: it notes what it is asked and gives the answers that a test has laid out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.wechat.client import WechatClient
from chalicelib.wechat.connection import Connection


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it went out."""

    method: str
    path: str
    body: Any


class Answering(Connection):
    """The product's connection, but for its transport. Gives each answer in turn, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        super().__init__("http://wechat.invalid")
        self._answers = list(answers)
        self.asked: list[Asked] = []

    def _exchange(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> bytes:
        self.asked.append(Asked(method, path, json.loads(body) if body else None))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return json.dumps(answer).encode()


class OneToken:
    """Implements `TokenSource`."""

    def get(self) -> str:
        return "a-token"

    def renew(self, refused: str) -> str:
        return refused


def client_that_hears(*answers: Any) -> tuple[WechatClient, list[Asked]]:
    """A client, and what it asks."""
    connection = Answering(*answers)
    return WechatClient(connection, OneToken()), connection.asked
