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
    """Bring every account's figures up to date. Runs as often as it likes, harmlessly; what it leaves comes next time.

    The accounts are those that have credentials. Each time another one is the first, so that none waits for ever.
    """
    from chalicelib.clock import epoch
    from chalicelib.journal.roll import LEAST_SECONDS, roll
    from chalicelib.runtime import runtime

    r, deadline = runtime(), Deadline(SECONDS)
    table, now = r.table(deadline), r.now()
    path = r.settings.account_parameter("")
    accounts = sorted(name.removeprefix(path) for name in r.parameters.list_names(path))
    first = epoch(now) // (60 * MINUTES) % max(1, len(accounts))
    each(
        accounts[first:] + accounts[:first],
        lambda account: roll(account, table=table, now=now, left=deadline.left),
        name="journal_roll",
        least=LEAST_SECONDS,
        left=deadline.left,
    )
