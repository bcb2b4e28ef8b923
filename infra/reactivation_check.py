"""A policy against the rules and the account's own templates and channels, before it is saved, enabled or looked at."""

from collections.abc import Iterator

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent
from chalicelib.faq.releases import BrokenRelease, load
from chalicelib.reactivation.policy_checks import problems
from chalicelib.reactivation.policy_problem import Problem
from chalicelib.runtime import runtime
from chalicelib.sending import templates
from chalicelib.store import account as accounts
from chalicelib.store.policy import Policy
from chalicelib.store.table import Table


def check(policy: Policy, table: Table) -> None:
    """Tells what is to be thought over. Raises BadContent with all that is wrong."""
    r = runtime()
    known = templates.current(table, policy.account, queues=r.queues, now=r.now())
    found = [*problems(policy, known, today=shanghai_day(r.now())), *_channels(policy, table)]
    if refused := [problem for problem in found if problem.refused]:
        raise BadContent("\n".join(map(str, refused)))
    for problem in found:
        print(f"请注意：{problem}")


def _channels(policy: Policy, table: Table) -> Iterator[Problem]:
    """A scene that no release names may stand on a poster all the same: it is told, not refused."""
    if not policy.audience.channels:
        return
    version = accounts.find(table, policy.account).release
    try:
        published = {channel.scene for channel in load(table, policy.account, version).channels} if version else set()
    except BrokenRelease:  # then nothing is known of them
        return
    if unknown := [scene for scene in policy.audience.channels if scene not in published]:
        words = f"已发布的问答里没有渠道 {'、'.join(unknown)}：写错了的话，由它来的人一个也不会提醒"
        yield Problem("channels_unknown", "audience.channels", words, refused=False)
