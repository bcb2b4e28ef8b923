"""Who writes "不要发货" does not ask about "发货": a wish that something not be is no question about it. Pure."""

import re

from chalicelib.faq.engine.text import normalise
from chalicelib.store.release import FaqEntry

_NOT = re.compile(
    r"(?<!要)不要(?!紧)|(?<!想)不想|(?<!用)不用|(?<!需)不需|(?<!必)不必|勿|don['’]?t|donot"
    r"|(?<![特个区性类级差识分辨告离])别(?![的人处墅致扭名])"
)
"""Not "要不要", which asks; not "特别" or "区别", which have nothing to do with it."""


def is_contrary(key: str, entry: FaqEntry) -> bool:
    """Whether the normalised message says no to something, and the entry nowhere does: it cannot be what is meant.

    A situation that the entry knows, such as "不想要了怎么退", is written in its title, questions or keywords.
    """
    if not _NOT.search(key):
        return False
    texts = (entry.title, *entry.questions, *(keyword.pattern for keyword in entry.keywords))
    return not any(_NOT.search(normalise(text)) for text in texts)
