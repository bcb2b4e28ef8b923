"""The day's calls about followers, within the account's quota: taken before the call, and never more than a share."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from chalicelib.clock import next_midnight, shanghai_day
from chalicelib.door import log
from chalicelib.store import quota as stored
from chalicelib.store.quota import Quota
from chalicelib.store.roster import Kind
from chalicelib.store.table import Lost, Table
from chalicelib.wechat.client import WechatClient
from chalicelib.wechat.errors import WechatError

USER_GET = "/cgi-bin/user/get"
BATCHGET = "/cgi-bin/user/info/batchget"
TAGGING = "/cgi-bin/tags/members/batchtagging"
UNTAGGING = "/cgi-bin/tags/members/batchuntagging"
DEFAULTS: Mapping[str, int] = {USER_GET: 500, BATCHGET: 50_000, TAGGING: 50_000, UNTAGGING: 50_000}
"""Calls a day where WeChat does not tell. `user/get` is published; the others are not, so a hundredth of what is
published for asking about followers one by one is taken: 5,000,000 (official page on call limits)."""
SHARES: Mapping[Kind, float] = {"import": 0.8, "reconcile": 0.4}
"""What may be used up by then, by whomever: an import leaves some to others, the daily check some to an import."""
TAG_SHARE = 0.9


class Budget:
    """Of one account and job: the day's limit is looked up once."""

    def __init__(self, account: str, *, table: Table, wechat: WechatClient, now: Callable[[], datetime]) -> None:
        self._account = account
        self._table = table
        self._wechat = wechat
        self._now = now
        self._known: dict[tuple[str, str], Quota] = {}

    def take(self, api: str, share: float) -> bool:
        """One call of it today; False when the share is used up."""
        quota = self._quota(api)
        most = int((quota.limit or DEFAULTS[api]) * share)
        if quota.closed or most < 1:
            return False
        try:
            self._table.write([quota.take(1, most=most)])
        except Lost:
            return False
        return True

    def close(self, api: str) -> None:
        """WeChat said that there are none left."""
        self._table.write([self._quota(api).close()])
        self._known.clear()

    def anew_at(self) -> datetime:
        """When the quotas of the next day begin, and some minutes: clocks differ."""
        return next_midnight(self._now()) + timedelta(minutes=5)

    def _quota(self, api: str) -> Quota:
        """Asked of WeChat with the first call of the day."""
        place = (shanghai_day(self._now()), api)
        if place not in self._known:
            quota = stored.find(self._table, self._account, api, now=self._now())
            self._known[place] = quota if quota.limit else self._learned(quota)
        return self._known[place]

    def _learned(self, quota: Quota) -> Quota:
        """Where WeChat does not tell, the default is written down, so that it is asked once a day."""
        try:
            limit, used = self._wechat.quota(quota.api)
        except WechatError as error:
            log.info("followers.quota_untold", extra={"account": self._account, "api": quota.api, "code": error.code})
            limit, used = 0, 0
        limit = limit if limit > 0 else DEFAULTS[quota.api]
        quota = stored.find(self._table, self._account, quota.api, now=self._now())
        self._table.write([quota.learn(limit, used=used)])
        return stored.find(self._table, self._account, quota.api, now=self._now())
