"""JSON as no one would send it."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.fuzz import texts
from tests.fuzz.mutations import mutated

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63), 10**40, 0.5, -0.0, float("inf"), float("-inf"),
    float("nan"), 1e308, "", [], {},
    [[]], [None], {"": None}, "0", "1", "-1", "40001", "45171", 40001, 42001, 45065, 45171, -1, 45009, 7200, 86_400,
)  # fmt: skip
DEEP = (
    "[" * 200,
    '{"a":' * 200,
    "[" * 5_000,
    '{"a":' * 5_000,
    "[" * 3_000 + "]" * 3_000,
    '{"a":' * 950 + "1" + "}" * 950,
)
NUMBERS = ("9" * 5_000, "-" + "9" * 400, "1e400", "1E-400", "0" * 50, "Infinity", "NaN")


def bent(random: Random, whole: Mapping[str, Any], others: Sequence[bytes]) -> bytes:
    """A JSON object of this kind, with something wrong."""
    value: Any = dict(whole)
    for _ in range(random.choice((0, 1, 1, 2, 4))):
        _bend(random, value)
    written = json.dumps(value, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.2:
        place = json.dumps(random.choice(list(whole)))
        written = written.replace(f"{place}: ", f'{place}: {random.choice((*DEEP, *NUMBERS))}, "x": ', 1)
    data = texts.raw(written)
    return mutated(random, data, others[-20:]) if random.random() < 0.4 else data


def _bend(random: Random, value: dict[str, Any]) -> None:
    name = random.choice(list(value)) if value else "x"
    match random.randrange(6):
        case 0:
            value.pop(name, None)
        case 1 | 2:
            value[name] = random.choice(ODD)
        case 3:
            value[name] = texts.text(random)
        case 4:
            value[name] = [value.get(name)] * texts.many(random, 10)
        case _:
            value[name] = {texts.text(random): value.get(name)}
