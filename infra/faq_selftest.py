"""The self-test of a release, in words for the operator."""

from collections.abc import Iterator

from chalicelib.faq.selftest import SelfTest
from infra.figures.funnel import share

LISTED = 5
"""Pairs of entries that are named."""
LEAST = 10
"""With fewer questions shares say nothing."""


def told(test: SelfTest) -> Iterator[str]:
    """What it came to, and what to mend; nothing for a release that is too small to say anything."""
    if test.asked < LEAST:
        return
    sample = f"抽查 {test.asked:,} 个（一共 {test.written:,} 个）" if test.is_sample else f"{test.asked:,} 个"
    yield f"自测：把自己的问法逐个拿掉再问，{sample}。"
    yield (
        f"　第一名就是原条目 {share(test.first, test.asked)}，直接回答 {share(test.answered, test.asked)}"
        f"（其中答成别的条目 {test.wrong} 个），反问 {share(test.clarified, test.asked)}，"
        f"答不上 {share(test.missed, test.asked)}。"
    )
    for pair in test.collisions[:LISTED]:
        yield f"　{pair.one} 和 {pair.other} 容易混：“{pair.example}”{f' 等 {pair.times} 个' if pair.times > 1 else ''}"
    if len(test.collisions) > LISTED:
        yield f"　……还有 {len(test.collisions) - LISTED} 对。"
