"""A page asks who is there: codes, user tokens, snapshots."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.local.wechat_simulator import Refused, oauth
from infra.local.wechat_simulator.oauth import Question, question_from
from tests.unit.wechat_simulator.stage import Stage, an_account

PAGE = "https://shop.example.com/card"
USERINFO = "snsapi_userinfo"


def opened(stage: Stage, openid: str, **given: Any) -> str:
    """The code that the page gets when this person opens it."""
    told = stage.act(openid, "oauth", redirect_uri=PAGE, **given).told
    return parse_qs(urlsplit(told["redirect_url"]).query)["code"][0]


def exchange(stage: Stage, code: str, /, **changes: str) -> Any:
    account = stage.account
    query = {"appid": account.appid, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    given = {name: value for name, value in {**query, **changes}.items() if value}
    return stage.simulator.call("GET", "/sns/oauth2/access_token", given).json()


def refresh(stage: Stage, token: str, **changes: str) -> Any:
    query = {"appid": stage.account.appid, "grant_type": "refresh_token", "refresh_token": token, **changes}
    given = {name: value for name, value in query.items() if value}
    return stage.simulator.call("GET", "/sns/oauth2/refresh_token", given).json()


def ask(stage: Stage, path: str, **query: str) -> Any:
    return stage.simulator.call("GET", f"/sns/{path}", query).json()


def test_a_page_learns_the_openid_of_someone_who_does_not_even_follow() -> None:
    stage = Stage(account=an_account(has_unionid=True))
    openid = stage.person(follows=False)

    told = exchange(stage, opened(stage, openid))

    assert (told["openid"], told["scope"], told["expires_in"]) == (openid, "snsapi_base", 7200)
    assert "unionid" not in told
    assert ask(stage, "auth", access_token=told["access_token"], openid=openid) == {"errcode": 0, "errmsg": "ok"}
    assert ask(stage, "userinfo", access_token=told["access_token"], openid=openid)["errcode"] == 48001


@pytest.mark.parametrize("has_unionid", [True, False])
def test_with_consent_the_page_learns_the_name_too(*, has_unionid: bool) -> None:
    stage = Stage(account=an_account(has_unionid=has_unionid))
    openid = stage.person("小李")

    told = exchange(stage, opened(stage, openid, scope=USERINFO))
    profile = ask(stage, "userinfo", access_token=told["access_token"], openid=openid)

    assert profile["nickname"] == "小李"
    assert ("unionid" in told) is ("unionid" in profile) is has_unionid
    assert "is_snapshotuser" not in told


def test_the_browser_goes_back_with_code_and_state_behind_what_the_address_had() -> None:
    stage = Stage()
    openid = stage.person()

    told = stage.act(openid, "oauth", redirect_uri=f"{PAGE}?a=1#top", state="s1")

    address = urlsplit(told.as_json()["redirect_url"])
    assert list(parse_qs(address.query)) == ["a", "code", "state"]
    assert (parse_qs(address.query)["state"], address.fragment) == (["s1"], "top")


def test_a_code_is_good_once_and_for_five_minutes() -> None:
    stage = Stage()
    openid = stage.person()
    used, late = opened(stage, openid), opened(stage, openid)
    exchange(stage, used)

    assert exchange(stage, used)["errcode"] == 40163
    stage.clock.advance(300)
    assert exchange(stage, late)["errcode"] == 42003
    assert exchange(stage, "never")["errcode"] == 40029


def test_codes_and_tokens_are_forgotten_a_month_after_they_were_over() -> None:
    stage = Stage()
    openid = stage.person()
    code, told = opened(stage, openid), exchange(stage, opened(stage, openid))
    stage.clock.advance(61 * 86_400)

    opened(stage, openid)

    assert exchange(stage, code)["errcode"] == 40029
    assert refresh(stage, told["refresh_token"])["errcode"] == 40030
    assert ask(stage, "auth", access_token=told["access_token"], openid=openid)["errcode"] == 40001


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": "client_credential"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"code": ""}, 41008),
        ({"appid": "wxother"}, 40013),
        ({"secret": "wrong"}, 40125),
    ],
)
def test_an_exchange_without_the_right_papers_is_refused(changes: dict[str, str], code: int) -> None:
    stage = Stage()

    assert exchange(stage, opened(stage, stage.person()), **changes)["errcode"] == code


def test_a_code_of_one_account_is_none_of_anothers() -> None:
    stage = Stage()
    other = an_account(account="other", appid="wxother", secret="o" * 32)
    stage.simulator.add_account(other)
    code = opened(stage, stage.person())

    assert exchange(stage, code, appid=other.appid, secret=other.secret)["errcode"] == 40029


@pytest.mark.parametrize("keeps", [True, False])
def test_a_refresh_lengthens_the_token_or_gives_another(*, keeps: bool) -> None:
    stage = Stage(oauth_refresh_keeps_token=keeps)
    openid = stage.person()
    first = exchange(stage, opened(stage, openid))
    stage.clock.advance(7000)

    again = refresh(stage, first["refresh_token"])

    assert (again["access_token"] == first["access_token"]) is keeps
    assert (again["expires_in"], again["openid"]) == (7200, openid)
    stage.clock.advance(7200)
    expired = ask(stage, "auth", access_token=again["access_token"], openid=openid)
    assert expired["errcode"] == 42001
    assert refresh(stage, first["refresh_token"])["access_token"] != again["access_token"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": ""}, 40002),
        ({"refresh_token": ""}, 41003),
        ({"refresh_token": "never"}, 40030),
        ({"appid": ""}, 41002),
        ({"appid": "wxother"}, 40013),
    ],
)
def test_a_refresh_without_the_right_papers_is_refused(changes: dict[str, str], code: int) -> None:
    stage = Stage()
    token = exchange(stage, opened(stage, stage.person()))["refresh_token"]

    assert refresh(stage, token, **changes)["errcode"] == code


def test_after_thirty_days_the_follower_is_asked_again() -> None:
    stage = Stage()
    token = exchange(stage, opened(stage, stage.person()))["refresh_token"]
    stage.clock.advance(30 * 86_400)

    assert refresh(stage, token)["errcode"] == 42002


def test_a_user_token_is_for_its_person_and_for_nothing_else() -> None:
    stage = Stage()
    openid, other = stage.person(), stage.person()
    token = exchange(stage, opened(stage, openid))["access_token"]

    assert ask(stage, "auth", access_token=token)["errcode"] == 41009
    assert ask(stage, "auth", access_token=token, openid=other)["errcode"] == 40003
    assert ask(stage, "auth", access_token="x", openid=openid)["errcode"] == 40001
    assert ask(stage, "auth", openid=openid)["errcode"] == 41001
    told = stage.simulator.call("GET", "/cgi-bin/user/info", {"access_token": token, "openid": openid}).json()
    assert told["errcode"] == 40001
    assert ask(stage, "auth", access_token=stage.token(), openid=openid)["errcode"] == 40001


@pytest.mark.parametrize("stays", [True, False])
def test_on_a_snapshot_page_the_person_is_made_up(*, stays: bool) -> None:
    stage = Stage(account=an_account(has_unionid=True), snapshot_openid_stays=stays)
    openid = stage.person("小李")

    first, second = (exchange(stage, opened(stage, openid, scope=USERINFO, snapshot=True)) for _ in range(2))
    profile = ask(stage, "userinfo", access_token=first["access_token"], openid=first["openid"])

    assert (first["is_snapshotuser"], profile["nickname"]) == (1, "微信用户")
    assert openid not in (first["openid"], second["openid"])
    assert len(first["openid"]) == len(openid)
    assert (first["openid"] == second["openid"]) is stays
    assert profile["unionid"] == first["unionid"]


def test_switches_open_snapshots_unasked_and_keep_quiet_about_them() -> None:
    stage = Stage(oauth_snapshot=True, snapshot_told=False)
    openid = stage.person()

    told = exchange(stage, opened(stage, openid, scope=USERINFO))
    asked_for = exchange(stage, opened(stage, openid, scope=USERINFO, snapshot=False))
    base = exchange(stage, opened(stage, openid))

    assert told["openid"] != openid
    assert "is_snapshotuser" not in told
    assert asked_for["openid"] == base["openid"] == openid


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"redirect_uri": "shop"}, "10011"),
        ({"redirect_uri": "https:///x"}, "10011"),
        ({"redirect_uri": "https://[x"}, "10011"),
        ({"redirect_uri": "https://evil.example/"}, "10003"),
        ({"redirect_uri": PAGE, "scope": "snsapi_login"}, "10005"),
        ({"redirect_uri": PAGE, "state": "a-b"}, "state"),
        ({"redirect_uri": PAGE, "state": "s" * 129}, "state"),
    ],
)
def test_a_question_that_makes_no_sense_is_not_asked(given: dict[str, str], says: str) -> None:
    stage = Stage(account=an_account(oauth_domains=("shop.example.com",)))
    openid = stage.person()

    with pytest.raises(Refused, match=says):
        stage.act(openid, "oauth", **given)


def test_a_domain_may_be_needed_may_have_a_port_and_any_state_may_be_allowed() -> None:
    strict, lenient = Stage(oauth_needs_domain=True), Stage(oauth_state_checked=False)
    local = Stage(account=an_account(oauth_domains=("127.0.0.1:8000",)))

    with pytest.raises(Refused, match="10003"):
        strict.act(strict.person(), "oauth", redirect_uri=PAGE)
    assert lenient.act(lenient.person(), "oauth", redirect_uri=PAGE, state="a-b").told
    assert local.act(local.person(), "oauth", redirect_uri="http://127.0.0.1:8000/x").told


def test_the_address_of_the_question_is_read_in_the_platforms_order() -> None:
    stage = Stage()
    good = {"appid": stage.account.appid, "redirect_uri": PAGE, "response_type": "code", "scope": "snsapi_base"}

    state, question = question_from(stage.simulator.world, {**good, "state": "s", "forceSnapShot": "1"})
    lenient = Stage(oauth_order_checked=False)

    assert state.account == stage.account
    assert question == Question(PAGE, "snsapi_base", "s", forces_snapshot=True)
    backwards = dict(reversed(good.items()))
    assert question_from(lenient.simulator.world, backwards)[1].state == ""
    for wrong, says in (
        (backwards, "顺序"),
        ({**good, "appid": "wxother"}, "10013"),
        ({**good, "response_type": "token"}, "response_type"),
    ):
        with pytest.raises(Refused, match=says):
            question_from(stage.simulator.world, wrong)


def test_who_refuses_stays_or_goes_back_with_the_state_only() -> None:
    question = Question(PAGE, USERINFO, "s")

    assert oauth.refuse(Stage().simulator.world, question) is None
    assert oauth.refuse(Stage(oauth_refusal_redirects=True).simulator.world, question) == f"{PAGE}?state=s"


def test_a_forced_snapshot_page_is_one() -> None:
    stage = Stage()
    openid = stage.person()
    question = Question(PAGE, USERINFO, forces_snapshot=True)

    address = oauth.allow(stage.simulator.world, stage.simulator.world.person(openid), question)

    code = parse_qs(urlsplit(address).query)["code"][0]
    assert exchange(stage, code)["is_snapshotuser"] == 1


def test_refresh_tokens_are_masked_in_the_log() -> None:
    stage = Stage()
    told = exchange(stage, opened(stage, stage.person()))

    assert told["refresh_token"] not in str(stage.simulator.log.entries())
    assert told["access_token"] not in str(stage.simulator.log.entries())
