"""The job that fetches an account's templates.

Promise: the list in the table is WeChat's, whole. Doing it again changes nothing.
"""

from datetime import datetime

from chalicelib.decision import Asked, Done
from chalicelib.store.job import Job
from chalicelib.store.push import Channel
from chalicelib.store.templates import Field, Template, Templates
from chalicelib.wechat.client import WechatClient
from chalicelib.wechat.errors import NotAllowed
from chalicelib.wechat.templates import TemplateInfo


def ask(job: Job, *, wechat: WechatClient, now: datetime) -> Asked:
    """Raises a WechatError; an account that may not have subscriptions just has none."""
    notices = wechat.private_templates()
    try:
        subscriptions = wechat.subscription_templates()
    except NotAllowed:
        subscriptions = ()
    listed = (*_listed(notices, "template"), *_listed(subscriptions, "subscribe"))
    counts = {"templates": len(notices), "subscriptions": len(subscriptions)}
    return lambda _table: Done(
        "templates.fetched", changes=(Templates(job.account, listed, now).put(),), details=counts
    )


def _listed(told: tuple[TemplateInfo, ...], channel: Channel) -> tuple[Template, ...]:
    return tuple(
        Template(
            one.template_id,
            one.title,
            channel,
            tuple(Field(field.key, field.name, field.choices) for field in one.fields),
            one.long_term,
        )
        for one in told
    )
