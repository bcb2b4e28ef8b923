"""What others ask us to tell followers, and what WeChat took of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.callbacks import human
from chalicelib.callbacks import texts as human_texts
from chalicelib.faq import feedback
from chalicelib.sending.intents import Intent, push_id
from chalicelib.store.push import Channel, Content, ContentClass
from chalicelib.tickets import answering, notifying, texts
from infra.local.wechat_simulator import Simulator

ORDER, NEWS = "order", "arrivals"
"""The template of service notices, and that of our subscription notices: others send by another one, `offers`, and what
WeChat reports of those is not ours."""
WINBACK, MISSED, CIRCULAR = "好久不见", "我们想你了", "周年庆"
REACTIVATION = (WINBACK, MISSED, CIRCULAR)
"""What policies say: the same to everybody, so that it is known by its reader too."""
OWN_WORDS: Mapping[str, str] = {
    human_texts.HANDED_OVER: human.HINT,
    texts.STAFF: notifying.KIND,
    texts.ANSWER: answering.KIND,
}
"""What the account says of its own accord begins so, and is a push of this kind."""
OWN_KINDS = frozenset({*OWN_WORDS.values(), feedback.KIND})
PATHS: Mapping[str, Channel] = {
    "/cgi-bin/message/template/send": "template",
    "/cgi-bin/message/subscribe/bizsend": "subscribe",
    "/cgi-bin/message/custom/send": "kefu",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One wish: `key` is also what the follower reads, so that it is known again."""

    key: str
    openid: str
    channel: Channel = "template"
    content_class: ContentClass = "service"
    after: timedelta = timedelta(0)

    def push_id(self, account: str) -> str:
        return push_id(account, self.openid, "news", self.key)

    def intent(self, now: datetime) -> Intent:
        return Intent(
            self.openid,
            "news",
            self.key,
            self.channel,
            self.content_class,
            self._content(),
            not_before=now + self.after,
        )

    def _content(self) -> Content:
        match self.channel:
            case "template":
                return Content(template=ORDER, data={"thing1": self.key})
            case "subscribe":
                return Content(template=NEWS, data={"thing1": self.key})
            case _:
                return Content(body={"msgtype": "text", "text": {"content": self.key}})


@dataclass(slots=True)
class Notices:
    """Everything that was asked for in a run."""

    asked: dict[str, Notice] = field(default_factory=dict)
    """By key, once another system knows that it was taken."""
    perhaps: dict[str, Notice] = field(default_factory=dict)
    """By key, whatever came of asking."""
    unwanted: set[str] = field(default_factory=set)
    """Keys that must not reach their follower: who had opted out, or left, before anyone asked."""
    accepted: Counter[str] = field(default_factory=Counter)
    """How many messages WeChat took, by key."""
    calls: Counter[str] = field(default_factory=Counter)
    """Sends that WeChat took, by day (Shanghai) and path."""


def accepted_by(simulator: Simulator) -> tuple[Counter[str], Counter[str]]:
    """Messages by key, and calls by day and path: read from WeChat's own log. A repeated `client_msg_id` is the same
    message, and so has the same number."""
    messages: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for entry in simulator.log.entries():
        path = entry.get("path", "")
        if entry["kind"] != "api" or path not in PATHS or entry["response"].get("errcode") != 0:
            continue
        day = (datetime.fromisoformat(entry["at"]) + timedelta(hours=8)).date().isoformat()
        calls[f"{day} {path}"] += 1
        told = _told(entry["request"]["json"])
        number = str(entry["response"].get("msgid", entry["seq"]))
        if (told, number) not in seen:
            seen.add((told, number))
            messages[told] += 1
    return messages, calls


def _told(body: Mapping[str, Any]) -> str:
    """What the follower reads; for what the account says of its own accord, the kind of push that says it."""
    if "msgmenu" in body:
        return feedback.KIND
    text = str(body["data"]["thing1"]["value"] if "data" in body else body["text"]["content"])
    if own := next((kind for words, kind in OWN_WORDS.items() if text.startswith(words)), ""):
        return own
    return f"{text} {body['touser']}" if text in REACTIVATION else text
