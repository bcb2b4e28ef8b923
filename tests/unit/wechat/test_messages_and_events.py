"""Every message and every event of the platform, as it comes and as it is read."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import get_args, get_origin, get_type_hints

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Refused
from chalicelib.wechat.card_events import (
    CardChecked,
    CardConsumed,
    CardGiven,
    CardOrder,
    CardPaid,
    CardStock,
    CardTaken,
    CardUpdated,
    CardUsed,
)
from chalicelib.wechat.events import (
    ABOUT_NOBODY,
    ABOUT_OPENID,
    EVENTS,
    Authorization,
    Choice,
    HumanSession,
    Key,
    MassFinished,
    PicturesByMenu,
    PlaceByMenu,
    Position,
    PublishFinished,
    ScannedByMenu,
    SubscribeChange,
    SubscribePopup,
    SubscribeResult,
    SubscribeSent,
    TemplateFinished,
    Verification,
)
from chalicelib.wechat.inbound import Body, Unknown, parse
from chalicelib.wechat.messages import (
    MESSAGES,
    Image,
    Link,
    Location,
    MiniProgramPage,
    Text,
    Video,
    Voice,
)
from tests.builders import APPID, GH_ID, NOON, OPENID
from tests.unit.wechat import kept

KINDS = {*MESSAGES, *(f"event.{name}" for name in EVENTS)}
TICKET = "gQH47zwAAAAAAAAAASxodHRw"
ACCEPTED = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc"
REFUSED = "9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI"
UNIONID = "uUnion000000000000000001"
WORKER, OTHER_WORKER = "anna@gh_0123456789ab", "bo@gh_0123456789ab"
CARD, CODE = "cZ8829SFWSAWZJ90", "12312312"

BODIES: dict[str, Body] = {
    "text": Text("会员卡", ""),
    "text~menu": Text("满意", "101"),
    "text~article": Text("怎么报名", ""),
    "text~markup": Text('<!DOCTYPE html> 为什么报错？<Encrypt>AAAA</Encrypt> <!ENTITY a "b">', ""),
    "image": Image("http://mmbiz.qpic.cn/mmbiz_jpg/abc/0", "media-image-1"),
    "voice": Voice("media-voice-1", "amr", "media-voice-16k-1", ""),
    "voice~recognised": Voice("media-voice-2", "speex", "", "你们几点开门"),
    "video": Video("media-video-1", "thumb-1"),
    "shortvideo": Video("media-short-1", "thumb-2"),
    "location": Location(23.134521, 113.358803, 20, "广州市海珠区客村艺苑路"),
    "link": Link("公众平台官网链接", "公众平台官网链接描述", "https://mp.weixin.qq.com/?a=1&b=2"),
    "miniprogrampage": MiniProgramPage(
        "wxfedcba9876543210", "会员中心", "pages/index?from=chat", "https://mmbiz.qpic.cn/thumb", "thumb-3"
    ),
    "unknown": Unknown(),
    "event.never_heard_of": Unknown(),
    "event.subscribe": Key("", "", ""),
    "event.subscribe~scene": Key("qrscene_store-01", TICKET, ""),
    "event.unsubscribe": Key("", "", ""),
    "event.scan": Key("store-01", TICKET, ""),
    "event.location": Position(23.137466, 113.352425, 119.38504),
    "event.click": Key("faq:hours", "", ""),
    "event.view": Key("https://www.example.com/member?a=1&b=2", "", "426500123"),
    "event.view_miniprogram": Key("pages/index/index", "", "426500124"),
    "event.scancode_push": ScannedByMenu("rselfmenu_0_1", "qrcode", "https://www.example.com/t/1"),
    "event.scancode_waitmsg": ScannedByMenu("rselfmenu_0_0", "barcode", "EAN_13,6901234567892"),
    "event.pic_sysphoto": PicturesByMenu("rselfmenu_1_0", 1),
    "event.pic_photo_or_album": PicturesByMenu("rselfmenu_1_1", 2),
    "event.pic_weixin": PicturesByMenu("rselfmenu_1_2", 1),
    "event.location_select": PlaceByMenu("rselfmenu_2_0", 23, 113, "广州市海珠区客村艺苑路 106号", "门店"),
    "event.templatesendjobfinish": TemplateFinished("2853827384729182208", "success"),
    "event.templatesendjobfinish~blocked": TemplateFinished("2853827384729182209", "failed:user block"),
    "event.templatesendjobfinish~system": TemplateFinished("2853827384729182210", "failed: system failed"),
    "event.templatesendjobfinish~freq": TemplateFinished("2853827384729182211", "failed:freq limit"),
    "event.templatesendjobfinish~unheard": TemplateFinished("2853827384729182212", "failed:recipient limit reached"),
    "event.masssendjobfinish": MassFinished("1000001625", "send success", 100, 80, 75, 5),
    "event.publishjobfinish": PublishFinished("2247503051", 0, "b5O2OUs25HBxRceL7hfReg-U9QGeq9zQjiDvyWP4Hq4"),
    "event.subscribe_msg_popup_event": SubscribePopup(
        (Choice(ACCEPTED, "accept", "2"), Choice(REFUSED, "reject", "2"))
    ),
    "event.subscribe_msg_popup_event~single": SubscribePopup((Choice(ACCEPTED, "accept", "2"),)),
    "event.subscribe_msg_change_event": SubscribeChange((Choice(REFUSED, "reject", ""),), ()),
    "event.subscribe_msg_change_event~popup": SubscribeChange((), (Choice(REFUSED, "reject", ""),)),
    "event.subscribe_msg_sent_event": SubscribeSent((SubscribeResult(ACCEPTED, "1700827132819554304", 0, "success"),)),
    "event.subscribe_msg_sent_event~refused": SubscribeSent(
        (SubscribeResult(ACCEPTED, "1700827132819554305", 43101, "user refuse to accept the msg"),)
    ),
    "event.subscribe_msg_sent_event~several": SubscribeSent(
        (
            SubscribeResult(ACCEPTED, "1700827132819554304", 0, "success"),
            SubscribeResult(ACCEPTED, "1700827132819554306", 43101, "user refuse to accept the msg"),
            SubscribeResult("k9ZC2W1TLyfTQ0rHfoN8rnaYLMvbFqGzPjz6wXVrhD8", "1700827132819554307", 0, "success"),
        )
    ),
    "event.user_info_modified": Authorization(OPENID, UNIONID, APPID, ""),
    "event.user_authorization_revoke": Authorization(OPENID, UNIONID, APPID, "205"),
    "event.user_authorization_cancellation": Authorization(OPENID, UNIONID, APPID, ""),
    "event.kf_create_session": HumanSession(WORKER, "", "", ""),
    "event.kf_close_session": HumanSession(WORKER, "KF", "", ""),
    "event.kf_switch_session": HumanSession("", "", WORKER, OTHER_WORKER),
    "event.qualification_verify_success": Verification(1_804_132_800, 0, ""),
    "event.qualification_verify_fail": Verification(0, 1_772_596_700, "by time"),
    "event.naming_verify_success": Verification(1_804_132_800, 0, ""),
    "event.naming_verify_fail": Verification(0, 1_772_596_700, "by time"),
    "event.annual_renew": Verification(1_804_132_800, 0, ""),
    "event.verify_expired": Verification(1_804_132_800, 0, ""),
    "event.card_pass_check": CardChecked(CARD, ""),
    "event.card_not_pass_check": CardChecked(CARD, "非法代制"),
    "event.user_get_card": CardTaken(CARD, CODE, "00000000", 1, 0, "store-01"),
    "event.user_gifting_card": CardGiven(CARD, CODE, 0, 1),
    "event.user_del_card": CardUsed(CARD, CODE, ""),
    "event.user_consume_card": CardConsumed(CARD, CODE, "FROM_API", "南山店", "0", "0"),
    "event.user_pay_from_pay_cell": CardPaid(CARD, CODE, "10022403432015000000", "291710000", 10_000, 12_000),
    "event.user_view_card": CardUsed(CARD, CODE, "menu"),
    "event.user_enter_session_from_card": CardUsed(CARD, CODE, ""),
    "event.update_member_card": CardUpdated(CARD, CODE, 3, -20),
    "event.card_sku_remind": CardStock(CARD, "the card's quantity is equal to 0"),
    "event.card_pay_order": CardOrder("404091456", "ORDER_STATUS_FINANCE_SUCC"),
    "event.submit_membercard_user_info": CardUsed(CARD, CODE, ""),
}


def test_every_kind_that_is_known_is_kept_as_wechat_sends_it() -> None:
    assert set(kept.NAMES) >= KINDS
    assert set(BODIES) == set(kept.NAMES)


@pytest.mark.parametrize("name", kept.NAMES)
def test_a_delivery_is_read_as_what_it_is(name: str) -> None:
    event = kept.read(name)

    assert event.body == BODIES[name]
    assert event.kind == name.partition("~")[0].replace("unknown", "hologram")
    assert event.is_message is not name.startswith("event.")
    assert event.recipient == GH_ID
    assert event.created == NOON


@pytest.mark.parametrize("name", kept.NAMES)
def test_a_delivery_concerns_its_sender_its_openid_or_nobody(name: str) -> None:
    event = kept.read(name)

    kind = name.partition("~")[0].removeprefix("event.")
    is_event = name.startswith("event.")
    assert event.openid == ("" if is_event and kind in ABOUT_NOBODY else OPENID)
    assert (event.sender == OPENID) is not (is_event and kind in ABOUT_NOBODY | ABOUT_OPENID)


def test_whom_an_event_concerns_is_said_of_known_events_only() -> None:
    assert set(EVENTS) >= ABOUT_NOBODY | ABOUT_OPENID
    assert not ABOUT_NOBODY & ABOUT_OPENID


@pytest.mark.parametrize("name", kept.NAMES)
def test_a_delivery_tells_nothing_of_its_content_in_the_log(name: str) -> None:
    event = kept.read(name)

    assert OPENID not in repr(event)
    assert repr(event) == f"Inbound(kind={event.kind!r}, receipt_id={event.receipt_id!r})"
    if isinstance(event.body, Text):
        assert event.body.content not in repr(event.body)


# The variants that a lenient reader must bear.


@pytest.mark.parametrize("name", kept.NAMES)
def test_numbers_in_cdata_and_texts_without_it_are_read_alike(name: str) -> None:
    xml = kept.xml_of(name).decode()
    in_cdata = re.sub(r">([\d.-]+)</", r"><![CDATA[\1]]></", xml)
    bare = xmltodict.unparse(xmltodict.parse(xml), full_document=False)

    assert in_cdata != xml
    assert parse(in_cdata.encode(), appid=APPID) == kept.read(name)
    assert parse(bare.encode(), appid=APPID) == kept.read(name)


@pytest.mark.parametrize("name", kept.NAMES)
def test_fields_in_another_order_are_read_alike(name: str) -> None:
    fields = xmltodict.parse(kept.xml_of(name))["xml"]
    turned = {"xml": dict(reversed(fields.items()))}

    assert parse(xmltodict.unparse(turned, full_document=False).encode(), appid=APPID) == kept.read(name)


@pytest.mark.parametrize("name", kept.NAMES)
def test_fields_that_wechat_invents_tomorrow_change_nothing_that_is_read(name: str) -> None:
    tomorrow = kept.xml_of(name).replace(b"<xml>", b"<xml><Fresh>1</Fresh><Deep><Fresh>2</Fresh></Deep>")

    event = parse(tomorrow, appid=APPID)

    assert (event.kind, event.openid, event.body) == (kept.read(name).kind, kept.read(name).openid, BODIES[name])


@pytest.mark.parametrize("name", sorted(name for name in kept.NAMES if name.startswith("event.")))
@pytest.mark.parametrize("write", [str.upper, str.lower, str.title])
def test_the_case_of_an_events_name_does_not_matter(name: str, write: Callable[[str], str]) -> None:
    xml = re.sub(r"(?<=<Event><!\[CDATA\[)[^\]]+", lambda found: write(found.group()), kept.xml_of(name).decode())

    event = parse(xml.encode(), appid=APPID)

    assert (event.kind, event.body) == (kept.read(name).kind, BODIES[name])


def test_a_list_of_one_and_a_list_of_several_are_lists() -> None:
    one = kept.read("event.subscribe_msg_popup_event~single").body
    several = kept.read("event.subscribe_msg_popup_event").body

    assert isinstance(one, SubscribePopup)
    assert isinstance(several, SubscribePopup)
    assert [len(one.choices), len(several.choices)] == [1, 2]


@pytest.mark.parametrize("listed", ["", "<List></List>", "<List/>", "<List>text</List>", "<List/><List> </List>"])
def test_an_empty_list_names_no_template(listed: str) -> None:
    xml = kept.xml_of("event.subscribe_msg_popup_event~single").decode()
    emptied = re.sub(r"<List>.*</List>", listed, xml, flags=re.DOTALL)

    assert parse(emptied.encode(), appid=APPID).body == SubscribePopup(())


@pytest.mark.parametrize("name", ["event.subscribe_msg_change_event", "event.subscribe_msg_change_event~popup"])
def test_a_refusal_in_the_settings_is_heard_under_either_element(name: str) -> None:
    body = kept.read(name).body

    assert isinstance(body, SubscribeChange)
    assert body.choices == (Choice(REFUSED, "reject", ""),)


@pytest.mark.parametrize("name", ["event.subscribe", "event.unsubscribe", "event.click", "event.view"])
def test_a_missing_key_reads_like_an_empty_one(name: str) -> None:
    without = re.sub(rb"<EventKey>.*?</EventKey>", b"", kept.xml_of(name))

    body = parse(without, appid=APPID).body

    assert isinstance(body, Key)
    assert body.key == ""


def test_the_position_event_and_a_sent_place_differ_by_more_than_case() -> None:
    assert isinstance(kept.read("event.location").body, Position)
    assert isinstance(kept.read("location").body, Location)


def test_a_message_type_that_looks_like_an_event_is_none() -> None:
    disguised = kept.xml_of("text").replace(b"CDATA[text]", b"CDATA[event.subscribe]")

    with pytest.raises(Refused, match=r"^xml\.type$"):
        parse(disguised, appid=APPID)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0", 0),
        ("-23.5", -23.5),
        (" 12.25 ", 12.25),
        ("", 0),
        ("north", 0),
        ("nan", 0),
        ("inf", 0),
        ("-Infinity", 0),
        ("1e999", 0),
        ("9" * 5_000, 0),
        ("1" * 33, 0),
        ("1.5<x/>", 0),
    ],
)
def test_a_coordinate_is_a_finite_number_or_zero(written: str, read: float) -> None:
    xml = re.sub(r"(<Latitude>).*(</Latitude>)", rf"\g<1>{written}\2", kept.xml_of("event.location").decode())

    body = parse(xml.encode(), appid=APPID).body

    assert isinstance(body, Position)
    assert body.latitude == read


@pytest.mark.parametrize(("written", "read"), [("7", 7), ("-7", -7), ("7.5", 0), ("9" * 5_000, 0), ("x", 0)])
def test_a_count_is_a_whole_number_or_zero(written: str, read: int) -> None:
    xml = re.sub(r"(<Count>).*(</Count>)", rf"\g<1>{written}\2", kept.xml_of("event.pic_weixin").decode())

    assert parse(xml.encode(), appid=APPID).body == PicturesByMenu("rselfmenu_1_2", read)


@given(name=st.sampled_from(kept.NAMES), tag=st.data())
def test_whatever_is_missing_or_misshapen_becomes_empty_and_stops_nothing(name: str, tag: st.DataObject) -> None:
    fields = xmltodict.parse(kept.xml_of(name))["xml"]
    needed = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "OpenID"}
    lost = tag.draw(st.sampled_from(sorted(set(fields) - needed) or [""]))
    instead = tag.draw(st.sampled_from((None, "", "x", {"a": "b"}, ["x", "y"], [{"a": None}, None])))
    changed = {"xml": {**fields, lost: instead}} if lost else {"xml": fields}

    event = parse(xmltodict.unparse(changed, full_document=False).encode(), appid=APPID)

    assert event.kind == kept.read(name).kind
    assert type(event.body) is type(BODIES[name])


def test_bodies_hold_only_what_can_be_read() -> None:
    for body in {*MESSAGES.values(), *EVENTS.values()}:
        assert isinstance(body, type)
        assert is_dataclass(body)
        for field in fields(body):
            wanted = get_type_hints(body)[field.name]
            listed = get_origin(wanted) is tuple and is_dataclass(get_args(wanted)[0])
            assert wanted in (str, int, float) or listed, f"{body.__name__}.{field.name}"
