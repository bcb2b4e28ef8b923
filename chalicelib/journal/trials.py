"""What entries tell of reactivation trials. Pure."""

from collections.abc import Iterator

from chalicelib.store.journal import Entry

WITHIN = 7 * 24
"""Hours from the assignment for which a return, or a loss, is counted."""
LOST = frozenset({"unfollowed", "unfollowed.found"})


def told(entry: Entry) -> Iterator[tuple[str, str]]:
    """Group and name of each trial that ended with this entry: whoever did not leave has come back."""
    texts = str(entry.details.get("trials", ""))
    group = "trial.lost" if entry.outcome in LOST else "trial.returned"
    for text in texts.split(";") if texts else ():
        name, _, hours = text.rpartition("/")
        if hours.isdecimal() and int(hours) < WITHIN:
            yield group, name
