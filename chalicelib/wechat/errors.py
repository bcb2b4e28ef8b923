"""What can go wrong with a call to WeChat: one class per thing that a caller does differently."""

import re
from collections.abc import Iterable

from chalicelib.errors import AppError

RID = re.compile(r"\brid:\s*([0-9a-f]{6,12}(?:-[0-9a-f]{6,12}){2})")
TELLING = re.compile(r"[A-Za-z0-9_\-]{24,}")
"""Openids have 28 characters, an AppSecret 32, tokens more; the words of an error message have fewer."""
UNPRINTABLE = re.compile(r"[^ -~\u3000-\uffef]+")
LONGEST_READ = 1_000
"""Characters of an errmsg that are looked at: WeChat's have a hundred or two."""
LONGEST = 200


class WechatError(AppError):
    """Base of all that WeChat refuses or that happens on the way to it. Its text holds nothing secret.

    `code` is WeChat's, None when no answer was understood; `message` is its errmsg without openids, tokens and
    secrets; `rid` names the call in WeChat's own log for seven days.
    """

    def __init__(self, what: str, *, code: int | None = None, errmsg: str = "") -> None:
        errmsg = errmsg[:LONGEST_READ]
        rid = RID.search(errmsg)
        self.code = code
        self.message = cleaned(errmsg)
        self.rid = rid[1] if rid else ""
        said = what if code is None else f"{code} {what}"
        super().__init__(f"{said} (rid {self.rid})" if self.rid else said)


class Busy(WechatError):
    """WeChat is busy. Try again at once, twice at most, then later and later.

    It may have done its work all the same: a send without a key of its own is as after UnknownOutcome.
    """


class Unreachable(Busy):
    """No connection came about, so WeChat has heard nothing. Any call may be tried again."""


class UnknownOutcome(WechatError):
    """No usable answer: a timeout, a reset, an HTTP error, no JSON. WeChat may have done its work or not.

    Repeat a read. Repeat a send only under the same key, and only while WeChat remembers it.
    """


class UnknownCode(WechatError):
    """A code that this version does not know. Try again twice, then leave it to an operator."""


class TokenRefused(WechatError):
    """WeChat does not take our token and renewing it did not help, or none is to be had. Try again in some minutes."""


class MinuteLimit(WechatError):
    """Called too often within a minute. Wait for the next one and go slower."""


class DayLimit(WechatError):
    """The day's quota of this call is used up. Stop calling it until midnight in Asia/Shanghai."""


class MonthLimit(WechatError):
    """The month's allowance is used up. Stop until the next month."""


class RecipientMonthLimit(MonthLimit):
    """This follower has had all that WeChat allows in a month. The others are not concerned."""


class RecipientGone(WechatError):
    """This recipient cannot be reached, and trying again will not help. Ask `user_info` before the member changes."""


class NoWindow(WechatError):
    """No customer-service message is allowed now. Wait for the follower's next act or use another channel."""


class NoCredit(WechatError):
    """The follower has refused this subscription or has used it up. Wait until they accept again."""


class ContentRefused(WechatError):
    """This content or template will never be accepted. Pause what sends it and call an operator."""


class OurMistake(WechatError):
    """The request was wrong. Do not repeat it; leave it to an operator."""


class NotAllowed(WechatError):
    """The account may not do this: settings, permission or a sanction. Stop the feature and call an operator."""


class LoginAgain(WechatError):
    """The login is no longer good. Send the follower through it again."""


class WaitingForAdmin(WechatError):
    """An administrator of the account must confirm first. Call them, and try again later."""


class Partial(WechatError):
    """Done for all but `failed`. Repeat the call for these openids only."""

    def __init__(self, what: str, *, code: int | None, errmsg: str = "", failed: Iterable[str] = ()) -> None:
        super().__init__(what, code=code, errmsg=errmsg)
        self.failed = tuple(failed)


class AlreadyAccepted(WechatError):
    """WeChat has taken this very send before, as `msg_id`. Record it as sent."""

    def __init__(self, what: str, *, code: int | None, errmsg: str = "", msg_id: str = "") -> None:
        super().__init__(what, code=code, errmsg=errmsg)
        self.msg_id = msg_id


class Harmless(WechatError):
    """It changes nothing for anyone. Ignore it."""


def cleaned(errmsg: str) -> str:
    """WeChat's words on one line, without what looks like an openid, a token or a secret."""
    printable = UNPRINTABLE.sub(" ", RID.sub("", errmsg))
    return TELLING.sub("…", printable).strip()[:LONGEST]
