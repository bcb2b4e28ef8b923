"""Changes to bytes that know nothing of what the bytes mean."""

from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.texts import NASTY, many, raw

TOKENS = (
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x ", b"?>", b"<?xml version=\"1.0\"?>", b"<xml>", b"</xml>",
    b"<a>", b"</a>", b"<a/>", b"</",
    b"<", b">", b"&", b";", b"&lt;", b"&#x0;", b"&#xD800;", b"&e;", b" a=\"b\"", b" xmlns=\"u\"",
    b" xmlns:a=\"u\"", b"\x00", b"\xff", b"\xc0\xbc",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe4\xbd", b"<!DOCTYPE xml [", b"<!ENTITY e \"x\">", b"MsgType",
    b"event", b"text", b"List", b"Encrypt",
    b"[", b"{", b"\"", b"\\u0000", b"\\ud800", b":", b",", b"- ", b"\n", b"\t", b"1e999", b"-1", b"null",
    b"&a ", b"*a", b"!!x ", b"|", b"\\UFFFFFFFF",
    b"%YAML 1.1\n", b"? ",
)  # fmt: skip
Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutated(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One to six changes; `others` are what a piece may be taken from."""
    for _ in range(random.choice((1, 1, 1, 1, 2, 3))):
        data = random.choice(MUTATIONS)(random, data, others)
    return data


def _flip(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _cut(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _range(random, data)
    return data[:start] + data[end:]


def _truncate(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _repeat(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _range(random, data)
    piece = data[start:end]
    times = many(random, 12)
    return data[:start] + piece * min(times, 70_000 // (len(piece) or 1)) + data[end:]


def _move(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _range(random, data)
    rest = data[:start] + data[end:]
    at = random.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


def _insert(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    times = 1 if random.random() < 0.9 else many(random, 13)
    token = random.choice(TOKENS) if random.random() < 0.7 else raw(random.choice(NASTY))
    return data[:at] + (token * times)[:70_000] + data[at:]


def _splice(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others) if others else data
    start, end = _range(random, other)
    at = random.randrange(len(data) + 1)
    return data[:at] + other[start:end] + data[at:]


def _range(random: Random, data: bytes) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + int(2 ** random.uniform(0, 9)))


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _truncate, _repeat, _move, _insert, _insert, _splice)
