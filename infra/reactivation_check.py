"""A policy against the rules and the account's own templates, before it is saved, enabled or looked at."""

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent
from chalicelib.reactivation.policy_checks import problems
from chalicelib.runtime import runtime
from chalicelib.sending import templates
from chalicelib.store.policy import Policy
from chalicelib.store.table import Table


def check(policy: Policy, table: Table) -> None:
    """Tells what is to be thought over. Raises BadContent with all that is wrong."""
    r = runtime()
    known = templates.current(table, policy.account, queues=r.queues, now=r.now())
    found = problems(policy, known, today=shanghai_day(r.now()))
    if refused := [problem for problem in found if problem.refused]:
        raise BadContent("\n".join(map(str, refused)))
    for problem in found:
        print(f"请注意：{problem}")
