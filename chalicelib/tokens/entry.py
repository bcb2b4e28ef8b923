"""The door of `token_refresh`: opened by the clock, and by Lambdas that find no good token."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.door import Deadline, door, each

if TYPE_CHECKING:
    from chalicelib.runtime import Runtime
    from chalicelib.tokens.refresh import Refresher

SECONDS = 25
"""Less than the Lambda's timeout of 30."""
LEAST_SECONDS = 15
"""With less time left than this no further account is begun: it may take two calls to WeChat."""

tokens = Blueprint(__name__)


@tokens.schedule(Rate(5, unit=Rate.MINUTES))
@door
def token_refresh(event: CloudWatchEvent) -> None:
    """Refresh one account's token where the event names it, else every account's whose AppSecret we have.

    Promise: none is needed. WeChat gives the same token to whoever asks again.
    """
    from chalicelib.runtime import runtime

    r, deadline = runtime(), Deadline(SECONDS)
    refresher = _refresher(r, deadline)
    if "account" in event.detail:
        refresher.refresh(event.detail["account"], event.detail["refused"])
        return
    path = r.settings.secret_parameter("")
    accounts = (name.removeprefix(path) for name in r.parameters.list_names(path))
    each(accounts, refresher.refresh, name="token_refresh", least=LEAST_SECONDS, left=deadline.left)


def _refresher(r: "Runtime", deadline: Deadline) -> "Refresher":
    from functools import partial

    from chalicelib.tokens import app_secret
    from chalicelib.tokens.refresh import Refresher
    from chalicelib.wechat.stable_token import fetch_stable_token

    return Refresher(
        table=r.table(deadline),
        secret=partial(app_secret.read, accounts=r.accounts, parameters=r.parameters, name=r.settings.secret_parameter),
        fetch=partial(fetch_stable_token, r.wechat_connection),
        now=r.now,
        new_id=r.new_id,
        sleep=r.sleep,
    )
