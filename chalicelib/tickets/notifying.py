"""Telling the staff that tickets wait: at most once in ten minutes, and not at night."""

from datetime import UTC, datetime, timedelta

from chalicelib.clock import epoch, iso
from chalicelib.credentials import Credentials
from chalicelib.decision import Asked, Done
from chalicelib.queues import Queues
from chalicelib.sending import intents
from chalicelib.sending.hours import is_quiet, next_morning
from chalicelib.sending.intents import Intent
from chalicelib.sending.windows import customer_service_window
from chalicelib.store import keys
from chalicelib.store import staff as staffs
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.push import Content
from chalicelib.store.staff import Staff
from chalicelib.store.table import Table
from chalicelib.tickets import texts

KIND = "ticket.staff"
EVERY = timedelta(minutes=10)


def ask(job: Job, *, table: Table, credentials: Credentials, queues: Queues, now: datetime) -> Asked:
    """Once per member of staff and ten minutes: their pushes have the time as their key."""
    staff = staffs.find(table, job.account)
    told = 0
    for openid in staff.openids:
        told += _tell(openid, staff, table, credentials, queues, now)
    return lambda _table: Done("notified", details={"told": told, "unreached": len(staff.openids) - told})


def _tell(openid: str, staff: Staff, table: Table, credentials: Credentials, queues: Queues, now: datetime) -> bool:
    """Now, or at the next turn where this one's notice is out already. False where no channel leads to them."""
    for at in _turns(now):
        intent = _intent(openid, staff, _member(table, staff.account, openid), at)
        if intent is None:
            return False
        (planned,) = intents.plan([intent], credentials, table=table, queues=queues, now=now)
        if planned.outcome == "planned":
            return True
    return True  # the next turn's notice is planned already


def _turns(now: datetime) -> tuple[datetime, ...]:
    """When a notice may go out: now or in ten minutes, for the night in the morning."""
    if is_quiet(now):
        return (next_morning(now),)
    return now, datetime.fromtimestamp(epoch(_start(now) + EVERY), tz=UTC)


def _start(at: datetime) -> datetime:
    return datetime.fromtimestamp(epoch(at) // EVERY.seconds * EVERY.seconds, tz=UTC)


def _intent(openid: str, staff: Staff, member: Member | None, at: datetime) -> Intent | None:
    """By customer service where the window is open then, else by the template; None where there is neither."""
    key = iso(_start(at))
    if member and customer_service_window(member, at):
        body = {"msgtype": "text", "text": {"content": texts.STAFF}}
        return Intent(openid, KIND, key, "kefu", "service", Content(body=body), not_before=at)
    if staff.template:
        content = Content(staff.template, staff.data)
        return Intent(openid, KIND, key, "template", "service", content, not_before=at)
    return None


def _member(table: Table, account: str, openid: str) -> Member | None:
    item = table.get(keys.member(account, openid))
    return Member.from_item(item) if item else None
