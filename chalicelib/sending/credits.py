"""Subscription sends that a member has left. Pure."""

from chalicelib.store.member import Member
from chalicelib.store.sends import Sends


def credits_left(member: Member, sends: Sends | None) -> dict[str, int]:
    """By template id: what their accepts granted, less what was used; templates with none left are not named."""
    used = sends.credits_used if sends else {}
    left = {name: granted - used.get(name, 0) for name, granted in member.credits.items()}
    return {name: count for name, count in left.items() if count > 0}
