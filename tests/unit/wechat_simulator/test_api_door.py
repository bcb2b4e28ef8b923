"""Tokens, quotas, malformed calls and faults: what every API call has in common."""

import json
from typing import Any

import pytest

from infra.local.wechat_simulator.api.errors import ApiError
from tests.unit.wechat_simulator.stage import Stage, an_account

INFO = "/cgi-bin/user/info"


def with_token(stage: Stage, token: str) -> Any:
    return stage.simulator.call("GET", "/cgi-bin/tags/get", {"access_token": token}).json().get("errcode", 0)


def classic(stage: Stage, **changes: str) -> Any:
    account = stage.account
    query = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret, **changes}
    return stage.simulator.call("GET", "/cgi-bin/token", query).json()


def test_the_stable_token_stays_the_same_and_tells_what_is_left_of_it() -> None:
    stage = Stage()
    first = stage.ask_token()
    stage.clock.advance(6000)

    second = stage.ask_token()

    assert first["expires_in"] == 7200
    assert second == {"access_token": first["access_token"], "expires_in": 1200}


def test_in_its_last_five_minutes_a_stable_token_gets_a_successor_and_both_work() -> None:
    stage = Stage()
    first = stage.ask_token()["access_token"]
    stage.clock.advance(6901)

    second = stage.ask_token()

    assert second["access_token"] != first
    assert second["expires_in"] == 7200
    assert (with_token(stage, first), with_token(stage, second["access_token"])) == (0, 0)
    stage.clock.advance(300)
    assert with_token(stage, first) == 42001


def test_a_forced_refresh_kills_the_old_token_at_once() -> None:
    stage = Stage()
    first = stage.ask_token()["access_token"]

    second = stage.ask_token(force_refresh=True)["access_token"]

    assert (with_token(stage, first), with_token(stage, second)) == (40001, 0)


def test_forcing_again_within_thirty_seconds_refreshes_nothing() -> None:
    stage = Stage()
    first = stage.ask_token(force_refresh=True)["access_token"]
    stage.clock.advance(29)
    assert stage.ask_token(force_refresh=True)["access_token"] == first
    stage.clock.advance(1)
    assert stage.ask_token(force_refresh=True)["access_token"] != first


def test_a_token_can_be_forced_twenty_times_a_day() -> None:
    stage = Stage()
    for _ in range(20):
        assert "access_token" in stage.ask_token(force_refresh=True)
        stage.clock.advance(30)

    assert stage.ask_token(force_refresh=True)["errcode"] == 45009
    stage.clock.advance(86_400)
    assert "access_token" in stage.ask_token(force_refresh=True)


def test_each_classic_call_makes_a_new_token_and_the_old_one_lives_five_more_minutes() -> None:
    stage = Stage()
    stable = stage.ask_token()["access_token"]
    first, second = classic(stage)["access_token"], classic(stage)["access_token"]

    assert [with_token(stage, one) for one in (first, second, stable)] == [0, 0, 0]
    stage.clock.advance(300)
    assert [with_token(stage, one) for one in (first, second, stable)] == [42001, 0, 0]


def test_long_forgotten_tokens_are_unknown() -> None:
    stage = Stage()
    first = classic(stage)["access_token"]
    stage.clock.advance(2 * 86_400)
    classic(stage)

    assert with_token(stage, first) == 40001


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wxnobody"}, 40013),
        ({"secret": "wrong"}, 40125),
    ],
)
def test_wrong_credentials_are_told_apart(changes: dict[str, str], code: int) -> None:
    assert classic(Stage(), **changes)["errcode"] == code
    assert Stage().ask_token(**changes)["errcode"] == code


def test_the_code_of_a_wrong_secret_is_a_switch() -> None:
    assert classic(Stage(wrong_secret_code=40001), secret="wrong")["errcode"] == 40001


@pytest.mark.parametrize(("switches", "code"), [({}, 40164), ({"ip_refused_code": 61004}, 61004)])
def test_a_caller_outside_the_allow_list_gets_no_token(switches: Any, code: int) -> None:
    stage = Stage(account=an_account(allowed_ips=("10.0.0.1",)), **switches)

    assert classic(stage)["errcode"] == code


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("short", 40014), ("x" * 100, 40001)])
def test_a_call_without_a_good_token_is_refused(token: str, code: int) -> None:
    assert with_token(Stage(), token) == code


def test_an_error_names_a_rid_that_can_be_looked_up() -> None:
    stage = Stage()
    told = stage.get(INFO, openid="nobody")
    rid = told["errmsg"].rsplit("rid: ")[1]

    found = stage.post("/cgi-bin/openapi/rid/get", rid=rid)

    assert [len(part) for part in rid.split("-")] == [8, 8, 8]
    assert found["request"]["request_url"] == INFO
    assert "40003" in found["request"]["response_body"]
    assert stage.post("/cgi-bin/openapi/rid/get", rid="x")["errcode"] == 76001


def test_only_the_newest_rids_are_kept() -> None:
    stage = Stage()
    for number in range(1_100):
        stage.simulator.world.keep_rid(str(number), {})

    assert len(stage.simulator.world.told_by_rid) == 1_000


def test_unknown_paths_and_wrong_methods_are_refused_in_wechats_way() -> None:
    stage = Stage()

    assert stage.get("/cgi-bin/no/such/path")["errcode"] == 40066
    assert stage.get("/cgi-bin/tags/create")["errcode"] == 43002


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/cgi-bin/tags/create", b"", 44002),
        ("/cgi-bin/tags/create", b"{", 47001),
        ("/cgi-bin/tags/create", b"[]", 47001),
        ("/cgi-bin/tags/create", b"\xff", 47001),
        ("/cgi-bin/tags/create", b"[" * 100_000, 47001),
        ("/cgi-bin/tags/create", b'{"tag":{"name":"\\u4f1a"}}', 47002),
        ("/cgi-bin/menu/create", b'{"button":[{"name":"\\u4f1a"}]}', 40033),
        ("/cgi-bin/tags/create", b'{"tag":{"name":"\\\\u4f1a"}}', None),
        ("/cgi-bin/tags/create", b'{"tag":{"name":"a\\u0009"}}', None),
    ],
)
def test_a_body_must_be_a_json_object_in_raw_utf8(path: str, body: bytes, code: int | None) -> None:
    stage = Stage()

    told = stage.simulator.call("POST", path, {"access_token": stage.token()}, body).json()

    assert told.get("errcode") == code


def test_unicode_escapes_can_be_allowed() -> None:
    stage = Stage(refuse_unicode_escapes=False)
    body = json.dumps({"tag": {"name": "会员"}}).encode()

    told = stage.simulator.call("POST", "/cgi-bin/tags/create", {"access_token": stage.token()}, body).json()

    assert told["tag"]["name"] == "会员"


def test_the_day_of_a_quota_turns_at_midnight_in_shanghai() -> None:
    stage = Stage(daily_limits={"/cgi-bin/tags/get": 2})
    stage.get("/cgi-bin/tags/get")
    stage.get("/cgi-bin/tags/get")

    assert stage.get("/cgi-bin/tags/get")["errcode"] == 45009
    stage.clock.advance(12 * 3600 - 1)
    stage._token = ""
    assert stage.get("/cgi-bin/tags/get")["errcode"] == 45009
    stage.clock.advance(1)
    assert "tags" in stage.get("/cgi-bin/tags/get")


def test_a_minute_has_its_own_limit() -> None:
    stage = Stage(minute_limits={"/cgi-bin/tags/get": 1})
    stage.get("/cgi-bin/tags/get")

    assert stage.get("/cgi-bin/tags/get")["errcode"] == 45011
    stage.clock.advance(60)
    assert "tags" in stage.get("/cgi-bin/tags/get")


def test_a_quota_can_be_read_and_cleared() -> None:
    stage = Stage(daily_limits={"/cgi-bin/tags/get": 10}, minute_limits={"/cgi-bin/tags/get": 60})
    stage.get("/cgi-bin/tags/get")

    told = stage.post("/cgi-bin/openapi/quota/get", cgi_path="/cgi-bin/tags/get")
    cleared = stage.post("/cgi-bin/openapi/quota/clear", cgi_path="/cgi-bin/tags/get")

    assert told["quota"] == {"daily_limit": 10, "used": 1, "remain": 9}
    assert told["rate_limit"] == {"call_count": 60, "refresh_second": 60}
    assert cleared["errcode"] == 0
    assert stage.post("/cgi-bin/openapi/quota/get", cgi_path="/cgi-bin/tags/get")["quota"]["used"] == 0
    assert "rate_limit" not in stage.post("/cgi-bin/openapi/quota/get", cgi_path=INFO)


@pytest.mark.parametrize(("path", "code"), [("/sns/userinfo", 76022), ("/other", 76021), ("", 76021)])
def test_a_quota_of_no_path_cannot_be_read(path: str, code: int) -> None:
    assert Stage().post("/cgi-bin/openapi/quota/get", cgi_path=path)["errcode"] == code


def test_one_path_can_be_cleared_fifty_times_a_month_and_all_ten_times() -> None:
    stage = Stage()
    for _ in range(50):
        assert stage.post("/cgi-bin/openapi/quota/clear", cgi_path=INFO)["errcode"] == 0
    for _ in range(10):
        assert stage.post("/cgi-bin/clear_quota", appid=stage.account.appid)["errcode"] == 0

    assert stage.post("/cgi-bin/openapi/quota/clear", cgi_path=INFO)["errcode"] == 48006
    assert stage.post("/cgi-bin/clear_quota", appid=stage.account.appid)["errcode"] == 48006
    assert stage.post("/cgi-bin/clear_quota", appid="other")["errcode"] == 40013


def test_the_counters_can_be_cleared_without_a_token() -> None:
    stage = Stage(daily_limits={"/cgi-bin/tags/get": 1})
    stage.get("/cgi-bin/tags/get")
    body = json.dumps({"appid": stage.account.appid, "appsecret": stage.account.secret}).encode()

    told = stage.simulator.call("POST", "/cgi-bin/clear_quota/v2", {}, body).json()

    assert told["errcode"] == 0
    assert "tags" in stage.get("/cgi-bin/tags/get")


@pytest.mark.parametrize(("resets", "used"), [(False, 1), (True, 0)])
def test_clearing_spares_the_mass_limits_unless_switched(resets: bool, used: int) -> None:
    stage = Stage(clear_quota_resets_mass=resets)
    path = "/cgi-bin/message/mass/get"
    stage.post(path, msg_id=1)
    stage.post("/cgi-bin/clear_quota", appid=stage.account.appid)

    assert stage.post("/cgi-bin/openapi/quota/get", cgi_path=path)["quota"]["used"] == used


def test_small_calls_about_the_platform() -> None:
    stage = Stage()

    assert stage.get("/cgi-bin/getcallbackip") == {"ip_list": ["127.0.0.1"]}
    assert stage.get("/cgi-bin/customservice/getkflist")["kf_list"][0]["kf_id"] == "2001"
    first = stage.get("/cgi-bin/ticket/getticket", type="jsapi")
    assert stage.get("/cgi-bin/ticket/getticket", type="jsapi")["ticket"] == first["ticket"]
    assert stage.get("/cgi-bin/ticket/getticket", type="other")["errcode"] == 40097
    stage.clock.advance(7200)
    stage._token = ""
    assert stage.get("/cgi-bin/ticket/getticket", type="jsapi")["ticket"] != first["ticket"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("api_token_rejected", 40001),
        ("api_busy", -1),
        ("api_daily_quota", 45009),
        ("api_minute_quota", 45011),
    ],
)
def test_a_fault_refuses_calls_with_its_code(kind: str, code: int) -> None:
    stage = Stage()
    stage.token()
    stage.simulator.add_fault(kind, times=None)

    assert stage.get("/cgi-bin/tags/get")["errcode"] == code
    assert stage.get("/cgi-bin/menu/get")["errcode"] == code


def test_a_fault_with_an_errcode_strikes_one_path_so_many_times() -> None:
    stage = Stage()
    stage.simulator.add_fault("api_errcode", path="/cgi-bin/tags/create", errcode=45157, times=2)

    codes = [stage.post("/cgi-bin/tags/create", tag={"name": "a"}).get("errcode") for _ in range(3)]

    assert codes == [45157, 45157, None]
    assert stage.get("/cgi-bin/tags/get")["tags"][1]["name"] == "a"


def test_faults_of_the_transport_come_with_and_without_acceptance() -> None:
    stage = Stage()
    token = {"access_token": stage.token()}

    def create(kind: str, name: str, **settings: Any) -> Any:
        stage.simulator.add_fault(kind, path="/cgi-bin/tags/create", **settings)
        return stage.simulator.call("POST", "/cgi-bin/tags/create", token, json.dumps({"tag": {"name": name}}).encode())

    bad_gateway = create("api_status", "a", status=503)
    gibberish = create("api_not_json", "b")
    before, after = create("api_timeout_before", "c", seconds=9), create("api_timeout_after", "d")
    cut_before, cut_after = create("api_reset_before", "e"), create("api_reset_after", "f")

    assert (bad_gateway.status, gibberish.status) == (503, 200)
    with pytest.raises(ValueError, match="Expecting"):
        gibberish.json()
    assert [one.lost for one in (before, after, cut_before, cut_after)] == ["timeout", "timeout", "reset", "reset"]
    assert before.seconds == 9
    assert [tag["name"] for tag in stage.get("/cgi-bin/tags/get")["tags"][1:]] == ["d", "f"]


def test_calls_can_be_slow() -> None:
    stage = Stage(api_latency_seconds=0.1)
    stage.token()
    stage.simulator.add_fault("api_slow", seconds=2)

    stage.get("/cgi-bin/tags/get")
    stage.get("/cgi-bin/tags/get")

    assert stage.pauses == [0.1, 2.1, 0.1]


def test_the_log_shows_calls_without_their_secrets() -> None:
    stage = Stage()
    token = stage.token()
    stage.get("/cgi-bin/tags/get")

    entries = stage.simulator.log.entries()

    assert [entry["kind"] for entry in entries] == ["api", "api"]
    assert entries[1]["path"] == "/cgi-bin/tags/get"
    assert token not in str(entries)
    assert stage.account.secret not in str(entries)


def test_an_error_without_a_text_of_its_own_still_says_something() -> None:
    assert ApiError(99999).message == "error"
