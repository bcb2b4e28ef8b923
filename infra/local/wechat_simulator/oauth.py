"""The page's question who is there, and where the browser goes with the answer (official docs, web authorisation)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from infra.local.wechat_simulator.account import OPENID_CHARS, letters
from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.authorizations import Grant
from infra.local.wechat_simulator.person import Person
from infra.local.wechat_simulator.refusal import Refused
from infra.local.wechat_simulator.world import World

SCOPES = ("snsapi_base", "snsapi_userinfo")
ORDER = ("appid", "redirect_uri", "response_type", "scope", "state")
SNAPSHOT_NAME = "微信用户"
_STATE = re.compile(r"[a-zA-Z0-9]{0,128}")


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks: may it know this person, and how much of them."""

    redirect_uri: str
    scope: str
    state: str = ""
    forces_snapshot: bool = False

    @property
    def needs_consent(self) -> bool:
        return self.scope == "snsapi_userinfo"

    def answered(self, **answer: str) -> str:
        """The page's address with what it is told; a fragment stays behind it."""
        parts = urlsplit(self.redirect_uri)
        told = urlencode({**answer, "state": self.state}, errors="replace")
        return urlunsplit(parts._replace(query=f"{parts.query}&{told}" if parts.query else told))


def question_from(world: World, query: Mapping[str, str]) -> tuple[AccountState, Question]:
    """The question in the address of `/connect/oauth2/authorize`. Raises Refused with the platform's number."""
    state = next((one for one in world.accounts.values() if one.account.appid == query.get("appid")), None)
    if state is None:
        raise Refused("appid 参数错误（10013）")
    if query.get("response_type") != "code":
        raise Refused("response_type 应为 code")
    order = [name for name in query if name in ORDER]
    if world.switches.oauth_order_checked and order != sorted(order, key=ORDER.index):
        raise Refused(f"参数顺序应为 {'、'.join(ORDER)}")
    snapshot = query.get("forceSnapShot") in ("1", "true")
    question = Question(query.get("redirect_uri", ""), query.get("scope", ""), query.get("state", ""), snapshot)
    check(world, state, question)
    return state, question


def check(world: World, state: AccountState, question: Question) -> None:
    """Raises Refused for what the platform would not show a page for."""
    host, netloc = _target(question.redirect_uri)
    if not _is_own_domain(world, state.account.oauth_domains, host, netloc):
        raise Refused("redirect_uri 域名与后台配置不一致（10003）")
    if question.scope not in SCOPES:
        raise Refused(f"scope 只能是 {' 或 '.join(SCOPES)}（10005）")
    if world.switches.oauth_state_checked and not _STATE.fullmatch(question.state):
        raise Refused("state 最多 128 个字母或数字")


def allow(world: World, person: Person, question: Question, *, snapshot: bool | None = None) -> str:
    """Where the browser goes: to the page with a code. By default a switch says whether it is a snapshot page."""
    with world.lock:
        if snapshot is None:
            snapshot = question.forces_snapshot or world.switches.oauth_snapshot
        grant = Grant(person.openid, person.name, person.unionid, question.scope)
        if snapshot and grant.tells_profile:
            grant = _snapshot_of(world, grant)
        code = world.account(person.account).authorizations.new_code(grant, world.now())
    return question.answered(code=code)


def refuse(world: World, question: Question) -> str | None:
    """Where the browser goes, if it goes anywhere."""
    return question.answered() if world.switches.oauth_refusal_redirects else None


def _target(redirect_uri: str) -> tuple[str, str]:
    """The address's host, without and with its port."""
    try:
        target = urlsplit(redirect_uri)
    except ValueError:  # a bracket that is not closed
        target = urlsplit("")
    if target.scheme not in ("http", "https") or not target.hostname:
        raise Refused("redirect_uri 应为完整的网址（10011）")
    return target.hostname, target.netloc


def _is_own_domain(world: World, domains: tuple[str, ...], host: str, host_and_port: str) -> bool:
    if not domains:
        return not world.switches.oauth_needs_domain
    return host in domains or host_and_port in domains


def _snapshot_of(world: World, grant: Grant) -> Grant:
    """A person who does not exist."""
    if world.switches.snapshot_openid_stays:
        openid = "o" + hashlib.sha256(f"snapshot {grant.openid}".encode()).hexdigest()[:27]
    else:
        openid = "o" + letters(world.random, 27, OPENID_CHARS)
    unionid = "o" + letters(world.random, 27, OPENID_CHARS) if grant.unionid else ""
    return Grant(openid, SNAPSHOT_NAME, unionid, grant.scope, is_snapshot=True)
