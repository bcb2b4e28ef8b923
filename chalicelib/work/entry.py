"""The doors of the `work` queue and of the clock that wakes what is overdue."""

from chalice.app import Blueprint, CloudWatchEvent, Rate, SQSEvent

from chalicelib.door import door, each, seconds_left
from chalicelib.settings import stage

work = Blueprint(__name__)

LEAST_SECONDS = 10
"""With less time left than this no further job is begun: what is left is still due."""


@work.on_sqs_message(queue=f"huiyuan-{stage()}-work", batch_size=10, maximum_concurrency=10)
@door
def work_do(event: SQSEvent) -> None:
    """Do the jobs that the messages name. Each has its effects in the table exactly once: they are committed
    together with the job's end. A message may come twice, late or in any order."""
    from chalicelib.queues import woken
    from chalicelib.work.tools import tools
    from chalicelib.work.worker import do

    kit = tools()
    names = [record.body for record in event]
    left = seconds_left(event.context)
    each(names, lambda body: do(woken(body), kit), name="work_do", least=LEAST_SECONDS, left=left)


@work.schedule(Rate(1, unit=Rate.MINUTES))
@door
def tick(_event: CloudWatchEvent) -> None:
    """Wake every job and push that is due. Runs as often as it likes, harmlessly."""
    from chalicelib.work.overdue import wake_overdue
    from chalicelib.work.tools import tools

    kit = tools()
    wake_overdue(table=kit.table, queues=kit.queues, now=kit.now())
