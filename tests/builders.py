"""Whole things to test with; a test names only what matters to it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import xmltodict

from chalicelib.clock import epoch
from chalicelib.decision import Decision, Facts, Verdict
from chalicelib.store.account import AccountState
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.push import Content, Push
from chalicelib.store.release import FaqEntry, Release
from chalicelib.store.sends import Sends, Sent
from chalicelib.store.tombstone import Tombstone
from chalicelib.vault import Vault
from chalicelib.wechat.events import EVENTS
from chalicelib.wechat.inbound import Inbound, parse
from chalicelib.wechat.messages import MESSAGES

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
"""A Wednesday, twelve o'clock in Shanghai."""
ACCOUNT = "demo"
APPID = "wx0123456789abcdef"
GH_ID = "gh_0123456789ab"
OPENID = "oFollower00000000000000001"
HANDLE = "b3a1f0c2d4e5f60718293a4b5c6d7e8f"
VAULT = Vault(b"5a" * 32)


@dataclass(frozen=True, slots=True)
class FixedFaq:
    """Has the same verdict on every question."""

    release: Release
    verdict: Verdict

    def search(self, text: str, *, now: datetime, tags: tuple[str, ...] = ()) -> Verdict:
        return self.verdict


def a_member(**changes: Any) -> Member:
    """A follower who came yesterday, as read from the table."""
    member = Member(
        account=ACCOUNT,
        openid=OPENID,
        member_no="m-0001",
        joined_at=NOON.replace(day=3),
        followed_at=NOON.replace(day=3),
        last_active_at=NOON.replace(day=3),
        active_day="2026-03-03",
        hours_month="2026-03",
        version=1,
    )
    return replace(member, **changes)


def a_tombstone(**changes: Any) -> Tombstone:
    """What stays of a follower who left an hour ago."""
    return replace(Tombstone(ACCOUNT, HANDLE, NOON - timedelta(hours=1)), **changes)


def a_ledger(**changes: Any) -> Sends:
    """The sending ledger of `a_member`, as read from the table."""
    return replace(Sends(ACCOUNT, OPENID, "m-0001", version=1), **changes)


def a_sent(**changes: Any) -> Sent:
    """A template notice to `a_member` that WeChat took at noon, under the number 180."""
    sent = Sent("p-1", "news", "template", NOON, counts=False, state="sent", msgid="180", template="T-1")
    return replace(sent, **changes)


def a_job(kind: str, **changes: Any) -> Job:
    """A job about `a_member` that is due at noon, not written yet."""
    payload = {"openid": OPENID, "member_no": "m-0001"}
    return replace(Job(ACCOUNT, f"{kind}-0001", kind, NOON, payload), **changes)


def a_push(**changes: Any) -> Push:
    """A template notice of an order to `a_member`, planned and due at noon, as read from the table."""
    push = Push(
        account=ACCOUNT,
        push_id="5f1d7a84c0b94e0fa2a6c3de7b8f9012",
        kind="order.shipped",
        channel="template",
        content_class="service",
        openid=OPENID,
        group=HANDLE[:16],
        content=Content("T-1", {"thing1": "订单已发货", "time2": "2026-03-04 12:00"}),
        planned_at=NOON,
        not_before=NOON,
        expires_at=NOON + timedelta(days=3),
        due_at=NOON,
        version=1,
    )
    return replace(push, **changes)


def saved_member(decision: Decision | None) -> Member:
    """The member that the decision saves, and nothing else."""
    assert decision is not None
    (member,) = decision.save
    assert isinstance(member, Member)
    return member


def an_entry(entry_id: str = "hours", **changes: Any) -> FaqEntry:
    entry = FaqEntry(
        entry_id, title="营业时间是几点？", answer="我们每天 9:00–21:00 营业。", questions=("你们几点开门",)
    )
    return replace(entry, **changes)


def a_release(*entries: FaqEntry, **changes: Any) -> Release:
    """The first release, with one entry unless others are given."""
    return replace(Release(version=1, entries=entries or (an_entry(),), welcome="欢迎关注！"), **changes)


def a_faq(verdict: Verdict | None = None, *, release: Release | None = None) -> FixedFaq:
    """Misses everything unless told another verdict."""
    return FixedFaq(release or a_release(), verdict or Verdict("miss"))


def facts(**changes: Any) -> Facts:
    """What is known of a stranger who writes at noon. `verdict=` is short for a `faq` that says so."""
    faq = a_faq(changes.pop("verdict", None), release=changes.pop("release", None))
    known = Facts(
        now=NOON,
        account=ACCOUNT,
        handle=HANDLE,
        fresh_id="fresh-0001",
        faq=faq,
        state=AccountState(ACCOUNT, release=faq.release.version, version=1),
        vault=VAULT,
    )
    return replace(known, **changes)


def an_event(kind: str, **said: Any) -> Inbound:
    """What WeChat would deliver, through XML and the real parser.

    `said` has the names of the body's class (``key="qrscene_poster"``, ``content="你好"``), the names of WeChat's
    elements (``EventKey=…``), or `openid` and `created` of the envelope.
    """
    return parse(event_xml(kind, **said).encode(), appid=APPID)


def event_xml(kind: str, **said: Any) -> str:
    """The plain XML of such a delivery."""
    message_type, _, event = kind.partition(".")
    body = EVENTS.get(event) if event else MESSAGES.get(message_type)
    elements: dict[str, Any] = {
        "ToUserName": GH_ID,
        "FromUserName": OPENID,
        "CreateTime": str(epoch(said.pop("created", NOON))),
        "MsgType": message_type,
    }
    elements |= {"Event": event} if event else {"MsgId": "24000000000000001"}
    places = _places(body) if body else {}
    if "openid" in said and "openid" not in places:
        elements["FromUserName"] = said.pop("openid")
    for name, value in said.items():
        tag, inside = places.get(name, (name, ""))
        home = elements.setdefault(inside, {}) if inside else elements
        home[tag] = _element(value)
    return str(xmltodict.unparse({"xml": elements}, full_document=False))


def _places(body: Any) -> Mapping[str, tuple[str, str]]:
    """Which element each field of a body is read from, and inside which other."""
    return {field.name: (field.metadata["xml"], field.metadata["inside"]) for field in fields(body)}


def _element(value: Any) -> Any:
    if is_dataclass(value):
        return {tag: _element(getattr(value, name)) for name, (tag, _) in _places(value).items()}
    if isinstance(value, tuple | list):
        return [_element(one) for one in value]
    return value if isinstance(value, Mapping) else str(value)
