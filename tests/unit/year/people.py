"""Somebody, of whom a test names only what matters to it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from infra.local.year.people import Person
from infra.local.year.shop import START

ALWAYS = (1,) * 24
NOON_ONLY = (0,) * 12 + (1,) + (0,) * 11


def a_person(**changes: Any) -> Person:
    """Takes up the phone at any hour, comes once a week, and never fades away."""
    person = Person(
        number=7,
        joins_at=START,
        scene="store-01",
        hours=ALWAYS,
        per_week=1.0,
        fades=0.0,
        away=timedelta(days=100),
        stays=timedelta(days=1_000),
        bears=4,
        answers=0.5,
        accepts=0.0,
        buys=0.0,
    )
    return replace(person, **changes)
