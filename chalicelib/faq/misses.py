"""What could not be answered is kept for the operator: the words without the person, counted by a job of its own."""

import hashlib
import re
import unicodedata
from dataclasses import replace
from datetime import datetime

from chalicelib.clock import shanghai_day
from chalicelib.decision import Asked, Done, Facts, Verdict
from chalicelib.faq.engine import normalise
from chalicelib.store import miss as misses
from chalicelib.store.job import Job
from chalicelib.store.miss import Miss
from chalicelib.store.table import Table
from chalicelib.wechat.inbound import Inbound

MISSED = "faq.missed"
LONGEST = 60
"""Characters that are kept. A question is shorter."""
HIDDEN = "…"
_READ = 500
_PERSONAL = re.compile(
    r"https?://\S+"  # may carry an account's secrets
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\bo[A-Za-z0-9_-]{27}\b"  # an openid
    r"|\d(?:[\s()-]{0,2}\d){5,}[xX]?"  # telephones, orders, cards, identity numbers
)


def noticed(event: Inbound, facts: Facts, text: str, verdict: Verdict) -> tuple[Job, ...]:
    """The job that counts the question; none for what has no words to learn from."""
    words = readable(text)
    if not normalise(words):
        return ()
    payload = {
        "text": words,
        "nearest": ",".join(entry.entry_id for entry in verdict.nearest),
        "confidence": str(round(verdict.confidence * 100)),
    }
    return (Job(facts.account, f"{MISSED}-{event.receipt_id}", MISSED, facts.now, payload),)


def ask(job: Job, *, now: datetime) -> Asked:
    """Count it once, under what all ways to write the same come to: the sum and the job's end are one commit."""

    def decide(table: Table) -> Done:
        key = key_of(job.payload["text"])
        known, today = misses.find(table, job.account, key), shanghai_day(now)
        nearest = tuple(filter(None, job.payload["nearest"].split(",")))
        asked = Miss(job.account, key, job.payload["text"], 0, today, today, int(job.payload["confidence"]), nearest)
        if known:
            asked = replace(asked, first_day=known.first_day)
        return Done("counted", changes=(asked.once_more(now),))

    return decide


def readable(text: str) -> str:
    """The words as an operator reads them: short, in one line, without numbers and names that could be somebody's."""
    plain = unicodedata.normalize("NFKC", text[:_READ])
    return " ".join(_PERSONAL.sub(HIDDEN, plain).split())[:LONGEST].strip()


def key_of(words: str) -> str:
    """The same for all ways to write it: width, case, script, blanks and marks do not count."""
    return hashlib.sha256(normalise(words).encode()).hexdigest()[:12]
