"""How alike two short texts are, character by character. Pure."""

from collections.abc import Mapping


def masks(text: str) -> dict[str, int]:
    """Where each character stands in a text, as bits; made once for many comparisons."""
    found: dict[str, int] = {}
    for place, char in enumerate(text):
        found[char] = found.get(char, 0) | 1 << place
    return found


def likeness(places: Mapping[str, int], length: int, other: str) -> float:
    """Twice the longest common subsequence over both lengths (Hyyrö's bit-parallel form): 0 to 1."""
    if not length or not other:
        return 0.0
    every = (1 << length) - 1
    row = every
    for char in other:
        match = row & places.get(char, 0)
        row = (row + match) | (row - match)
    common = length - (row & every).bit_count()
    return 2 * common / (length + len(other))
