"""From which day to which a policy plans anything. Pure."""

from chalicelib.store.policy import Policy


def has_begun(policy: Policy, day: str) -> bool:
    return policy.first_day <= day


def is_over(policy: Policy, day: str) -> bool:
    return bool(policy.last_day) and policy.last_day < day
