"""Query: one partition of the table or of an index, in order, page by page."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from infra.local.memory.conditions import BeginsWith, Both, Condition, Equal, Given, Ordered, Path
from infra.local.memory.counts import Counts
from infra.local.memory.errors import Invalid, not_sent
from infra.local.memory.expressions import Expressions, expressions
from infra.local.memory.indexes import Index, Place
from infra.local.memory.limits import PAGE_BYTES, check_key_of
from infra.local.memory.ordered import Bounds
from infra.local.memory.storage import Storage, Stored, unpacked
from infra.local.memory.values import Typed, Values, kind_of

K = TypeVar("K", str, Place)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for, whatever is asked."""

    partition: str
    within: Condition | None
    """What the sort key must meet."""
    values: Values
    forward: bool
    start: Typed | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer; `size` is what it is charged for."""

    items: list[Typed]
    size: int
    is_full: bool


def query(request: Mapping[str, Any], storage: Storage, counts: Counts) -> dict[str, Any]:
    """The answer of boto3. Raises Invalid."""
    index = _index(request, storage)
    names = index.names if index else ("pk", "sk")
    asked = _asked(request, names)
    found = _from_index(asked, index) if index else _from_table(asked, storage)
    page = _page(found, asked.limit)
    counts.read(page.size, consistent=bool(request.get("ConsistentRead")), items=len(page.items))
    answer: dict[str, Any] = {"Items": page.items, "Count": len(page.items), "ScannedCount": len(page.items)}
    if page.is_full:
        answer["LastEvaluatedKey"] = {name: page.items[-1][name] for name in ("pk", "sk", *names)}
    return answer


def _page(found: Iterator[Stored], limit: int | None) -> Page:
    """As much as fits. A page that reached its limit is full, even if nothing would follow."""
    items: list[Typed] = []
    size = 0
    for item, item_size in found:
        if size + item_size > PAGE_BYTES:
            return Page(items, size, is_full=True)
        items.append(item)
        size += item_size
        if len(items) == limit:
            return Page(items, size, is_full=True)
    return Page(items, size, is_full=False)


def _index(request: Mapping[str, Any], storage: Storage) -> Index | None:
    name = request.get("IndexName")
    if name is None:
        return None
    if name not in storage.indexes:
        raise Invalid(f"The table does not have the specified index: {name}")
    if request.get("ConsistentRead"):
        raise Invalid("Consistent reads are not supported on global secondary indexes")
    return storage.indexes[name]


def _asked(request: Mapping[str, Any], names: tuple[str, str]) -> Query:
    said = expressions(request)
    if said.key_condition is None:
        raise Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified")
    partition, within = _split(said, said.key_condition, names)
    limit = request.get("Limit")
    if limit is not None and limit < 1:
        raise not_sent(f"Invalid value for parameter Limit, value: {limit}, valid min value: 1")
    start = request.get("ExclusiveStartKey")
    if start is not None:
        _check_start(start, names, partition)
    return Query(partition, within, said.values, request.get("ScanIndexForward", True), start, limit)


def _split(said: Expressions, condition: Condition, names: tuple[str, str]) -> tuple[str, Condition | None]:
    """The partition's key, and what is asked of the sort key."""
    match condition:
        case Equal(Path(name), Given(placeholder)) if name == names[0]:
            return _text(said, placeholder), None
        case Both(Equal(Path(name), Given(placeholder)), rest) if name == names[0]:
            return _text(said, placeholder), _about(rest, names[1], said)
        case Both(rest, Equal(Path(name), Given(placeholder))) if name == names[0]:
            return _text(said, placeholder), _about(rest, names[1], said)
    raise Invalid("Query key condition not supported")


def _about(condition: Condition, name: str, said: Expressions) -> Condition:
    """Only conditions on the sort key are allowed, and each has to be about a value of the request."""
    match condition:
        case Equal(Path(path), Given(low)) | BeginsWith(Path(path), Given(low)) | Ordered(Path(path), _, Given(low)):
            high = low
        case Both(Ordered(Path(path), ">=", Given(low)), Ordered(Path(other), "<=", Given(high))) if path == other:
            pass
        case _:
            raise Invalid("Query key condition not supported")
    if _text(said, low) > _text(said, high):
        raise Invalid("The BETWEEN operator requires the lower bound to be at most the upper bound")
    if path != name:
        raise Invalid(f"Query condition missed key schema element: {name}")
    return condition


def _text(said: Expressions, placeholder: str) -> str:
    value = said.values[placeholder]
    if "S" not in value:
        raise Invalid(f"Condition parameter type does not match schema type; expected: S, actual: {kind_of(value)}")
    if not value["S"]:
        raise Invalid(
            "One or more parameter values are not valid: a key attribute cannot contain an empty string value"
        )
    return str(value["S"])


def _check_start(start: Typed, names: tuple[str, str], partition: str) -> None:
    if set(start) != {"pk", "sk", *names}:
        raise Invalid("The provided starting key is invalid")
    check_key_of(start)
    if start[names[0]] != {"S": partition}:
        raise Invalid("The provided starting key is outside query boundaries based on provided conditions")


def _from_table(asked: Query, storage: Storage) -> Iterator[Stored]:
    after = asked.start["sk"]["S"] if asked.start else None
    bounds = _bounds(asked, lambda key: key)
    for _, packed in storage.partition(asked.partition).walk(bounds, forward=asked.forward, after=after):
        yield unpacked(packed)


def _from_index(asked: Query, index: Index) -> Iterator[Stored]:
    start = asked.start
    after = (start[index.names[1]]["S"], start["pk"]["S"], start["sk"]["S"]) if start else None
    bounds = _bounds(asked, lambda place: place[0])
    for place, _ in index.partition(asked.partition).walk(bounds, forward=asked.forward, after=after):
        item = index.item(asked.partition, place)
        yield item, sum(len(name) + len(value["S"].encode()) for name, value in item.items())


def _bounds(asked: Query, sort_of: Callable[[Any], str]) -> Bounds[Any]:
    """Where the sort keys that are asked for begin and end, found by bisection."""

    def bounds(keys: list[Any]) -> tuple[int, int]:
        condition, values = asked.within, asked.values
        match condition:
            case Equal(_, Given(placeholder)):
                return _span(keys, values[placeholder]["S"], values[placeholder]["S"], sort_of)
            case BeginsWith(_, Given(placeholder)):
                prefix = values[placeholder]["S"]
                return _span(keys, prefix, prefix, lambda key: sort_of(key)[: len(prefix)])
            case Ordered(_, sign, Given(placeholder)):
                return _ray(keys, sign, values[placeholder]["S"], sort_of)
            case Both(Ordered(_, _, Given(low)), Ordered(_, _, Given(high))):
                return _span(keys, values[low]["S"], values[high]["S"], sort_of)
        return 0, len(keys)

    return bounds


def _span(keys: list[Any], low: str, high: str, sort_of: Callable[[Any], str]) -> tuple[int, int]:
    return bisect_left(keys, low, key=sort_of), bisect_right(keys, high, key=sort_of)


def _ray(keys: list[Any], sign: str, bound: str, sort_of: Callable[[Any], str]) -> tuple[int, int]:
    match sign:
        case "<":
            return 0, bisect_left(keys, bound, key=sort_of)
        case "<=":
            return 0, bisect_right(keys, bound, key=sort_of)
        case ">":
            return bisect_right(keys, bound, key=sort_of), len(keys)
        case _:
            return bisect_left(keys, bound, key=sort_of), len(keys)
