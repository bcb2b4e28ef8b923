"""The door of `journal_roll`: opened by the clock."""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.door import Deadline, door, each

SECONDS = 110
"""Less than the Lambda's timeout of 120."""
MINUTES = 15

journal = Blueprint(__name__)


@journal.schedule(Rate(MINUTES, unit=Rate.MINUTES))
@door
def journal_roll(_event: CloudWatchEvent) -> None:
    """Bring every account's figures up to date. Runs as often as it likes, harmlessly; what it leaves comes
    next time."""
    from chalicelib.journal.roll import LEAST_SECONDS, roll
    from chalicelib.runtime import runtime

    r, deadline = runtime(), Deadline(SECONDS)
    table, now = r.table(deadline), r.now()
    each(
        r.accounts_in_turn(MINUTES),
        lambda account: roll(account, table=table, now=now, left=deadline.left),
        name="journal_roll",
        least=LEAST_SECONDS,
        left=deadline.left,
    )
