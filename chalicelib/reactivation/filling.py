"""From a step's words to what one member shall read: placeholders, ``{points}``, filled from what is known. Pure."""

import re
from collections.abc import Iterator, Mapping

from chalicelib.store.member import Member
from chalicelib.store.policy import Step
from chalicelib.store.push import Content

PLACEHOLDER = re.compile(r"\{([a-z_]{1,24})\}")
LONGEST_FACT = 64
"""Characters that may stand for a placeholder."""


def placeholders(step: Step) -> Iterator[str]:
    """The names that the step asks for, as often as it does."""
    for text in (*step.data.values(), step.url, step.text):
        yield from PLACEHOLDER.findall(text)


def content_of(step: Step, member: Member) -> Content | None:
    """What the member shall read by this step; None when something that it asks for is not known of them."""
    if any(name not in member.facts for name in placeholders(step)):
        return None
    if step.channel in ("kefu", "mass"):
        return Content(body={"msgtype": "text", "text": {"content": _filled(step.text, member.facts)}})
    data = {key: _filled(text, member.facts) for key, text in step.data.items()}
    return Content(step.template, data, _filled(step.url, member.facts))


def _filled(text: str, facts: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: facts[found[1]], text)
