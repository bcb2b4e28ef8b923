"""The door of `reactivation_plan`: opened by the clock."""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.door import Deadline, door, each

SECONDS = 110
"""Less than the Lambda's timeout of 120."""
MINUTES = 5

reactivation = Blueprint(__name__)


@reactivation.schedule(Rate(MINUTES, unit=Rate.MINUTES))
@door
def reactivation_plan(_event: CloudWatchEvent) -> None:
    """Plan what every account's policies have to say. Runs as often as it likes, harmlessly; what it leaves comes
    next time, and after a week of missed days not at all."""
    from chalicelib.reactivation.plan import LEAST_SECONDS, Tools, plan_all
    from chalicelib.runtime import runtime

    r, deadline = runtime(), Deadline(SECONDS)
    tools = Tools(r.table(deadline), r.queues, r.now(), deadline.left)
    each(
        r.accounts_in_turn(MINUTES),
        lambda account: plan_all(account, r.accounts, tools),
        name="reactivation_plan",
        least=LEAST_SECONDS,
        left=deadline.left,
    )
