"""Template messages, subscription notices, customer-service messages and mass sends."""

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.wechat_simulator.account_state import Keyword
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.fields import RULES, check_data
from tests.unit.wechat_simulator.stage import Stage, an_account

SEND = "/cgi-bin/message/template/send"
BIZSEND = "/cgi-bin/message/subscribe/bizsend"
CUSTOM = "/cgi-bin/message/custom/send"
MASS = "/cgi-bin/message/mass/send"
ALL = "/cgi-bin/message/mass/sendall"
TYPING = "/cgi-bin/message/custom/typing"
DATA = {"thing1": {"value": "小王"}, "time2": {"value": "2026-01-15 12:00"}}
TEXT = {"msgtype": "text", "text": {"content": "您好"}}


def a_stage(**switches: Any) -> tuple[Stage, str]:
    stage = Stage(**switches)
    keywords = {"thing1": "姓名", "time2": "时间"}
    stage.simulator.add_template("demo", "t", "预约成功", keywords)
    stage.simulator.add_template("demo", "old", "旧模板", {"first": "", "keyword1": "内容"}, legacy=True)
    stage.simulator.add_template("demo", "s", "到货通知", {"thing1": "商品"}, subscribe=True)
    return stage, stage.person()


def send(stage: Stage, openid: str, **changes: Any) -> Any:
    return stage.post(SEND, **{"touser": openid, "template_id": "t", "data": DATA, **changes})


def test_a_template_message_is_a_card_for_the_follower_and_later_an_event_for_the_account() -> None:
    stage, openid = a_stage(template_finish_seconds=(2.0, 2.0))

    told = send(stage, openid, url="https://example.com/", miniprogram={"appid": "wx1", "pagepath": "p"})

    card = stage.simulator.inbox(openid)[-1]
    assert (card["type"], card["template_id"], card["title"], card["data"]) == ("template", "t", "预约成功", DATA)
    assert card["lines"][0] == {"name": "姓名", "value": "小王"}
    assert (card["url"], card["miniprogram"]["appid"], card["at"]) == (
        "https://example.com/",
        "wx1",
        stage.clock.now().isoformat(),
    )
    assert stage.later(1.9) == []
    stage.later(0.1)
    heard = stage.office.heard()[0]
    assert (heard["Event"], heard["Status"], heard["FromUserName"]) == ("TEMPLATESENDJOBFINISH", "success", openid)
    assert heard["MsgID"] == str(told["msgid"])


def test_a_follower_who_muted_notices_gets_none_and_the_account_hears_of_the_block() -> None:
    stage, openid = a_stage()
    stage.act(openid, "receive_off")

    assert send(stage, openid)["errcode"] == 0

    stage.later(10)
    assert stage.office.heard()[0]["Status"] == "failed:user block"
    assert stage.simulator.inbox(openid) == []


def test_some_messages_fail_in_the_system_when_told_to() -> None:
    stage, openid = a_stage(template_failure_rate=1.0)

    send(stage, openid)

    stage.later(10)
    assert stage.office.heard()[0]["Status"] == "failed: system failed"


def test_finish_events_can_be_switched_off() -> None:
    stage, openid = a_stage(template_finish_events=False)

    send(stage, openid)

    assert stage.later(100) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": "nobody"}, 40003),
        ({"touser": ""}, 40003),
        ({"template_id": "unknown"}, 40037),
        ({"data": "x"}, 47003),
        ({"data": {"thing1": {"value": "x"}}}, 47003),
        ({"data": {**DATA, "thing1": {"value": "二十一个字的内容就会被拒绝一二三四五六七八"}}}, 47003),
        ({"data": {**DATA, "thing1": {"value": 5}}}, 47003),
        ({"data": {**DATA, "thing1": {"value": "  "}}}, 47003),
        ({"data": {**DATA, "thing1": "x"}}, 47003),
        ({"data": {**DATA, "time2": {"value": "明天"}}}, 47003),
        ({"data": {**DATA, "thing1": {"value": "送您优惠券"}}}, 40249),
        ({"client_msg_id": "x" * 33}, 40035),
        ({"client_msg_id": 5}, 40035),
    ],
)
def test_a_template_message_with_a_mistake_is_refused(changes: Any, code: int) -> None:
    stage, openid = a_stage()

    assert send(stage, openid, **changes)["errcode"] == code


def test_the_field_that_is_wrong_is_named() -> None:
    stage, openid = a_stage()

    told = send(stage, openid, data={**DATA, "time2": {"value": "明天"}})

    assert told["errmsg"].startswith("argument invalid! data.time2.value invalid rid: ")


def test_only_followers_get_template_messages() -> None:
    stage, _ = a_stage()

    assert send(stage, stage.person(follows=False))["errcode"] == 43004


def test_what_sources_disagree_about_is_a_switch() -> None:
    stage, openid = a_stage(overlong_thing_refused=False, missing_keyword_refused=False, marketing_refused=False)

    assert send(stage, openid, data={"thing1": {"value": "红包" * 15}})["errcode"] == 0
    assert stage.simulator.inbox(openid)[-1]["lines"] == [{"name": "姓名", "value": "红包" * 10 + "…"}]


def test_templates_of_the_old_kind_have_no_field_rules() -> None:
    stage, openid = a_stage()

    told = send(stage, openid, template_id="old", data={"keyword1": {"value": "很长" * 50}})

    assert told["errcode"] == 0


@pytest.mark.parametrize(("switch", "same", "code"), [("same", True, 0), ("new", False, 0), ("refuse", False, 40035)])
def test_the_same_client_msg_id_is_sent_once_within_ten_minutes(switch: str, same: bool, code: int) -> None:
    stage, openid = a_stage(duplicate_client_msg_id=switch)
    first = send(stage, openid, client_msg_id="a")
    stage.clock.advance(599)

    second = send(stage, openid, client_msg_id="a")

    assert second["errcode"] == code
    assert (second.get("msgid") == first["msgid"]) is same
    assert len(stage.simulator.inbox(openid)) == 1
    stage.clock.advance(1)
    assert send(stage, openid, client_msg_id="a")["msgid"] != first["msgid"]
    assert len(stage.simulator.inbox(openid)) == 2


def test_client_msg_ids_are_forgotten_after_their_time() -> None:
    stage, openid = a_stage()
    for number in range(3):
        send(stage, openid, client_msg_id=str(number))
        stage.clock.advance(400)

    send(stage, openid, client_msg_id="last")

    kept = stage.simulator.world.account("demo").sent_templates
    assert kept.recall((openid, "0"), stage.clock.now(), seconds=1e6) is None
    assert kept.recall((openid, "2"), stage.clock.now(), seconds=1e6) is not None


def test_templates_are_added_listed_and_deleted() -> None:
    stage = Stage(template_limit=1)
    names = ["姓名", "预约时间", "订单号", "金额"]
    added = stage.post("/cgi-bin/template/api_add_template", template_id_short="43", keyword_name_list=names)

    listed = stage.get("/cgi-bin/template/get_all_private_template")["template_list"]

    assert listed[0]["template_id"] == added["template_id"]
    assert "预约时间:{{time2.DATA}}" in listed[0]["content"]
    more = stage.post("/cgi-bin/template/api_add_template", template_id_short="44", keyword_name_list=names)
    assert more["errcode"] == 45026
    path = "/cgi-bin/template/del_private_template"
    assert [stage.post(path, template_id=added["template_id"])["errcode"] for _ in range(2)] == [0, 40037]
    assert stage.post("/cgi-bin/template/api_add_template", template_id_short="45")["errcode"] == 40246


def test_subscription_templates_are_added_listed_and_deleted() -> None:
    stage = Stage(subscribe_template_limit=1)
    path = "/wxaapi/newtmpl/addtemplate"
    added = stage.post(path, tid="401", kidList=[1, 2], sceneDesc="到货")

    listed = stage.get("/wxaapi/newtmpl/gettemplate")["data"]

    assert (listed[0]["priTmplId"], listed[0]["type"]) == (added["priTmplId"], 2)
    assert stage.post(path, tid="401", kidList=[1, 2])["errcode"] == 200012
    for body, code in (
        ({"kidList": [1, 2]}, 200014),
        ({"tid": 1, "kidList": [1]}, 200020),
        ({"tid": 1, "kidList": [1, "2"]}, 200020),
        ({"tid": 1, "kidList": [1, 2], "sceneDesc": "x" * 16}, 200021),
    ):
        assert stage.post(path, **body)["errcode"] == code
    delete = "/wxaapi/newtmpl/deltemplate"
    assert [stage.post(delete, priTmplId=added["priTmplId"])["errcode"] for _ in range(2)] == [0, 40037]


def test_one_accept_gives_one_notice_and_the_account_hears_of_it() -> None:
    stage, openid = a_stage(bizsend_returns_msgid=True)
    stage.simulator.accept(openid, "s")
    stage.office.received.clear()
    body = {"touser": openid, "template_id": "s", "page": "https://a/", "data": {"thing1": {"value": "咖啡豆"}}}

    first, second = stage.post(BIZSEND, **body), stage.post(BIZSEND, **body)

    assert (first["errcode"], second["errcode"]) == (0, 43101)
    card = stage.simulator.inbox(openid)[-1]
    assert (card["type"], card["title"], card["url"]) == ("subscribe", "到货通知", "https://a/")
    stage.later(10)
    sent = stage.office.heard()[0]["SubscribeMsgSentEvent"]["List"]
    assert sent == {"TemplateId": "s", "MsgID": str(first["msgid"]), "ErrorCode": "0", "ErrorStatus": "success"}


def test_a_muted_follower_gets_no_notice_though_the_credit_is_gone() -> None:
    stage, openid = a_stage()
    stage.simulator.accept(openid, "s")
    stage.act(openid, "receive_off")
    stage.office.received.clear()

    told = stage.post(BIZSEND, touser=openid, template_id="s", data={"thing1": {"value": "x"}})

    stage.later(10)
    assert told == {"errcode": 0, "errmsg": "ok"}
    assert stage.office.heard()[0]["SubscribeMsgSentEvent"]["List"]["ErrorCode"] == "1"
    assert stage.simulator.inbox(openid) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"touser": "x"}, 40003), ({"template_id": "t"}, 40037), ({"data": {}}, 47003), ({}, 43101)],
)
def test_a_notice_with_a_mistake_is_refused(changes: Any, code: int) -> None:
    stage, openid = a_stage()
    body = {"touser": openid, "template_id": "s", "data": {"thing1": {"value": "x"}}, **changes}

    assert stage.post(BIZSEND, **body)["errcode"] == code


def test_long_term_templates_cost_no_credit() -> None:
    stage, openid = a_stage()
    state = stage.simulator.world.account("demo")
    state.subscriptions["s"] = type(state.subscriptions["s"])("s", "公共服务", (), is_long_term=True)
    stage.simulator.accept(openid, "s")

    for _ in range(3):
        assert stage.post(BIZSEND, touser=openid, template_id="s", data={})["errcode"] == 0
    assert stage.get("/wxaapi/newtmpl/gettemplate")["data"][0]["type"] == 3


GOOD = {
    "thing": ["二十个字以内的随便什么内容", "a" * 20],
    "character_string": ["AB-12 #3", "x" * 32],
    "number": ["5", "-3.25", "9" * 32],
    "letter": ["abc"],
    "symbol": ["!?-"],
    "time": ["15:01", "2019年10月1日 15:01", "2024-01-01 12:00", "08:00~18:30", "12:00:30"],
    "date": ["2019年10月1日", "2019-10-01", "2019.10.1 15:01", "2019/10/1~2019/10/7"],
    "amount": ["¥12.50", "100元", "$3"],
    "phone_number": ["+86-0766-66888866", "13800138000"],
    "car_number": ["粤A8Z888挂"],
    "name": ["欧阳娜娜", "Alexander Hamilton"],
    "phrase": ["已到店", "完成"],
    "short_thing": ["满意"],
    "const": ["固定选项"],
}
BAD = {
    "thing": ["a" * 21, "a\nb"],
    "character_string": ["订单1", "x" * 33],
    "number": ["五", "1,000", "9" * 33],
    "letter": ["ab1", "a" * 33],
    "symbol": ["ab", "!!!!!!"],
    "time": ["明天", "2019-10-01", "25:99"],
    "date": ["15:01", "10月1日"],
    "amount": ["12 块", "12345678901", "¥"],
    "phone_number": ["一三八", "1" * 18],
    "car_number": ["一二三四五六七八九"],
    "name": ["一二三四五六七八九十一", "x" * 21],
    "phrase": ["已到店取走", "ok", "六个汉字的词"][1:],
    "short_thing": ["超过五个字了"],
    "const": ["x" * 21],
}


def fits(kind: str, value: str, **keyword: Any) -> bool:
    word = Keyword(f"{kind}1", "", **keyword)
    try:
        check_data({word.key: {"value": value}}, [word], refuse_missing=True, refuse_long_thing=True)
    except ApiError as error:
        return error.code != 47003
    return True


def test_every_field_type_is_examined() -> None:
    assert set(RULES) == set(GOOD) == set(BAD)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in GOOD.items() for value in values])
def test_a_value_that_fits_its_field(kind: str, value: str) -> None:
    assert fits(kind, value)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_a_value_that_does_not_fit_its_field(kind: str, value: str) -> None:
    assert not fits(kind, value)


def test_an_enumeration_holds_one_of_its_choices() -> None:
    assert fits("enum", "是", choices=("是", "否"))
    assert not fits("enum", "也许", choices=("是", "否"))
    assert fits("enum", "任意")
    assert fits("unheard_of", "任意")


MESSAGES: list[tuple[Any, Any]] = [
    (TEXT, {"type": "text", "text": "您好"}),
    ({"msgtype": "image", "image": {"media_id": "m"}}, {"type": "image", "media_id": "m"}),
    ({"msgtype": "voice", "voice": {"media_id": "m"}}, {"type": "voice", "media_id": "m"}),
    ({"msgtype": "mpnews", "mpnews": {"media_id": "m"}}, {"type": "mpnews", "media_id": "m"}),
    ({"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "a"}}, {"type": "mpnews", "article_id": "a"}),
    (
        {"msgtype": "video", "video": {"media_id": "m", "thumb_media_id": "t", "title": "片"}},
        {"type": "video", "media_id": "m", "title": "片", "description": ""},
    ),
    (
        {"msgtype": "music", "music": {"title": "歌", "musicurl": "http://a/", "thumb_media_id": "t"}},
        {"type": "music", "title": "歌", "description": "", "url": "http://a/", "thumb_media_id": "t"},
    ),
    (
        {"msgtype": "news", "news": {"articles": [{"title": "文", "url": "http://a/"}]}},
        {"type": "news", "articles": [{"title": "文", "description": "", "picurl": "", "url": "http://a/"}]},
    ),
    (
        {"msgtype": "msgmenu", "msgmenu": {"head_content": "满意吗", "list": [{"id": 101, "content": "满意"}]}},
        {"type": "menu", "head": "满意吗", "items": [{"id": "101", "content": "满意"}], "tail": ""},
    ),
    ({"msgtype": "wxcard", "wxcard": {"card_id": "c"}}, {"type": "card", "card_id": "c", "text": "[卡券]"}),
    (
        {
            "msgtype": "miniprogrampage",
            "miniprogrampage": {"title": "店", "appid": "wx1", "pagepath": "p", "thumb_media_id": "t"},
        },
        {"type": "miniprogram", "title": "店", "appid": "wx1", "pagepath": "p", "text": "[小程序] 店"},
    ),
    (
        {**TEXT, "customservice": {"kf_account": "a@b"}, "aimsgcontext": {"is_ai_msg": 1}},
        {"type": "text", "text": "您好", "kf_account": "a@b", "ai": True},
    ),
]


@pytest.mark.parametrize(("body", "shown"), MESSAGES)
def test_every_kind_of_customer_service_message_arrives(body: Any, shown: Any) -> None:
    stage, openid = a_stage()

    assert stage.post(CUSTOM, touser=openid, **body) == {"errcode": 0, "errmsg": "ok"}
    assert stage.simulator.inbox(openid)[-1] == {**shown, "at": stage.clock.now().isoformat()}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"touser": "x", **TEXT}, 40003),
        ({"msgtype": "sticker"}, 40008),
        ({"msgtype": ["text"]}, 40008),
        ({"msgtype": "text"}, 44004),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": {"content": "好" * 683}}, 45002),
        ({"msgtype": "image", "image": {}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}}, 45008),
        ({"msgtype": "news", "news": {"articles": []}}, 44003),
        ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 45098),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1", "content": "x" * 201}]}}, 45099),
        ({"msgtype": "msgmenu", "msgmenu": {"list": "x"}}, 40035),
        ({"msgtype": "wxcard", "wxcard": "x"}, 40035),
    ],
)
def test_a_customer_service_message_with_a_mistake_is_refused_and_costs_nothing(body: Any, code: int) -> None:
    stage, openid = a_stage()

    assert stage.post(CUSTOM, **{"touser": openid, **body})["errcode"] == code
    assert stage.follower(openid)["window"]["left"] == 3


def test_five_messages_within_forty_eight_hours_of_a_message() -> None:
    stage, openid = a_stage()
    stage.simulator.say(openid, "在吗")

    codes = [stage.post(CUSTOM, touser=openid, **TEXT)["errcode"] for _ in range(6)]

    assert codes == [0] * 5 + [45047]
    stage.clock.advance(48 * 3600)
    stage._token = ""
    assert stage.post(CUSTOM, touser=openid, **TEXT)["errcode"] == 45015
    assert stage.post(CUSTOM, touser=stage.person(follows=False), **TEXT)["errcode"] == 45015


@pytest.mark.parametrize(("act", "code"), [("blacklist", 43019), ("minor", 70000), ("receive_off", 48002)])
def test_who_cannot_be_written_to(act: str, code: int) -> None:
    stage, openid = a_stage()
    stage.act(openid, act)

    assert stage.post(CUSTOM, touser=openid, **TEXT)["errcode"] == code
    stage.act(openid, act, on=False)
    assert stage.post(CUSTOM, touser=openid, **TEXT)["errcode"] == 0


def test_whether_muting_refuses_customer_service_messages_is_a_switch() -> None:
    stage, openid = a_stage(muted_refuses_custom=False)
    stage.act(openid, "receive_off")

    assert stage.post(CUSTOM, touser=openid, **TEXT)["errcode"] == 0


def test_typing_shows_for_someone_who_just_wrote_and_not_twice() -> None:
    stage, openid = a_stage()
    assert stage.post(TYPING, touser=openid, command="Typing")["errcode"] == 45080
    stage.simulator.say(openid, "x")

    commands = ("Typing", "Typing", "CancelTyping", "Typing", "Dance")
    assert [stage.post(TYPING, touser=openid, command=one)["errcode"] for one in commands] == [0, 45081, 0, 0, 45072]
    stage.clock.advance(31)
    assert stage.post(TYPING, touser=openid, command="Typing")["errcode"] == 45080


def test_a_mass_message_reaches_its_list_and_its_result_comes_later() -> None:
    stage, openid = a_stage(mass_finish_seconds=(5.0, 5.0))
    muted, stranger = stage.person(), stage.person(follows=False)
    stage.act(muted, "receive_off")

    told = stage.post(MASS, touser=[openid, muted, stranger, "nobody"], clientmsgid="c1", **TEXT)

    assert told["errmsg"] == "send job submission success"
    assert stage.post("/cgi-bin/message/mass/get", msg_id=told["msg_id"])["msg_status"] == "SENDING"
    assert stage.simulator.inbox(openid)[-1]["text"] == "您好"
    stage.later(5)
    heard = stage.office.heard()[-1]
    counts = [heard[name] for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert (heard["Event"], heard["MsgID"], counts) == ("MASSSENDJOBFINISH", str(told["msg_id"]), ["4", "1", "1", "0"])
    assert stage.post("/cgi-bin/message/mass/get", msg_id=told["msg_id"])["msg_status"] == "SEND_SUCCESS"
    assert stage.post("/cgi-bin/message/mass/delete", msg_id=str(told["msg_id"]))["errcode"] == 0
    assert stage.post("/cgi-bin/message/mass/get", msg_id=told["msg_id"])["msg_status"] == "DELETE"
    assert stage.post("/cgi-bin/message/mass/get", msg_id="x")["errcode"] == 40059


def test_a_follower_gets_four_mass_messages_a_month() -> None:
    stage = Stage(start=datetime(2026, 1, 31, 4, 0, tzinfo=UTC))
    one, other = stage.person(), stage.person()
    for number in range(5):
        stage.post(MASS, touser=[one, other], msgtype="text", text={"content": str(number)})
    assert len(stage.simulator.inbox(one)) == 4
    stage.later(60)
    assert (stage.office.heard()[-1]["FilterCount"], stage.office.heard()[-1]["Status"]) == ("0", "send fail")

    stage.clock.advance(12 * 3600)
    stage._token = ""
    stage.post(MASS, touser=[one, other], msgtype="text", text={"content": "new month"})

    assert len(stage.simulator.inbox(one)) == 5


def test_the_same_clientmsgid_sends_nothing_for_a_day() -> None:
    stage, openid = a_stage()
    body = {"touser": [openid, stage.person()], "clientmsgid": "c1", **TEXT}
    first = stage.post(MASS, **body)

    assert stage.post(MASS, **body)["errcode"] == 45066
    stage.clock.advance(61)
    again = stage.post(MASS, **body)
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert len(stage.simulator.inbox(openid)) == 1
    stage.clock.advance(86_400)
    stage._token = ""
    assert stage.post(MASS, **body)["errcode"] == 0


def test_without_a_clientmsgid_range_and_content_are_the_key() -> None:
    stage, openid = a_stage()
    body = {"touser": [openid, stage.person()], **TEXT}

    assert stage.post(MASS, **body)["errcode"] == 0
    assert stage.post(MASS, **body)["errcode"] == 45066
    assert stage.post(MASS, **{**body, "text": {"content": "other"}})["errcode"] == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": ["one"]}, 40130),
        ({"touser": ["o"] * 10_001}, 40032),
        ({"touser": ["nobody", "noone"]}, 40003),
        ({"touser": "x"}, 40031),
        ({"clientmsgid": "x" * 33}, 45067),
        ({"msgtype": "wxcard"}, 45113),
        ({"msgtype": "sticker"}, 40008),
        ({"msgtype": "images", "images": {"media_ids": []}}, 40007),
    ],
)
def test_a_mass_message_with_a_mistake_is_refused(changes: Any, code: int) -> None:
    stage, openid = a_stage()

    assert stage.post(MASS, **{"touser": [openid, openid], **TEXT, **changes})["errcode"] == code


def test_to_all_goes_once_a_day_and_four_times_a_month() -> None:
    stage, openid = a_stage()
    body: Any = {"filter": {"is_to_all": True}, "msgtype": "mpnews"}

    def day(number: int) -> Any:
        stage._token = ""
        told = stage.post(ALL, **body, mpnews={"media_id": str(number)})
        stage.clock.advance(86_400)
        return told["errcode"]

    assert "msg_data_id" in stage.post(ALL, **body, mpnews={"media_id": "m"})
    assert stage.post(ALL, **body, mpnews={"media_id": "n"})["errcode"] == 45028
    stage.clock.advance(86_400)
    assert [day(number) for number in range(4)] == [0, 0, 0, 45028]
    assert len(stage.simulator.inbox(openid)) == 4


def test_to_a_tag_goes_to_whoever_has_it() -> None:
    stage, openid = a_stage()
    other = stage.person()
    stage.post("/cgi-bin/tags/members/batchtagging", openid_list=[openid], tagid=2)

    told = stage.post(ALL, filter={"is_to_all": False, "tag_id": 2}, msgtype="voice", voice={"media_id": "m"})

    assert told["errcode"] == 0
    assert (len(stage.simulator.inbox(openid)), len(stage.simulator.inbox(other))) == (1, 0)
    assert stage.post(ALL, filter={"tag_id": 999}, **TEXT)["errcode"] == 40152
    assert stage.post(ALL, filter={}, **TEXT)["errcode"] == 40152


def test_a_preview_goes_to_one_follower_by_openid_or_name() -> None:
    stage, openid = a_stage()
    path = "/cgi-bin/message/mass/preview"
    images = {"msgtype": "images", "images": {"media_ids": ["a", "b"]}}

    assert stage.post(path, touser=openid, **images)["errmsg"] == "preview success"
    assert stage.post(path, towxname="小王", **TEXT)["errcode"] == 0
    assert stage.post(path, towxname="没人", **TEXT)["errcode"] == 40132
    assert stage.post(path, **TEXT)["errcode"] == 40003
    assert stage.post(path, touser=stage.person(follows=False), **TEXT)["errcode"] == 43004
    assert [one["type"] for one in stage.simulator.inbox(openid)] == ["image", "text"]


def test_each_account_has_its_own_people_and_templates() -> None:
    stage, openid = a_stage()
    other = an_account(account="other", appid="wxother")
    stage.simulator.add_account(other)
    theirs = stage.simulator.add_follower("other")

    assert send(stage, theirs)["errcode"] == 40003
    assert send(stage, openid)["errcode"] == 0
