"""What DynamoDB refuses about values, items and keys, and how it counts their bytes."""

import re
from collections.abc import Mapping
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from infra.local.memory.errors import Invalid
from infra.local.memory.values import Typed, Value, kind_of

ITEM_BYTES = 400 * 1024
TRANSACTION_BYTES = 4 * 1024 * 1024
TRANSACTION_ACTIONS = 100
BATCH_GET_KEYS = 100
BATCH_GET_BYTES = 16 * 1024 * 1024
BATCH_WRITE_ITEMS = 25
PAGE_BYTES = 1024 * 1024
KEY_BYTES = {"pk": 2048, "sk": 1024}
DIGITS = 38
LARGEST, SMALLEST = 125, -130
"""Exponents of the largest and the smallest number."""
NESTING = 32

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
EXACT = Context(prec=1000)


def checked(item: Mapping[str, Any]) -> tuple[Typed, int]:
    """The item as it is kept, and its bytes. Raises Invalid."""
    kept: Typed = {}
    total = 0
    for name, value in item.items():
        kept[name], size = checked_value(value)
        total += size + (len(name) if name.isascii() else len(name.encode()))
    return kept, total


def checked_value(value: Any, depth: int = 0) -> tuple[Value, int]:
    """The value as it is kept (numbers in plain form), and its bytes. Raises Invalid."""
    if len(value) != 1:
        raise Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one")
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return value, len(content) if content.isascii() else len(content.encode())
        case "N":
            number, size = checked_number(content)
            return value if number == content else {"N": number}, size
        case "BOOL" | "NULL":
            return value, 1
        case "B":
            return {"B": bytes(content)}, len(content)
        case "L" | "M":
            return _checked_nested(kind, content, depth + 1)
    raise NotImplementedError(f"the in-memory table holds no {kind}: our items are made of JSON-like values and bytes")


def _checked_nested(kind: str, content: Any, depth: int) -> tuple[Value, int]:
    if depth > NESTING:
        raise Invalid("Nesting Levels have exceeded supported limits")
    if kind == "L":
        listed = [checked_value(one, depth) for one in content]
        return {"L": [one for one, _ in listed]}, 3 + sum(size + 1 for _, size in listed)
    mapped = {name: checked_value(one, depth) for name, one in content.items()}
    size = 3 + sum(size + 1 + len(name.encode()) for name, (_, size) in mapped.items())
    return {"M": {name: one for name, (one, _) in mapped.items()}}, size


@lru_cache(maxsize=65_536)
def checked_number(text: str) -> tuple[str, int]:
    """Its plain form and its bytes. Items hold few different numbers. Raises Invalid."""
    plain = plain_number(text)
    return plain, number_bytes(plain)


def plain_number(text: str) -> str:
    """A number as DynamoDB gives it back: no exponent, no needless zeros. Raises Invalid."""
    if text.isdigit() and text.isascii() and len(text) <= DIGITS and (text[0] != "0" or text == "0"):
        return text
    if not NUMBER.fullmatch(text):
        raise Invalid("The parameter cannot be converted to a numeric value")
    number = Decimal(text).normalize(EXACT)
    if not number:
        return "0"
    if len(number.as_tuple().digits) > DIGITS:
        raise Invalid("Attempting to store more than 38 significant digits in a Number")
    if not SMALLEST <= number.adjusted() <= LARGEST:
        raise Invalid("Number overflow or underflow: its magnitude is outside of the supported range")
    return f"{number:f}"


def number_bytes(plain: str) -> int:
    """About one byte per two digits, one more, and one for a sign."""
    digits = plain.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + plain.startswith("-")


def check_item_size(size: int) -> None:
    if size > ITEM_BYTES:
        raise Invalid("Item size has exceeded the maximum allowed size")


def check_key(key: Mapping[str, Any]) -> tuple[str, str]:
    """Partition and sort key, from a key that is nothing more. Raises Invalid."""
    if key.keys() != KEY_BYTES.keys():
        raise Invalid("The provided key element does not match the schema")
    return check_key_of(key)


def check_key_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Partition and sort key of an item. Raises Invalid."""
    for name, most_bytes in KEY_BYTES.items():
        if name not in item:
            raise Invalid(f"One or more parameter values were invalid: Missing the key {name} in the item")
        check_key_value(name, item[name], most_bytes)
    return item["pk"]["S"], item["sk"]["S"]


def check_key_value(name: str, value: Value, most_bytes: int) -> None:
    """A text that is not empty and not too long. Raises Invalid."""
    text = value.get("S")
    if text is None:
        raise Invalid(
            "One or more parameter values were invalid: "
            f"Type mismatch for key {name} expected: S actual: {kind_of(value)}"
        )
    if not text:
        raise Invalid(
            "One or more parameter values are not valid. "
            f"The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
        )
    if len(text) * 4 > most_bytes and len(text.encode()) > most_bytes:
        raise Invalid(f"One or more parameter values were invalid: {name} has exceeded {most_bytes} bytes")
