"""The flows of people and questions: who wants a person, by day and by night, and what could not be answered."""

from datetime import timedelta

from chalicelib.errors import Conflict, Unavailable
from chalicelib.store import staff as staffs
from chalicelib.store import ticket as tickets
from chalicelib.tickets import answering
from chalicelib.tickets.answering import Desk, Gone
from tests.simulation.flow import Flow, known
from tests.simulation.stage import SHOP, Stage
from tests.simulation.words import QUESTION, SECRET

UNTIL_NIGHT = timedelta(hours=11, minutes=15)
"""From ten in the morning: nobody is there any more, and nobody sleeps yet."""


def by_night(stage: Stage) -> None:
    """A member who has just said something, and a neighbour of the staff."""
    known(stage)
    stage.world.clock.advance(UNTIL_NIGHT.total_seconds())
    stage.act("follow", stage.neighbour)
    stage.say("停车", stage.neighbour)
    stage.settle()
    stage.world.table().write([staffs.Staff(SHOP, (stage.neighbour,)).put()])


def open_ticket(stage: Stage) -> None:
    stage.say("人工")
    stage.say(SECRET)


def with_ticket(stage: Stage) -> None:
    by_night(stage)
    open_ticket(stage)
    stage.settle()


def answered_too_late(stage: Stage) -> None:
    with_ticket(stage)
    stage.world.clock.advance(timedelta(days=3).total_seconds())
    answer(stage)


def answer(stage: Stage) -> None:
    """An operator answers what there is; what fails, they try again."""
    stage.operate(_answer)


def _answer(stage: Stage) -> None:
    r, table = stage.world.runtime, stage.world.table()
    desk = Desk(table, r.queues, r.accounts.find(SHOP), r.now, r.new_id)
    for ticket in tickets.list_tickets(table, SHOP):
        try:
            answering.answer(ticket, "可以到店补办", desk)
        except (Gone, Conflict, Unavailable):
            return


def tap(stage: Stage) -> None:
    """The follower asks, and taps on what they are asked then."""
    stage.say("附近停车场有吗")
    stage.settle()
    menus = [message for message in stage.simulator.inbox(stage.follower) if message["type"] == "menu"]
    for menu in menus:
        stage.act("menu_reply", id=menu["items"][1]["id"], content=menu["items"][1]["content"])


def say_more(stage: Stage) -> None:
    stage.say(SECRET)


def leave(stage: Stage) -> None:
    stage.act("unfollow")


TICKET_FLOWS = (
    Flow("human.transfer", lambda stage: stage.say("人工"), meanwhile=leave),
    Flow("ticket.open", open_ticket, before=by_night, meanwhile=leave),
    Flow("ticket.more", say_more, before=with_ticket, meanwhile=answer),
    Flow("ticket.answer", answer, before=with_ticket, meanwhile=say_more),
    Flow("ticket.late", lambda stage: stage.say("停车"), before=answered_too_late, meanwhile=leave),
    Flow("ticket.left", leave, before=with_ticket, meanwhile=say_more),
    Flow("faq.missed", lambda stage: stage.say(QUESTION), meanwhile=leave),
    Flow("faq.feedback", tap),
)
