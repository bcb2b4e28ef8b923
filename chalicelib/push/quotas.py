"""Our count of a day's calls beside WeChat's: other systems may use the same account."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.door import count, log
from chalicelib.sending.traits import TRAITS, Traits
from chalicelib.store import quota as stored
from chalicelib.store.push import Channel
from chalicelib.store.quota import Quota
from chalicelib.store.table import Table
from chalicelib.store.watch import Watch
from chalicelib.wechat.client import WechatClient, WechatOf
from chalicelib.wechat.errors import WechatError

ASKED_EVERY = timedelta(hours=1)
CHANNELS: Mapping[str, tuple[Channel, Traits]] = {traits.api: (name, traits) for name, traits in TRAITS.items()}
"""Channels by the API whose quota they use. A canary counter stands beside the APIs, and WeChat knows nothing of it."""


def told_quotas(
    watch: Watch,
    quotas: Iterable[Quota],
    *,
    wechat: WechatOf,
    table: Table,
    now: datetime,
) -> Watch:
    """Once an hour, ask WeChat about each API that was used today. What it does not tell stays as it is."""
    if watch.quotas_at and now - watch.quotas_at < ASKED_EVERY:
        return watch
    apis = [quota.api for quota in quotas if quota.api in CHANNELS]
    if not apis:
        return watch
    client = wechat(watch.account)
    for api in apis:
        _ask(watch.account, api, client, table, now)
    return replace(watch, quotas_at=now)


def tell_quotas(quotas: Iterable[Quota]) -> None:
    """How many calls of each API are left today."""
    for quota in quotas:
        if quota.api in CHANNELS:
            channel, traits = CHANNELS[quota.api]
            left = 0 if quota.closed else max(0, (quota.limit or traits.daily) - quota.used)
            count("QuotaLeft", left, account=quota.account, channel=channel)


def _ask(account: str, api: str, wechat: WechatClient, table: Table, now: datetime) -> None:
    """Ours is read after WeChat has answered: whatever was sent meanwhile is in it, and is not added once more."""
    try:
        told = wechat.quota(api)
    except WechatError as error:
        log.info("watch.quota_untold", extra={"account": account, "api": api, "code": error.code})
        return
    if told.limit > 0:
        table.write([stored.find(table, account, api, now=now).learn(told.limit, used=told.used)])
