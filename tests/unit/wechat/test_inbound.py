"""What is accepted as a delivery of WeChat, and what its receipt id is."""

import re
import time
import traceback
from datetime import UTC, datetime

import pytest
import xmltodict
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.errors import Refused
from chalicelib.wechat.events import ABOUT_OPENID
from chalicelib.wechat.inbound import Inbound, Unknown, parse
from chalicelib.wechat.messages import Text
from chalicelib.wechat.tree import DEPTH, ELEMENTS
from tests.builders import APPID, GH_ID, NOON, OPENID, an_event, event_xml
from tests.unit.wechat import kept

SECRET = "Geheimnis"
"""Stands in every hostile document, and must not be found in what is said about it."""
HEAD = (
    f"<ToUserName>{GH_ID}</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>1772596800</CreateTime>"
    f"<MsgType>text</MsgType><MsgId>1</MsgId>"
)
TEXT = f"<xml>{HEAD}<Content>{SECRET}</Content></xml>"


def altered(tag: str, instead: str) -> str:
    """A text message with another element in place of `tag`."""
    return re.sub(rf"<{tag}>.*?</{tag}>", lambda _: instead, TEXT)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
PARAMETER = f'<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:1/{SECRET}"> %p;]>'

HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "blanks": " \n\t ",
    "a null byte": b"\x00",
    "a text": SECRET,
    "a number": "1772596800",
    "JSON": f'{{"ToUserName": "{GH_ID}", "Content": "{SECRET}"}}',
    "HTML": f"<html><body>{SECRET}</body></html>",
    "an HTML document": f"<!doctype html><html><body>{SECRET}</body></html>",
    "a form": f"ToUserName={GH_ID}&Content={SECRET}",
    "an image": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "a zip": b"PK\x03\x04" + bytes(64),
    "another root": f"<message>{HEAD}</message>",
    "a root in capitals": TEXT.replace("xml>", "XML>"),
    "a root with a name space": f'<xml xmlns="urn:x">{HEAD}</xml>',
    "a root with a prefix": f'<a:xml xmlns:a="urn:x">{HEAD}</a:xml>',
    "a root with attributes": f'<xml id="1">{HEAD}</xml>',
    "an empty root": "<xml></xml>",
    "an empty root in short": "<xml/>",
    "a root with text only": f"<xml>{SECRET}</xml>",
    "two roots": TEXT + TEXT,
    "something behind": TEXT + SECRET,
    "something before": SECRET + TEXT,
    "a comment before": f"<!-- {SECRET} -->{TEXT}",
    "a processing instruction before": f'<?xml-stylesheet href="http://127.0.0.1:1/{SECRET}"?>{TEXT}',
    "PHP before": f"<?php {SECRET} ?>{TEXT}",
    "a declaration in the middle": TEXT.replace("<Content>", '<?xml version="1.0"?><Content>'),
    "a DTD": f"<!DOCTYPE xml>{TEXT}",
    "a DTD behind a declaration": f'<?xml version="1.0"?><!DOCTYPE xml>{TEXT}',
    "a DTD of another server": f'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/{SECRET}">{TEXT}',
    "a DTD in the middle": TEXT.replace("<Content>", "<!DOCTYPE xml><Content>"),
    "an entity": f'<!DOCTYPE xml [<!ENTITY e "{SECRET}">]>{TEXT.replace(SECRET, "&e;")}',
    "an external entity": f'<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>{TEXT.replace(SECRET, "&e;")}',
    "an entity of another server": f'<!DOCTYPE xml [<!ENTITY e SYSTEM "http://127.0.0.1:1/">]>{TEXT}',
    "a parameter entity": PARAMETER + TEXT,
    "a parameter entity in UTF-16": (PARAMETER + TEXT).encode("utf-16"),
    "a parameter entity in UTF-16 without mark": (PARAMETER + TEXT).encode("utf-16-be"),
    "a parameter entity in UTF-7": f'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x{TEXT}',
    "a billion laughs": f'<!DOCTYPE xml [<!ENTITY l0 "lol">{LAUGHS}]>{TEXT.replace(SECRET, "&l9;")}',
    "a quadratic blow-up": f'<!DOCTYPE xml [<!ENTITY q "{"q" * 20_000}">]>{TEXT.replace(SECRET, "&q;" * 2_000)}',
    "an entity that refers to itself": f'<!DOCTYPE xml [<!ENTITY e "&e;">]>{TEXT.replace(SECRET, "&e;")}',
    "an entity of HTML": TEXT.replace(SECRET, "&nbsp;"),
    "an entity that nobody declared": TEXT.replace(SECRET, "&nobody;"),
    "a bare ampersand": TEXT.replace(SECRET, "a & b"),
    "a null byte inside": TEXT.replace(SECRET, "a\x00b"),
    "a null byte by reference": TEXT.replace(SECRET, "&#0;"),
    "a control character": TEXT.replace(SECRET, "a\x08b"),
    "a control character by reference": TEXT.replace(SECRET, "&#8;"),
    "half of a surrogate by reference": TEXT.replace(SECRET, "&#xD800;"),
    "no character at all": TEXT.replace(SECRET, "\ufffe"),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16 without mark": TEXT.encode("utf-16-le"),
    "UTF-32": TEXT.encode("utf-32"),
    "a mark before UTF-8": TEXT.encode("utf-8-sig"),
    "GBK": f'<?xml version="1.0" encoding="gbk"?>{TEXT.replace(SECRET, "你好")}'.encode("gbk"),
    "Latin-1": TEXT.replace(SECRET, "é").encode("latin-1"),
    "cut UTF-8": TEXT.encode().replace(SECRET.encode(), b"\xe4\xbd"),
    "overlong UTF-8": TEXT.encode().replace(SECRET.encode(), b"\xc0\xbcscript"),
    "half of a surrogate in UTF-8": TEXT.encode().replace(SECRET.encode(), b"\xed\xa0\x80"),
    "no sender": altered("FromUserName", ""),
    "an empty sender": altered("FromUserName", "<FromUserName></FromUserName>"),
    "a nested sender": altered("FromUserName", f"<FromUserName><a>{OPENID}</a></FromUserName>"),
    "two senders": altered("FromUserName", f"<FromUserName>{OPENID}</FromUserName>" * 2),
    "a sender with attributes": altered("FromUserName", f'<FromUserName a="b">{OPENID}</FromUserName>'),
    "a sender with a prefix": altered("FromUserName", f'<w:FromUserName xmlns:w="u">{OPENID}</w:FromUserName>'),
    "a sender with the table's separator": altered("FromUserName", "<FromUserName>o#PROFILE</FromUserName>"),
    "a sender with a line break": altered("FromUserName", "<FromUserName>o\nx</FromUserName>"),
    "a sender that is too long": altered("FromUserName", f"<FromUserName>{'o' * 65}</FromUserName>"),
    "a Chinese sender": altered("FromUserName", "<FromUserName>粉丝</FromUserName>"),
    "no account": altered("ToUserName", ""),
    "a nested account": altered("ToUserName", f"<ToUserName><a>{GH_ID}</a></ToUserName>"),
    "two accounts": altered("ToUserName", f"<ToUserName>{GH_ID}</ToUserName>" * 2),
    "no type": altered("MsgType", ""),
    "two types": altered("MsgType", "<MsgType>text</MsgType>" * 2),
    "a nested type": altered("MsgType", "<MsgType><a>text</a></MsgType>"),
    "a type with a dot": altered("MsgType", "<MsgType>event.subscribe</MsgType>"),
    "a Chinese type": altered("MsgType", "<MsgType>文本</MsgType>"),
    "a type that is too long": altered("MsgType", f"<MsgType>{'t' * 65}</MsgType>"),
    "an event without a name": altered("MsgType", "<MsgType>event</MsgType>"),
    "an event with two names": altered("MsgType", "<MsgType>event</MsgType><Event>scan</Event><Event>view</Event>"),
    "no time": altered("CreateTime", ""),
    "an empty time": altered("CreateTime", "<CreateTime> </CreateTime>"),
    "two times": altered("CreateTime", "<CreateTime>1772596800</CreateTime>" * 2),
    "a negative time": altered("CreateTime", "<CreateTime>-1772596800</CreateTime>"),
    "a time with a sign": altered("CreateTime", "<CreateTime>+1772596800</CreateTime>"),
    "a fraction of time": altered("CreateTime", "<CreateTime>1772596800.5</CreateTime>"),
    "a time with an exponent": altered("CreateTime", "<CreateTime>1e9</CreateTime>"),
    "a time with underscores": altered("CreateTime", "<CreateTime>1_772_596_800</CreateTime>"),
    "a time in milliseconds": altered("CreateTime", "<CreateTime>1772596800000</CreateTime>"),
    "a time of the last century": altered("CreateTime", "<CreateTime>999999999</CreateTime>"),
    "time zero": altered("CreateTime", "<CreateTime>0</CreateTime>"),
    "a time in other digits": altered("CreateTime", "<CreateTime>１７７２５９６８００</CreateTime>"),
    "a time in superscript": altered("CreateTime", "<CreateTime>²²²²²²²²²²</CreateTime>"),
    "a time that is a date": altered("CreateTime", "<CreateTime>2026-03-04</CreateTime>"),
    "a time with a tail of digits": altered("CreateTime", "<CreateTime>0177259680012345</CreateTime>"),
    "a huge time behind a zero": altered("CreateTime", f"<CreateTime>01772596800{'0' * 5_000}</CreateTime>"),
    "a huge time": altered("CreateTime", f"<CreateTime>{'9' * 20_000}</CreateTime>"),
    "ten thousand siblings": f"<xml>{HEAD}{'<a/>' * 10_000}</xml>",
    "siblings behind a comment that begins a CDATA": altered("MsgId", "<!--<![CDATA[-->" + "<a/>" * 9_000),
    "ten thousand lists": TEXT.replace("<Content>", "<List>1</List>" * 4_000 + "<Content>"),
    "a depth of ten": TEXT.replace(SECRET, "<a>" * 10 + SECRET + "</a>" * 10),
    "a depth of a thousand": TEXT.replace(SECRET, "<a>" * 1_000 + "</a>" * 1_000),
    "a depth of thirty thousand": TEXT.replace(SECRET, "<a>" * 30_000 + "</a>" * 30_000),
    "depth in lists": TEXT.replace(SECRET, "<a><b/><b>" * 9 + "</b></a>" * 9),
    "opened and never closed": "<xml>" + "<a>" * 1_500,
    "closed and never opened": "<xml>" + "</a>" * 1_500,
    "an unclosed CDATA": altered("Content", f"<Content><![CDATA[{SECRET}</Content>"),
    "a thousand unclosed CDATAs": "<xml>" + "<![CDATA[" * 7_000,
    "a doubled attribute": TEXT.replace("<Content>", '<Content a="1" a="2">'),
    "an attribute without quotes": TEXT.replace("<Content>", "<Content a=1>"),
    "spaces in a name": TEXT.replace("Content>", "Con tent>"),
}  # fmt: skip


def refusal(document: str | bytes) -> Refused:
    """How the document is refused; nothing else may be raised."""
    with pytest.raises(Refused) as refused:
        parse(document if isinstance(document, bytes) else document.encode(), appid=APPID)
    return refused.value


def read(document: str) -> Inbound:
    return parse(document.encode(), appid=APPID)


# Hostile documents.


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_quickly_and_without_a_word_of_it(name: str) -> None:
    began = time.perf_counter()

    refused = refusal(HOSTILE[name])

    assert time.perf_counter() - began < 1
    assert re.fullmatch(r"xml\.(unsafe|malformed|shape|names|type|time)", str(refused))
    assert SECRET not in "".join(traceback.format_exception(refused))
    assert refused.__cause__ is None


def test_the_document_that_the_hostile_ones_differ_from_is_read() -> None:
    assert read(TEXT).body == Text(SECRET, "")
    assert read(f'<?xml version="1.0" encoding="UTF-8"?>\n{TEXT}\n').body == Text(SECRET, "")


CUT = ("text", "event.masssendjobfinish", "event.subscribe_msg_popup_event", "event.user_info_modified")


@pytest.mark.parametrize(
    ("name", "end"), [(name, end) for name in CUT for end in range(0, len(kept.xml_of(name).rstrip()), 10)]
)
def test_a_document_that_broke_off_is_refused(name: str, end: int) -> None:
    assert str(refusal(kept.xml_of(name)[:end])) in ("xml.unsafe", "xml.malformed")


@given(st.binary())
@example(b"<xml>" + bytes(range(256)))
def test_random_bytes_are_refused(document: bytes) -> None:
    refusal(document)
    refusal(b"<xml>" + document + b"</xml>")


@given(name=st.sampled_from(kept.NAMES), at=st.integers(min_value=0), byte=st.binary(min_size=1, max_size=3))
def test_a_damaged_delivery_is_read_or_refused_and_nothing_else(name: str, at: int, byte: bytes) -> None:
    whole = kept.xml_of(name)
    place = at % len(whole)

    try:
        event = parse(whole[:place] + byte + whole[place + 1 :], appid=APPID)
    except Refused:
        return

    assert re.fullmatch(r"[0-9a-f]{64}", event.receipt_id)


@given(st.text())
@example("<!DOCTYPE html>")
@example('<!ENTITY e "x">')
@example("]]><FromUserName>oSomeoneElse</FromUserName><![CDATA[")
@example("<" * 10_000)
def test_whatever_a_follower_writes_arrives_as_written(words: str) -> None:
    document = altered("Content", "<Content><![CDATA[{}]]></Content>")
    legal = re.sub("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", words).strip()

    event = read(document.replace("{}", legal.replace("]]>", "]]]]><![CDATA[>")))

    assert event.body == Text(legal, "")
    assert event.sender == OPENID


def test_a_processing_instruction_or_a_comment_inside_has_no_effect() -> None:
    within = TEXT.replace("<Content>", '<?x-run now="1"?><!-- <Content>other</Content> --><Content>')

    assert read(within) == read(TEXT)


def test_as_many_and_as_deep_elements_as_ever_come_are_read() -> None:
    many = TEXT.replace("<Content>", "<a>1</a>" * (ELEMENTS - 10) + "<Content>")
    deep = TEXT.replace("<Content>", "<a>" * (DEPTH - 1) + "</a>" * (DEPTH - 1) + "<Content>")

    assert read(many).body == read(deep).body == Text(SECRET, "")


# Whom it concerns and when.


def test_the_time_is_wechats_in_whole_seconds() -> None:
    event = an_event("text", content="你好", created=datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC))

    assert event.created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["1000000000", "9999999999", "01772596800"])
def test_any_time_of_this_age_is_a_time(stamp: str) -> None:
    assert read(altered("CreateTime", f"<CreateTime>{stamp}</CreateTime>")).created.timestamp() == int(stamp)


@pytest.mark.parametrize("event", sorted(ABOUT_OPENID))
def test_an_authorization_event_concerns_the_person_in_its_body_and_never_its_sender(event: str) -> None:
    said = an_event(f"event.{event}", openid="oSomeoneElse", FromUserName="oPlatformService")

    assert (said.openid, said.sender) == ("oSomeoneElse", "oPlatformService")


@pytest.mark.parametrize("event", sorted(ABOUT_OPENID))
@pytest.mark.parametrize("person", ["", "<OpenID></OpenID>", "<OpenID>a</OpenID><OpenID>b</OpenID>"])
def test_an_authorization_event_without_a_person_is_refused(event: str, person: str) -> None:
    document = event_xml(f"event.{event}", openid="oX").replace("<OpenID>oX</OpenID>", person)

    assert str(refusal(document)) == "xml.names"


@pytest.mark.parametrize("sender", ["gh_3e8c91f5b0d7", "oFollower-_0", "mphelper", "a@b.c"])
def test_senders_are_taken_as_wechat_names_them(sender: str) -> None:
    assert read(TEXT.replace(OPENID, sender)).sender == sender


def test_a_type_that_nobody_knows_yet_stays_unknown() -> None:
    assert read(altered("MsgType", "<MsgType>Hologram</MsgType>")).body == Unknown()
    assert an_event("event.teleported").body == Unknown()
    assert an_event("event.teleported").kind == "event.teleported"


def test_an_event_called_like_a_message_is_no_message() -> None:
    event = an_event("event.text")

    assert (event.kind, event.body, event.is_message) == ("event.text", Unknown(), False)


@pytest.mark.parametrize("message_type", ["masssendjobfinish", "user_info_modified"])
def test_a_message_called_like_an_event_still_comes_from_its_sender(message_type: str) -> None:
    message = read(altered("MsgType", f"<MsgType>{message_type}</MsgType>"))

    assert (message.openid, message.body, message.is_message) == (OPENID, Unknown(), True)


# Receipt ids.


def receipt(document: str, *, appid: str = APPID) -> str:
    return parse(document.encode(), appid=appid).receipt_id


@pytest.mark.parametrize("name", kept.NAMES)
def test_a_retry_has_the_receipt_id_of_the_first_delivery(name: str) -> None:
    fields = xmltodict.parse(kept.xml_of(name))["xml"]
    turned = xmltodict.unparse({"xml": dict(sorted(fields.items()))}, full_document=False)

    assert receipt(turned) == kept.read(name).receipt_id
    assert parse(kept.xml_of(name).replace(b"\n", b""), appid=APPID).receipt_id == kept.read(name).receipt_id


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("text", "c0c6030817433f4e28cb149842cd843579f5d0313b4149576f5b7084002e7fbe"),
        ("event.click", "30032547de5831494dba827b4de62a42dea786d4f3552f30aa31a2773713aff8"),
    ],
)
def test_a_retry_that_comes_after_a_deployment_finds_its_receipt(name: str, known: str) -> None:
    assert kept.read(name).receipt_id == known


def test_no_two_events_share_a_receipt_id() -> None:
    events = [kept.read(name) for name in kept.NAMES if name.startswith("event.")]

    assert len({event.receipt_id for event in events}) == len(events)


def test_the_same_message_for_another_account_is_another_message() -> None:
    assert receipt(TEXT) != receipt(TEXT, appid="wxfedcba9876543210")


@pytest.mark.parametrize(
    ("tag", "instead"),
    [
        ("FromUserName", "<FromUserName>oSomeoneElse</FromUserName>"),
        ("CreateTime", "<CreateTime>1772596801</CreateTime>"),
        ("MsgType", "<MsgType>voice</MsgType>"),
        ("MsgId", "<MsgId>2</MsgId>"),
    ],
)
def test_messages_that_differ_in_sender_second_type_or_number_have_two_receipts(tag: str, instead: str) -> None:
    assert receipt(altered(tag, instead)) != receipt(TEXT)


def test_a_message_that_wechat_sends_again_with_more_fields_is_the_same_message() -> None:
    assert receipt(TEXT.replace("<Content>", "<MsgDataId>7</MsgDataId><Idx>1</Idx><Content>")) == receipt(TEXT)


@pytest.mark.parametrize("number", ["", "<MsgId></MsgId>", "<MsgId>1</MsgId><MsgId>2</MsgId>"])
def test_messages_without_a_number_are_told_apart_by_all_they_say(number: str) -> None:
    first = altered("MsgId", number)

    assert receipt(first) == receipt(first)
    assert receipt(first) != receipt(first.replace(SECRET, "你好"))
    assert receipt(first) != receipt(TEXT)


EVENT_FIELDS = {
    "event.subscribe~scene": ("EventKey", "Ticket"),
    "event.location": ("Latitude", "Longitude", "Precision"),
    "event.templatesendjobfinish": ("MsgID", "Status"),
    "event.scancode_push": ("ScanResult", "ScanType"),
    "event.user_authorization_revoke": ("OpenID", "UnionID", "RevokeInfo"),
    "event.masssendjobfinish": ("MsgID", "SentCount", "CheckState", "ArticleUrl"),
    "event.subscribe_msg_popup_event": ("TemplateId", "SubscribeStatusString", "PopupScene"),
    "event.subscribe_msg_sent_event": ("MsgID", "ErrorCode"),
}


@pytest.mark.parametrize(
    ("name", "tag"),
    [(name, tag) for name, tags in EVENT_FIELDS.items() for tag in (*tags, "FromUserName", "CreateTime", "Event")],
)
def test_events_of_one_second_that_differ_in_any_field_have_receipts_of_their_own(name: str, tag: str) -> None:
    document = kept.xml_of(name).decode()
    instead = "1772596801" if tag == "CreateTime" else "another"

    changed = re.sub(rf"<{tag}>.*?</{tag}>", f"<{tag}>{instead}</{tag}>", document, count=1)

    assert changed != document
    assert receipt(changed) != receipt(document)


def test_events_that_list_the_same_in_another_order_have_receipts_of_their_own() -> None:
    document = kept.xml_of("event.subscribe_msg_popup_event").decode()
    first, second = re.findall(r"<List>.*?</List>", document, re.DOTALL)

    turned = document.replace(first, "{}").replace(second, first).replace("{}", second)

    assert receipt(turned) != receipt(document)
    assert receipt(document.replace(second, "")) != receipt(document)


def test_an_event_with_a_message_number_is_still_told_apart_by_all_its_fields() -> None:
    one, other = an_event("event.click", key="a", MsgId="1"), an_event("event.click", key="b", MsgId="1")

    assert one.receipt_id != other.receipt_id


def test_a_number_is_no_nested_text_in_a_receipt_id() -> None:
    nested = an_event("event.click", EventKey={"a": "1"})

    assert nested.receipt_id != an_event("event.click", EventKey="a1").receipt_id
    assert nested.created == NOON
