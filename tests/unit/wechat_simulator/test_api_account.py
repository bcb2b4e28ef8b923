"""Users, tags, blacklist, menus and QR codes."""

from typing import Any

import pytest

from tests.unit.wechat_simulator.stage import Stage, an_account

CLICK = {"type": "click", "name": "签到", "key": "k"}


def test_a_followers_profile_has_no_name_but_where_they_came_from() -> None:
    stage = Stage(account=an_account(has_unionid=True))
    stage.post("/cgi-bin/qrcode/create", action_name="QR_LIMIT_SCENE", action_info={"scene": {"scene_id": 9}})
    by_number, by_name, by_search = (stage.person(follows=False) for _ in range(3))
    stage.simulator.scan(by_number, "9")
    stage.simulator.follow(by_name, "poster")
    stage.simulator.follow(by_search)

    told = [stage.get("/cgi-bin/user/info", openid=one) for one in (by_number, by_name, by_search)]

    assert [one["subscribe_scene"] for one in told] == ["ADD_SCENE_QR_CODE"] * 2 + ["ADD_SCENE_SEARCH"]
    assert [(one["qr_scene"], one["qr_scene_str"]) for one in told] == [(9, ""), (0, "poster"), (0, "")]
    assert told[0]["subscribe_time"] == int(stage.clock.now().timestamp())
    assert told[0]["unionid"]
    assert "nickname" not in told[0]


def test_of_a_stranger_only_that_they_do_not_follow_is_told() -> None:
    stage = Stage()
    openid = stage.person(follows=False)

    assert stage.get("/cgi-bin/user/info", openid=openid) == {"subscribe": 0, "openid": openid}
    assert stage.get("/cgi-bin/user/info", openid="nobody")["errcode"] == 40003
    assert stage.get("/cgi-bin/user/info")["errcode"] == 41009


def test_a_hundred_profiles_come_at_once_and_no_more() -> None:
    stage = Stage()
    openid = stage.person()
    one = {"openid": openid}

    assert len(stage.post("/cgi-bin/user/info/batchget", user_list=[one] * 100)["user_info_list"]) == 100
    assert stage.post("/cgi-bin/user/info/batchget", user_list=[one] * 101)["errcode"] == 40032
    assert stage.post("/cgi-bin/user/info/batchget", user_list=[{"openid": "x"}])["errcode"] == 40003
    assert stage.post("/cgi-bin/user/info/batchget", user_list="x")["errcode"] == 40035


@pytest.mark.parametrize("last", ["empty", "last"])
def test_the_followers_come_in_pages(last: str) -> None:
    stage = Stage(user_get_last_page=last, user_get_page=2)
    people = sorted(stage.person() for _ in range(3))
    stage.simulator.unfollow(stage.person())

    first = stage.get("/cgi-bin/user/get")
    second = stage.get("/cgi-bin/user/get", next_openid=first["next_openid"])
    beyond = stage.get("/cgi-bin/user/get", next_openid=people[2])

    assert (first["total"], first["count"], first["next_openid"]) == (3, 2, people[1])
    assert first["data"]["openid"] + second["data"]["openid"] == people
    assert second["next_openid"] == ("" if last == "empty" else people[2])
    assert beyond == {"total": 3, "count": 0, "next_openid": ""}


def test_a_remark_is_short_and_for_followers() -> None:
    stage = Stage()
    openid, stranger = stage.person(), stage.person(follows=False)
    path = "/cgi-bin/user/info/updateremark"

    assert stage.post(path, openid=openid, remark="老客户")["errcode"] == 0
    assert stage.get("/cgi-bin/user/info", openid=openid)["remark"] == "老客户"
    assert stage.post(path, openid=openid, remark="好" * 10)["errcode"] == 40092
    assert stage.post(path, openid=stranger, remark="x")["errcode"] == 43004


def test_tags_are_made_renamed_counted_and_deleted() -> None:
    stage = Stage()
    openid, _ = stage.person(), stage.person()
    tag = stage.post("/cgi-bin/tags/create", tag={"name": "新"})["tag"]

    stage.post("/cgi-bin/tags/members/batchtagging", openid_list=[openid], tagid=tag["id"])
    stage.post("/cgi-bin/tags/update", tag={"id": tag["id"], "name": "老"})

    assert stage.get("/cgi-bin/tags/get")["tags"][1] == {"id": tag["id"], "name": "老", "count": 1}
    assert stage.post("/cgi-bin/tags/getidlist", openid=openid) == {"tagid_list": [tag["id"]]}
    found = stage.post("/cgi-bin/user/tag/get", tagid=tag["id"])
    assert found == {"count": 1, "next_openid": openid, "data": {"openid": [openid]}}
    assert stage.post("/cgi-bin/user/tag/get", tagid=tag["id"], next_openid=openid)["count"] == 0
    stage.post("/cgi-bin/tags/delete", tag={"id": tag["id"]})
    assert stage.post("/cgi-bin/tags/getidlist", openid=openid) == {"tagid_list": []}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("create", {"tag": {"name": ""}}, 45157),
        ("create", {"tag": {"name": "x" * 31}}, 45158),
        ("create", {"tag": {"name": "星标组"}}, 45157),
        ("create", {}, 40035),
        ("update", {"tag": {"id": 2, "name": "x"}}, 45058),
        ("update", {"tag": {"id": 999, "name": "x"}}, 45159),
        ("delete", {"tag": {"id": "x"}}, 45159),
        ("members/batchtagging", {"openid_list": [], "tagid": 2}, 40032),
        ("members/batchtagging", {"openid_list": ["o"] * 51, "tagid": 2}, 40032),
        ("members/batchtagging", {"openid_list": ["nobody"], "tagid": 2}, 49003),
        ("members/batchtagging", {"openid_list": ["nobody"], "tagid": 3}, 45159),
        ("members/batchtagging", {"openid_list": "o", "tagid": 2}, 40031),
        ("members/batchblacklist", {"openid_list": ["nobody"]}, 40003),
        ("members/batchblacklist", {"openid_list": []}, 40032),
    ],
)
def test_calls_about_tags_that_make_no_sense_are_refused(path: str, body: Any, code: int) -> None:
    assert Stage().post(f"/cgi-bin/tags/{path}", **body)["errcode"] == code


def test_an_account_has_a_hundred_tags_and_a_follower_twenty() -> None:
    stage = Stage()
    openid = stage.person()
    tags = [stage.post("/cgi-bin/tags/create", tag={"name": f"t{number}"})["tag"]["id"] for number in range(100)]
    codes = [
        stage.post("/cgi-bin/tags/members/batchtagging", openid_list=[openid], tagid=tag)["errcode"]
        for tag in (*tags[:20], tags[0], tags[20])
    ]

    assert stage.post("/cgi-bin/tags/create", tag={"name": "one more"})["errcode"] == 45056
    assert codes == [0] * 21 + [45059]


def test_tagging_that_fails_for_some_names_them() -> None:
    stage = Stage()
    openid, stranger = stage.person(), stage.person(follows=False)

    for path in ("batchtagging", "batchuntagging"):
        told = stage.post(f"/cgi-bin/tags/members/{path}", openid_list=[openid, stranger], tagid=2)
        assert (told["errcode"], told["fail_openid_list"]) == (45171, [stranger])
    assert stage.post("/cgi-bin/tags/getidlist", openid=openid) == {"tagid_list": []}
    assert stage.post("/cgi-bin/tags/members/batchuntagging", openid_list=[openid], tagid=2)["errcode"] == 0


def test_a_follower_whose_tags_are_being_changed_is_busy_behind_a_switch() -> None:
    stage = Stage(tag_change_seconds=2)
    openid, other = stage.person(), stage.person()
    path = "/cgi-bin/tags/members/batchtagging"

    told = [stage.post(path, openid_list=people, tagid=2) for people in ([openid], [openid], [openid, other])]
    stage.clock.advance(2)

    assert [one["errcode"] for one in told] == [0, 45169, 45171]
    assert told[2]["fail_openid_list"] == [openid]
    assert stage.post(path, openid_list=[openid], tagid=2)["errcode"] == 0


def test_the_blacklist_is_kept_and_told() -> None:
    stage = Stage()
    openid = stage.person()

    assert stage.post("/cgi-bin/tags/members/batchblacklist", openid_list=[openid])["errcode"] == 0
    told = stage.post("/cgi-bin/tags/members/getblacklist", begin_openid="")
    assert told == {"total": 1, "count": 1, "next_openid": openid, "data": {"openid": [openid]}}
    stage.post("/cgi-bin/tags/members/batchunblacklist", openid_list=[openid])
    assert stage.post("/cgi-bin/tags/members/getblacklist")["total"] == 0


def test_a_menu_is_created_read_and_deleted() -> None:
    stage = Stage()
    link = {"type": "view", "name": "官网", "url": "https://example.com/"}
    mini = {"type": "miniprogram", "name": "小程序", "url": "http://a/", "appid": "wx1", "pagepath": "p"}

    assert stage.get("/cgi-bin/menu/get")["errcode"] == 46003
    assert (
        stage.post("/cgi-bin/menu/create", button=[CLICK, {"name": "更多", "sub_button": [link, mini]}])["errcode"] == 0
    )
    menu = stage.get("/cgi-bin/menu/get")["menu"]
    assert menu["button"][0] == {**CLICK, "sub_button": []}
    told = stage.get("/cgi-bin/get_current_selfmenu_info")
    assert told["selfmenu_info"]["button"][1]["sub_button"] == {"list": [link, mini]}
    assert stage.get("/cgi-bin/menu/delete")["errcode"] == 0
    assert stage.get("/cgi-bin/get_current_selfmenu_info")["is_menu_open"] == 0
    assert stage.get("/cgi-bin/get_current_autoreply_info")["is_autoreply_open"] == 0


@pytest.mark.parametrize(
    ("button", "code"),
    [
        ([], 40016),
        ("x", 40016),
        ([CLICK] * 4, 40016),
        ([{**CLICK, "name": "六个汉字的名"}], 40018),
        ([{**CLICK, "type": "other"}], 40017),
        ([{**CLICK, "type": ["click"]}], 40017),
        ([{**CLICK, "key": "k" * 129}], 40019),
        ([{"type": "view", "name": "a", "url": ""}], 40020),
        ([{"type": "media_id", "name": "a"}], 40035),
        ([{"name": "a", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "a", "sub_button": "x"}], 40023),
        ([{"name": "a", "sub_button": [{**CLICK, "name": ""}]}], 40025),
        ([{"name": "a", "sub_button": [{**CLICK, "type": ""}]}], 40024),
        ([{"name": "a", "sub_button": [{**CLICK, "key": 5}]}], 40026),
        ([{"name": "a", "sub_button": [{"type": "view", "name": "a", "url": "u" * 1025}]}], 40027),
        ([{"name": "a", "sub_button": [{"name": "b", "sub_button": [CLICK]}]}], 40024),
    ],
)
def test_a_menu_with_a_mistake_is_refused_with_its_code(button: Any, code: int) -> None:
    assert Stage().post("/cgi-bin/menu/create", button=button)["errcode"] == code


def test_codes_are_permanent_or_live_for_a_while() -> None:
    stage = Stage()
    path = "/cgi-bin/qrcode/create"
    permanent = stage.post(path, action_name="QR_LIMIT_STR_SCENE", action_info={"scene": {"scene_str": "a"}})
    short = stage.post(path, action_name="QR_STR_SCENE", action_info={"scene": {"scene_str": "b"}})
    long = stage.post(
        path, action_name="QR_SCENE", action_info={"scene": {"scene_id": 2**32 - 1}}, expire_seconds=9_999_999
    )

    assert "expire_seconds" not in permanent
    assert permanent["url"].startswith("http://weixin.qq.com/q/")
    assert (short["expire_seconds"], long["expire_seconds"]) == (60, 2_592_000)
    codes = stage.simulator.world.account("demo").qrcodes.values()
    assert [code.as_json()["permanent"] for code in codes] == [True, False, False]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"action_name": "QR", "action_info": {"scene": {"scene_str": "a"}}}, 40052),
        ({"action_name": "QR_SCENE"}, 40053),
        ({"action_name": ["QR_SCENE"]}, 40052),
        ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 0}}}, 40053),
        ({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}}, 40053),
        ({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "x" * 65}}}, 40053),
        (
            {"action_name": "QR_SCENE", "expire_seconds": "60", "action_info": {"scene": {"scene_id": 1}}},
            40035,
        ),
    ],
)
def test_a_code_with_a_mistake_is_refused(body: Any, code: int) -> None:
    assert Stage().post("/cgi-bin/qrcode/create", **body)["errcode"] == code


def test_there_are_only_so_many_permanent_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.wechat_simulator.api.qrcodes.PERMANENT_CODES", 1)
    stage = Stage()
    body = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}}

    assert "ticket" in stage.post("/cgi-bin/qrcode/create", **body)
    assert stage.post("/cgi-bin/qrcode/create", **body)["errcode"] == 45029
