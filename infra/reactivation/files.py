"""A report for other programs."""

import json
from dataclasses import asdict

from chalicelib.sending.reasons import in_words
from infra.reactivation import words
from infra.reactivation.counted import ARMS, Counted, Reached
from infra.reactivation.effect import Effect
from infra.reactivation.report import Report
from infra.reactivation.words import LOSSES, RETURNS, Outcome


def as_json(report: Report) -> str:
    """Shares, differences and intervals are of one, not of a thousand."""
    asked, counted = report.asked, report.counted
    told = {
        "account": asked.policy.account,
        "policy": asked.policy.name,
        "first": asked.first,
        "last": asked.last,
        "counts": "members" if asked.by_person else "assignments",
        "days": counted.days,
        "left_out": report.left_out,
        "notes": list(words.notes(report)),
        "arms": {arm: counted.total(arm)._asdict() for arm in ARMS},
        "returned": _outcome(RETURNS, report.returns, report),
        "lost": _outcome(LOSSES, report.losses, report),
        "by_day": [_cohort(counted, day, arm) for day in counted.days for arm in ARMS],
        "later_rungs": [_rung(rung, arm, reached) for (rung, arm), reached in sorted(counted.later.items())],
        "pushes": asdict(report.pushes) | {"waiting": report.pushes.waiting},
        "reasons": [one._asdict() | {"words": in_words(one.reason)} for one in report.reasons],
        "calls": report.calls,
        "dollars": round(report.dollars, 6),
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _outcome(outcome: Outcome, effect: Effect | None, report: Report) -> dict[str, object]:
    verdict = words.verdict(outcome, effect, report)
    if effect is None:
        return {"verdict": verdict}
    numbers = asdict(effect) | {"is_significant": effect.is_significant, "number_needed": effect.needed}
    return {"verdict": verdict, **numbers}


def _cohort(counted: Counted, day: str, arm: str) -> dict[str, object]:
    return {"day": day, "arm": arm, **counted.of_day(day, arm)._asdict()}


def _rung(number: int, arm: str, reached: Reached) -> dict[str, object]:
    return {"rung": number, "arm": arm, **reached._asdict()}
