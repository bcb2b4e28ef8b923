"""A shop with followers: what a newcomer finds after `make run`."""

import json
from random import Random

from chalicelib.door import Deadline
from chalicelib.faq import publishing
from chalicelib.sending import templates
from infra.local.demo import content
from infra.local.demo.notice import Notice
from infra.local.wechat_simulator.account import generated, letters
from infra.local.world import LocalWorld

ACCOUNT = "demo"
EVENT_KEY = "demo"
NAME = "青禾生鲜"
FOLLOWERS: tuple[tuple[str, str, str], ...] = (
    ("林小满", "store-01", "新"),
    ("陈建国", "flyer-03", "几点送到"),
    ("王芳", "", "老"),
    ("赵一鸣", "store-01", "积分怎么用"),
    ("周敏", "flyer-03", "能开发票吗"),
    ("吴大伟", "", "草莓怎么保存"),
    ("郑晓琳", "store-01", "水果坏了怎么办"),
    ("孙浩", "", "你们收旧家电吗"),
    ("刘桂英", "flyer-03", "退订"),
    ("黄子涵", "", "人工"),
)
"""Name, the channel they came by, and what they wrote first."""
NOTICES = (
    ("order-shipped", "订单配送通知", {"character_string1": "订单号", "thing2": "商品", "time3": "预计送达"}, False),
    ("points-expiring", "积分到期提醒", {"number1": "到期积分", "date2": "到期日", "thing3": "说明"}, False),
    ("season-arrival", "时令上新提醒", {"thing1": "商品", "time2": "到店时间", "thing3": "温馨提示"}, True),
)


def seed(world: LocalWorld) -> Notice:
    """Everything goes the way it would on the real platform: parameters, publishing, API calls, callbacks.

    Returns a notice that can be asked for.
    """
    random = Random(7)  # noqa: S311 - made-up credentials of an account on this machine
    account = generated(random, account=ACCOUNT, callback_url=world.callback_url(ACCOUNT), name=NAME)
    world.add_account(account, data_key=letters(random, 64, "0123456789abcdef"))
    table = world.runtime.table(Deadline(20))
    release = content.shop()
    publishing.publish(table, ACCOUNT, release)
    wechat = world.runtime.wechat(ACCOUNT, table)
    wechat.create_menu(content.menu())
    for channel in release.channels:
        wechat.create_qrcode(channel.scene, permanent=True)
    for template_id, title, keywords, subscribe in NOTICES:
        world.simulator.add_template(ACCOUNT, template_id, title, keywords, subscribe=subscribe)
    templates.fetch(table, ACCOUNT, "first", queues=world.runtime.queues, now=world.clock.now())
    secret = letters(random, 64, "0123456789abcdef")
    world.put_parameter(world.runtime.settings.event_parameter(ACCOUNT), json.dumps({EVENT_KEY: secret}))
    openids = [_followed(world, *follower) for follower in FOLLOWERS]
    return Notice(ACCOUNT, EVENT_KEY, secret, openids[0], NOTICES[0][0])


def _followed(world: LocalWorld, name: str, scene: str, words: str) -> str:
    openid = world.simulator.add_follower(ACCOUNT, name)
    world.simulator.follow(openid, scene)
    world.simulator.say(openid, words)
    return openid
