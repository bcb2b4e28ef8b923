"""Query strings with something wrong in them."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from tests.fuzz import parcels, texts
from tests.fuzz.mutations import mutated

Values = tuple[str, ...]
NEAR = (-301, -300, -1, 1, 300, 301)
"""Seconds: inside, at and beyond what is fresh."""
ALSO = ("signature", "msg_signature", "encrypt_type", "echostr")


def bent(random: Random, query: Mapping[str, Sequence[str]]) -> bytes:
    """One to three parameters missing, doubled, changed or strange."""
    values = {name: tuple(given) for name, given in query.items()}
    for _ in range(random.choice((1, 1, 2, 3))):
        name = random.choice((*query, *ALSO))
        values[name] = random.choice(WRONG)(random, values.get(name, ("",)))
    written = parcels.written({name: tuple(map(_sendable, given)) for name, given in values.items()})
    return mutated(random, written, ()) if random.random() < 0.1 else written


def _later(random: Random, values: Values) -> Values:
    """Another second, if it is one."""
    return tuple(str(int(value) + random.choice(NEAR)) if _is_number(value) else value for value in values)


WRONG: tuple[Callable[[Random, Values], Values], ...] = (
    lambda _random, _values: (),
    lambda _random, _values: ("",),
    lambda _random, _values: ("0" * 40,),
    lambda _random, values: values,
    lambda _random, values: values * 2,
    lambda _random, values: (*values, "x"),
    lambda _random, values: tuple(value[::-1] for value in values),
    lambda _random, values: tuple(value + "0" for value in values),
    lambda _random, values: tuple(value.upper() for value in values),
    lambda random, _values: (texts.text(random)[:5_000],),
    _later,
)


def _is_number(value: str) -> bool:
    return value.isdecimal() and len(value) < 20


def _sendable(value: str) -> str:
    return texts.raw(value).decode(errors="replace")
