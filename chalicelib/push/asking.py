"""From events as they were asked for to pushes in the ledger, each with its answer. Bad ones never sink good ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.credentials import Credentials
from chalicelib.push import intake
from chalicelib.push.intake import Flaw
from chalicelib.queues import Queues
from chalicelib.sending import content, intents, templates
from chalicelib.sending.intents import Intent
from chalicelib.sending.reasons import in_words
from chalicelib.store.table import Table
from chalicelib.store.templates import Templates

TOLD = {"planned": "已登记，到时发送", "known": "这个 key 已经登记过，不会重复发送"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one event: planned now, known from before, or refused for a reason."""

    outcome: Literal["planned", "known", "refused"]
    push_id: str = ""
    reason: str = ""
    """``invalid``, where fields are malformed; else a code of `sending/reasons.py`."""
    flaws: tuple[Flaw, ...] = ()

    @property
    def message(self) -> str:
        """In words, for whoever asked."""
        if self.reason == "invalid":
            return "；".join(f"{flaw.field}：{flaw.message}" if flaw.field else flaw.message for flaw in self.flaws)
        details = "；".join(flaw.message for flaw in self.flaws)
        why = in_words(self.reason) if self.reason else TOLD[self.outcome]
        return f"{why}（{details}）" if details else why

    def to_json(self) -> dict[str, Any]:
        errors = [{"field": flaw.field, "message": flaw.message} for flaw in self.flaws]
        told = {"push_id": self.push_id, "outcome": self.outcome, "reason": self.reason, "message": self.message}
        return {name: value for name, value in (told | {"errors": errors}).items() if value}


def ask(
    events: Sequence[object], credentials: Credentials, *, table: Table, queues: Queues, now: datetime
) -> tuple[Asked, ...]:
    """An answer per event, in their order. Raises Unavailable; what was planned by then stands, and is known when it
    is asked for again."""
    read = [_read(event, now) for event in events]
    uses_templates = any(isinstance(one, Intent) and one.channel != "kefu" for one in read)
    known = templates.current(table, credentials.account, queues=queues, now=now) if uses_templates else None
    checked = [_checked(one, known) if isinstance(one, Intent) else one for one in read]
    good = [one for one in checked if isinstance(one, Intent)]
    planned = iter(intents.plan(good, credentials, table=table, queues=queues, now=now))
    return tuple(one if isinstance(one, Asked) else _answer(next(planned)) for one in checked)


def _read(event: object, now: datetime) -> Intent | Asked:
    intent = intake.read(event, now=now)
    return intent if isinstance(intent, Intent) else Asked("refused", reason="invalid", flaws=intent)


def _checked(intent: Intent, known: Templates | None) -> Intent | Asked:
    """The intent, if it could ever be sent."""
    reason = content.objection(intent.channel, intent.content_class, intent.content)
    if reason not in ("", "template_fields"):
        return Asked("refused", reason=reason)
    if problems := templates.problems(intent, known):
        field = "template" if problems[0].reason == "template_unknown" else "data"
        return Asked("refused", reason=problems[0].reason, flaws=tuple(Flaw(field, one.detail) for one in problems))
    return intent


def _answer(planned: intents.Planned) -> Asked:
    return Asked(planned.outcome, planned.push_id)
