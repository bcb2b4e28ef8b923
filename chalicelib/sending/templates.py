"""Whether a notice fits its template, before it is planned."""

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.clock import shanghai_day
from chalicelib.door import log
from chalicelib.queues import Queues
from chalicelib.sending import fields
from chalicelib.sending.intents import Intent
from chalicelib.store import templates as stored
from chalicelib.store.job import Job
from chalicelib.store.table import Lost, Table
from chalicelib.store.templates import Template, Templates

SYNC = "push.templates"
"""The kind of job that fetches the account's templates."""
FRESH = timedelta(days=1)
TRUSTED = timedelta(days=7)
"""A list that could not be fetched anew for longer may lack a template that the operator has added since."""
SHOWN_NO_MORE = frozenset({"first", "remark"})
"""Fields of old industry templates that WeChat has not shown since 2023-05; nobody needs to fill them in."""


class Problem(NamedTuple):
    """A code of `reasons.py`, and what an operator reads about it."""

    reason: str
    detail: str


def problems(intent: Intent, templates: Templates | None) -> tuple[Problem, ...]:
    """Why WeChat would refuse the notice; nothing if it fits. Without templates only the types in the keys are looked
    at. Pure."""
    if intent.channel not in ("template", "subscribe"):
        return ()
    if templates is None:
        return _named(fields.unfit(intent.content.data))
    template = templates.find(intent.channel, intent.content.template)
    if template is None:
        return (Problem("template_unknown", intent.content.template),)
    return _named(fields.check(intent.content.data, _asked_for(template, intent)))


def current(table: Table, account: str, *, queues: Queues, now: datetime) -> Templates | None:
    """The account's templates, if they are known well enough. Once a day it has them fetched anew.

    Raises Unavailable.
    """
    known = stored.find(table, account)
    if known is None or now >= known.fetched_at + FRESH:
        fetch(table, account, shanghai_day(now), queues=queues, now=now)
    if known is None or now >= known.fetched_at + TRUSTED:
        log.warning("push.templates_not_known", extra={"account": account})
        return None
    return known


def fetch(table: Table, account: str, occasion: str, *, queues: Queues, now: datetime) -> None:
    """Have the templates fetched, once per occasion: a day, or whatever an operator's wish is named."""
    job = Job(account, f"{SYNC}-{occasion}", SYNC, now)
    try:
        table.write([job.put()])
    except Lost:
        return
    queues.wake([job.name])


def _asked_for(template: Template, intent: Intent) -> list[stored.Field]:
    return [field for field in template.fields if field.key not in SHOWN_NO_MORE - intent.content.data.keys()]


def _named(found: list[fields.Problem]) -> tuple[Problem, ...]:
    return tuple(Problem("template_fields", one.in_words) for one in found)
