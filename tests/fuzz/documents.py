"""Deliveries as plain XML: a message or an event that WeChat sends, from one of few followers, with something wrong."""

from random import Random

from infra.local.memory.world import START
from tests.fuzz import texts
from tests.fuzz.bends import bend
from tests.fuzz.nodes import Node, copied, in_cdata, sent, written


def message(random: Random) -> bytes:
    """One delivery's plain XML: someone among few followers, now or lately, and something wrong with it or not."""
    root = copied(random.choice(sent()))
    freshen(random, root)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 8))):
        bend(random, root)
    return texts.raw(written(random, root))


def chat(random: Random) -> bytes:
    """A text or a tap on the menu, whole but for what it says."""
    if random.random() < 0.8:
        said = Node("MsgType", "text"), Node("Content", texts.said(random)), Node("MsgId", str(random.getrandbits(60)))
    else:
        said = Node("MsgType", "event"), Node("Event", "CLICK"), Node("EventKey", texts.text(random))
    root = Node(
        "xml", children=[Node("ToUserName", "gh_0123456789ab"), Node("FromUserName"), Node("CreateTime"), *said]
    )
    freshen(random, root)
    return texts.raw(in_cdata(root))


def freshen(random: Random, root: Node) -> None:
    """From another follower, at another time, with another number."""
    for node in root.children:
        match node.tag:
            case "FromUserName" | "OpenID":
                node.text = texts.openid(random)
            case "CreateTime":
                node.text = str(int(START.timestamp()) - random.randrange(3600))
            case "MsgId":
                node.text = str(random.getrandbits(60))
            case "Content":
                node.text = texts.said(random)
