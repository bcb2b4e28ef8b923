"""What people do, what the account hears of it, and what WeChat remembers."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.wechat_simulator import Refused
from infra.local.wechat_simulator.refusal import Missing
from tests.unit.wechat_simulator.stage import Stage, an_account

TEMPLATE = "sub-template"


def a_stage_with_consent() -> tuple[Stage, str]:
    stage = Stage()
    stage.simulator.add_template("demo", TEMPLATE, "到货通知", {"thing1": "商品"}, subscribe=True)
    stage.simulator.add_template("demo", "second", "开课通知", {"thing1": "课程"}, subscribe=True)
    return stage, stage.person()


def test_a_new_person_has_an_openid_that_looks_real_and_does_not_follow() -> None:
    stage = Stage()

    openid = stage.simulator.add_follower("demo", "小李")

    assert len(openid) == 28
    assert openid.startswith("o")
    told = stage.follower(openid)
    assert (told["name"], told["following"], told["window"], told["last"]) == ("小李", False, None, None)


def test_followers_are_listed_for_one_account_or_all() -> None:
    stage = Stage()
    stage.simulator.add_account(an_account(account="other", appid="wxother"))
    stage.simulator.add_follower("demo")
    stage.simulator.add_follower("other")

    assert len(stage.simulator.followers()) == 2
    assert [one["account"] for one in stage.simulator.followers("other")] == ["other"]
    with pytest.raises(Missing):
        stage.simulator.followers("nobody")


def test_who_does_not_follow_cannot_write() -> None:
    stage = Stage()
    openid = stage.person(follows=False)

    for act, given in (("say", {"text": "x"}), ("click", {"key": "k"}), ("unfollow", {})):
        with pytest.raises(Refused, match="还没有关注"):
            stage.act(openid, act, **given)


def test_following_from_the_search_carries_an_empty_key() -> None:
    stage = Stage()
    openid = stage.person(follows=False)

    stage.simulator.follow(openid)

    heard = stage.office.heard()[0]
    assert (heard["Event"], heard["EventKey"]) == ("subscribe", "")
    assert "Ticket" not in heard
    with pytest.raises(Refused, match="已经关注"):
        stage.simulator.follow(openid)


def test_the_empty_key_can_be_left_out() -> None:
    stage = Stage(empty_event_key=False)
    openid = stage.person(follows=False)

    stage.simulator.follow(openid)
    stage.simulator.unfollow(openid)

    assert all("EventKey" not in heard for heard in stage.office.heard())


def test_a_poster_brings_a_new_follower_with_its_scene() -> None:
    stage = Stage()
    openid = stage.person(follows=False)

    stage.simulator.scan(openid, "poster-3")

    heard = stage.office.heard()[0]
    assert (heard["Event"], heard["EventKey"]) == ("subscribe", "qrscene_poster-3")
    assert heard["Ticket"]


def test_a_follower_who_scans_tells_the_bare_scene_and_the_ticket_of_the_code() -> None:
    stage = Stage()
    scene = {"scene": {"scene_str": "table-5"}}
    ticket = stage.post("/cgi-bin/qrcode/create", action_name="QR_LIMIT_STR_SCENE", action_info=scene)["ticket"]
    openid = stage.person()

    stage.simulator.scan(openid, "table-5")

    heard = stage.office.heard()[0]
    assert (heard["Event"], heard["EventKey"], heard["Ticket"]) == ("SCAN", "table-5", ticket)


@pytest.mark.parametrize("keeps", [False, True])
def test_an_expired_code_leads_to_the_profile_without_its_scene(keeps: bool) -> None:
    stage = Stage(expired_qr_keeps_scene=keeps)
    scene = {"scene": {"scene_id": 7}}
    stage.post("/cgi-bin/qrcode/create", action_name="QR_SCENE", action_info=scene, expire_seconds=60)
    follower, newcomer = stage.person(), stage.person(follows=False)
    stage.clock.advance(61)

    scanned = stage.simulator.scan(follower, "7")
    stage.simulator.scan(newcomer, "7")

    assert bool(scanned.deliveries) is keeps
    assert stage.office.heard()[-1]["EventKey"] == ("qrscene_7" if keeps else "")


def test_a_click_names_the_button_in_the_chat_and_the_key_to_the_account() -> None:
    stage = Stage()
    sub = {"type": "click", "name": "签到", "key": "sign"}
    link = {"type": "view", "name": "官网", "url": "https://example.com/"}
    stage.post("/cgi-bin/menu/create", button=[{"name": "会员", "sub_button": [sub]}, link])
    openid = stage.person()

    stage.simulator.click(openid, "sign")
    stage.simulator.click(openid, "old-key")
    stage.act(openid, "view", url="https://example.com/")

    assert [heard["EventKey"] for heard in stage.office.heard()] == ["sign", "old-key", "https://example.com/"]
    assert stage.office.heard()[2]["MenuId"].isdigit()
    words = [entry["text"] for entry in stage.simulator.chat(openid)[1:]]
    assert words == ["点击菜单：签到", "点击菜单：old-key", "打开链接：官网"]


@pytest.mark.parametrize(
    ("act", "given", "heard"),
    [
        ("image", {}, {"MsgType": "image"}),
        ("image", {"url": "http://a/b.jpg", "media_id": "m"}, {"PicUrl": "http://a/b.jpg", "MediaId": "m"}),
        ("voice", {}, {"MsgType": "voice", "Format": "amr"}),
        ("voice", {"recognition": "你好"}, {"Recognition": "你好"}),
        ("video", {}, {"MsgType": "video"}),
        ("video", {"short": True}, {"MsgType": "shortvideo"}),
        ("link", {"title": "t", "url": "http://a/"}, {"MsgType": "link", "Title": "t", "Url": "http://a/"}),
        ("location", {"lat": 31.2, "lng": 121.5, "label": "外滩"}, {"Location_X": "31.2", "Label": "外滩"}),
        ("location", {"lat": 31.2, "lng": 121.5, "report": True}, {"Event": "LOCATION", "Latitude": "31.2"}),
        ("menu_reply", {"id": "101", "content": "满意"}, {"Content": "满意", "bizmsgmenuid": "101"}),
        ("event", {"Event": "pic_weixin", "SendPicsInfo": {"Count": 1}}, {"Event": "pic_weixin"}),
        ("event", {"Event": "scancode_waitmsg", "EventKey": "k"}, {"EventKey": "k"}),
    ],
)
def test_every_act_reaches_the_account_as_the_platform_words_it(act: str, given: Any, heard: Any) -> None:
    stage = Stage()
    openid = stage.person()

    stage.act(openid, act, **given)

    assert heard.items() <= stage.office.heard()[0].items()


def test_each_message_has_a_number_of_its_own() -> None:
    stage = Stage()
    openid = stage.person()

    stage.simulator.say(openid, "x")
    stage.simulator.say(openid, "x")

    first, second = (int(heard["MsgId"]) for heard in stage.office.heard())
    assert second > first > 2**53


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("say", {}),
        ("say", {"text": " "}),
        ("location", {"lat": 91, "lng": 0}),
        ("scan", {"scene": ""}),
        ("accept", {"template_id": "unknown"}),
        ("event", {"bad name": "x"}),
        ("event", {"Event": None}),
        ("event", {"List": ["x"]}),
        ("dance", {}),
    ],
)
def test_an_act_that_makes_no_sense_is_refused(act: str, given: Any) -> None:
    stage = Stage()
    openid = stage.person()

    with pytest.raises(Refused):
        stage.act(openid, act, **given)
    assert stage.office.received == []


def test_nobody_acts_for_an_unknown_openid() -> None:
    with pytest.raises(Missing):
        Stage().simulator.say("nobody", "x")


def test_raw_xml_travels_as_it_is() -> None:
    stage = Stage()
    openid = stage.person()

    stage.act(openid, "raw", xml="<xml><Any>thing</Any></xml>")

    assert stage.office.heard() == [{"Any": "thing"}]


def test_an_accept_is_reported_and_gives_one_credit_each_time() -> None:
    stage, openid = a_stage_with_consent()

    stage.simulator.accept(openid, TEMPLATE)
    stage.simulator.accept(openid, TEMPLATE)

    event = stage.office.heard()[0]["SubscribeMsgPopupEvent"]["List"]
    assert event == {"TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "1"}
    assert stage.follower(openid)["credits"] == {TEMPLATE: 2}


def test_several_templates_in_one_popup_come_as_several_list_elements() -> None:
    stage, openid = a_stage_with_consent()

    stage.act(openid, "accept", template_ids=[TEMPLATE, "second"], scene=2)

    listed = stage.office.heard()[0]["SubscribeMsgPopupEvent"]["List"]
    assert [one["TemplateId"] for one in listed] == [TEMPLATE, "second"]


@pytest.mark.parametrize("old_tag", [False, True])
def test_switching_a_template_off_takes_all_credits(old_tag: bool) -> None:
    stage, openid = a_stage_with_consent()
    stage.simulator.accept(openid, TEMPLATE)

    stage.act(openid, "reject", template_id=TEMPLATE, old_tag=old_tag)

    heard = stage.office.heard()[-1]
    tag = "SubscribeMsgPopupEvent" if old_tag else "SubscribeMsgChangeEvent"
    assert heard["Event"] == "subscribe_msg_change_event"
    assert heard[tag]["List"]["SubscribeStatusString"] == "reject"
    assert stage.follower(openid)["credits"] == {TEMPLATE: 0}


def test_refusing_the_popup_leaves_earlier_credits() -> None:
    stage, openid = a_stage_with_consent()
    stage.simulator.accept(openid, TEMPLATE)

    stage.act(openid, "reject", template_id=TEMPLATE, popup=True)

    assert stage.office.heard()[-1]["SubscribeMsgPopupEvent"]["List"]["SubscribeStatusString"] == "reject"
    assert stage.follower(openid)["credits"] == {TEMPLATE: 1}
    stage.simulator.reject(openid, TEMPLATE)
    assert stage.follower(openid)["credits"] == {TEMPLATE: 0}


@pytest.mark.parametrize(
    ("act", "given", "name"),
    [
        ("revoke", {"codes": [201, 205]}, "user_authorization_revoke"),
        ("modify_profile", {}, "user_info_modified"),
        ("cancel", {}, "user_authorization_cancellation"),
    ],
)
def test_authorization_changes_name_the_person_in_openid_and_the_platform_as_sender(
    act: str, given: Any, name: str
) -> None:
    stage = Stage(account=an_account(has_unionid=True))
    openid = stage.person()

    stage.act(openid, act, **given)

    heard = stage.office.heard()[0]
    assert (heard["Event"], heard["OpenID"], heard["AppID"]) == (name, openid, stage.account.appid)
    assert heard["FromUserName"] not in ("", openid)
    assert heard["UnionID"] == stage.follower(openid)["unionid"]
    assert heard.get("RevokeInfo") == ("201,205" if act == "revoke" else None)


def test_a_closed_account_does_nothing_more() -> None:
    stage = Stage()
    openid = stage.person()
    stage.act(openid, "cancel")

    with pytest.raises(Refused, match="注销"):
        stage.simulator.say(openid, "x")
    assert stage.follower(openid)["closed"] is True


def test_muting_says_nothing_to_the_account() -> None:
    stage = Stage()
    openid = stage.person()

    for act in ("receive_off", "blacklist", "minor"):
        stage.act(openid, act, on=True)

    told = stage.follower(openid)
    assert (told["receive_off"], told["blacklisted"], told["minor"], told["blocked"]) == (True, True, True, True)
    assert stage.office.received == []


def test_unfollowing_takes_window_and_tags_with_it() -> None:
    stage = Stage()
    openid = stage.person()
    tag = stage.post("/cgi-bin/tags/create", tag={"name": "新"})["tag"]["id"]
    stage.post("/cgi-bin/tags/members/batchtagging", openid_list=[openid], tagid=tag)
    assert stage.follower(openid)["tags"] == [{"id": tag, "name": "新"}]

    stage.simulator.unfollow(openid)

    told = stage.follower(openid)
    assert (told["following"], told["window"], told["tags"]) == (False, None, [])
    assert stage.office.heard()[-1]["Event"] == "unsubscribe"


def test_tags_may_survive_an_unfollow() -> None:
    stage = Stage(unfollow_clears_tags=False)
    openid = stage.person()
    stage.post("/cgi-bin/tags/members/batchtagging", openid_list=[openid], tagid=2)

    stage.simulator.unfollow(openid)

    assert len(stage.follower(openid)["tags"]) == 1


@pytest.mark.parametrize(
    ("act", "given", "window"),
    [
        ("say", {"text": "x"}, ("message", 5, 48 * 3600)),
        ("menu_reply", {"id": "1", "content": "x"}, ("menu", 3, 60)),
        ("click", {"key": "k"}, ("menu", 3, 60)),
        ("event", {"Event": "scancode_push"}, ("menu", 3, 60)),
        ("scan", {"scene": "s"}, ("scan", 3, 60)),
        ("view", {"url": "http://a/"}, None),
        ("event", {"Event": "view_miniprogram"}, None),
    ],
)
def test_each_act_opens_the_window_that_the_2023_rule_gives_it(act: str, given: Any, window: Any) -> None:
    stage = Stage()
    openid = stage.person()
    stage.clock.advance(61)

    stage.act(openid, act, **given)

    told = stage.follower(openid)["window"]
    if window is None:
        assert told is None
    else:
        kind, left, seconds = window
        until = (stage.clock.now() + timedelta(seconds=seconds)).isoformat()
        assert told == {"kind": kind, "left": left, "until": until}


def test_a_small_trigger_refills_the_large_window_but_does_not_shorten_it() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.say(openid, "x")
    until = stage.follower(openid)["window"]["until"]
    for _ in range(5):
        stage.post("/cgi-bin/message/custom/send", touser=openid, msgtype="text", text={"content": "x"})

    stage.simulator.click(openid, "k")

    assert stage.follower(openid)["window"] == {"kind": "message", "left": 3, "until": until}


def test_without_merging_the_newest_trigger_rules() -> None:
    stage = Stage(windows_merge=False)
    openid = stage.person()
    stage.simulator.say(openid, "x")

    stage.simulator.click(openid, "k")

    assert stage.follower(openid)["window"]["kind"] == "menu"


@pytest.mark.parametrize(("kept", "shown"), [(2, ["b", "c"]), (0, ["a", "b", "c"])])
def test_of_a_long_chat_only_the_last_lines_are_kept_unless_all_shall_be(kept: int, shown: list[str]) -> None:
    stage = Stage(chat_kept=kept)
    openid = stage.person()

    for words in "abc":
        stage.simulator.say(openid, words)

    assert [one["text"] for one in stage.simulator.chat(openid)][-3:] == shown


def test_the_chat_has_both_sides_in_order_and_reading_it_clears_the_unread() -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(stage.office.says_text("您好"))
    stage.simulator.say(openid, "在吗")
    assert stage.follower(openid)["unread"] == 1

    chat = stage.simulator.chat(openid)

    assert [(one["from"], one["text"]) for one in chat[1:]] == [("follower", "在吗"), ("account", "您好")]
    assert stage.simulator.chat(openid, after=chat[-2]["seq"]) == chat[-1:]
    assert stage.simulator.last_seq(openid) == chat[-1]["seq"]
    assert stage.follower(openid)["unread"] == 0
    assert [one["text"] for one in stage.simulator.inbox(openid)] == ["您好"]
