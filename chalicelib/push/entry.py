"""The doors of the `push` queue and of the watch over what it sends."""

from chalice.app import Blueprint, CloudWatchEvent, Rate, SQSEvent

from chalicelib.door import Deadline, door, each, seconds_left
from chalicelib.settings import stage

push = Blueprint(__name__)

LEAST_SECONDS = 12
"""With less time left than this no further push is begun: what is left is still due. One takes up to three calls."""
WATCH_SECONDS = 110
"""Less than the Lambda's timeout of 120."""
WATCH_MINUTES = 5


@push.on_sqs_message(queue=f"huiyuan-{stage()}-push.fifo", batch_size=10, maximum_concurrency=30)
@door
def push_send(event: SQSEvent) -> None:
    """Send the pushes that the messages name. Each at most once; a message may come twice, late or in any order."""
    from chalicelib.push.kit import kit
    from chalicelib.push.send import send
    from chalicelib.queues import woken

    names = [record.body for record in event]
    tools = kit(lot=len(names))
    left = seconds_left(event.context)
    try:
        each(names, lambda body: send(woken(body), tools), name="push_send", least=LEAST_SECONDS, left=left)
    finally:
        tools.allowance.give_back()


@push.schedule(Rate(WATCH_MINUTES, unit=Rate.MINUTES))
@door
def push_watch(_event: CloudWatchEvent) -> None:
    """Pause what followers do not want, and go on where they do. Runs as often as it likes, harmlessly."""
    from chalicelib.push.watch import LEAST_SECONDS as LEAST_FOR_ONE
    from chalicelib.push.watch import Tools, look_after
    from chalicelib.runtime import runtime

    r, deadline = runtime(), Deadline(WATCH_SECONDS)
    table, now = r.table(deadline), r.now()
    tools = Tools(table, r.wechat_of(table), now, deadline.left)
    each(
        r.accounts_in_turn(WATCH_MINUTES),
        lambda account: look_after(account, tools),
        name="push_watch",
        least=LEAST_FOR_ONE,
        left=deadline.left,
    )
