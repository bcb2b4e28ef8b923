"""Replies as WeChat reads them."""

from typing import Any

import pytest
import xmltodict
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.clock import epoch
from chalicelib.wechat import reply
from chalicelib.wechat.reply import TEXT_BYTES, Reply, legal, render, shortened
from infra.local.wechat_simulator import Account, Switches, markup
from infra.local.wechat_simulator import reply as simulator
from infra.local.wechat_simulator.push import Push
from tests.builders import GH_ID, NOON, OPENID

AT = epoch(NOON)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=3_000)
"""Also lone surrogates and control characters."""
ACCOUNT = Account("demo", "慧园", "wx0123456789abcdef", "s" * 32, "token", "", GH_ID, "plain", "http://127.0.0.1:1/")
ASKED = Push("demo", OPENID, b"", msg_type="text")


def xml_of(answer: Reply) -> str:
    return render(answer, to=OPENID, sender=GH_ID, at=AT)


def fields_of(answer: Reply) -> dict[str, Any]:
    return dict(xmltodict.parse(xml_of(answer), strip_whitespace=False)["xml"])


def seen(answer: Reply) -> dict[str, Any]:
    """The message that the follower sees, by WeChat's own check."""
    said = simulator.read_reply(
        xml_of(answer).encode(), ASKED, account=ACCOUNT, keys=(), nonce="1", switches=Switches()
    )
    assert said.message is not None
    return said.message


def as_xml_reads(text: str) -> str:
    """XML turns every line end into a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_text_reply_goes_back_to_who_asked_from_whom_they_asked() -> None:
    fields = fields_of(reply.text("您好"))

    assert {name: fields[name] for name in fields if name != "#text"} == {
        "ToUserName": OPENID,
        "FromUserName": GH_ID,
        "CreateTime": str(AT),
        "MsgType": "text",
        "Content": "您好",
    }


def test_every_kind_of_reply_passes_wechats_check() -> None:
    news = Reply("news", title="新品", description="九折", picture_url="https://a/b?c=1&d=2", url="https://a/?e=1&f=2")

    assert seen(reply.text("第一行\n<a href='https://a/?b=1&c=2'>链接</a>")) == {
        "type": "text",
        "text": "第一行\n<a href='https://a/?b=1&c=2'>链接</a>",
    }
    assert seen(Reply("image", media_id="media-1")) == {"type": "image", "media_id": "media-1"}
    assert seen(reply.to_human()) == {"type": "system", "text": "已转接人工客服"}
    assert seen(news) == {
        "type": "news",
        "articles": [
            {"title": "新品", "description": "九折", "picurl": "https://a/b?c=1&d=2", "url": "https://a/?e=1&f=2"}
        ],
    }


@given(ANY_TEXT)
@example("]]>")
@example("]]]]>>]]>")
@example("<![CDATA[]]>")
@example("&lt; & &#0; {0} {data} %s")
@example("\x00\x08\x0b\x1f\ufffe\uffff\ud800")
@example("😀" * 1_000)
@example("]]>" * 1_000)
def test_any_text_is_well_formed_and_read_back_as_it_was(text: str) -> None:
    answer = reply.text(text)

    read = fields_of(answer)["Content"] or ""
    assert read == as_xml_reads(answer.text)
    assert len(answer.text.encode()) <= TEXT_BYTES
    assert legal(text).startswith(answer.text.removesuffix("…"))
    if answer.text.strip():
        assert seen(answer) == {"type": "text", "text": as_xml_reads(answer.text)}


@given(ANY_TEXT, ANY_TEXT)
def test_any_article_and_any_picture_are_well_formed(one: str, other: str) -> None:
    article = Reply("news", title=one, description=other, picture_url=other, url=one)

    item = markup.read(xml_of(article).encode())["Articles"]
    assert isinstance(item, dict)
    assert item["item"] == {
        "Title": as_xml_reads(legal(one)),
        "Description": as_xml_reads(legal(other)),
        "PicUrl": as_xml_reads(legal(other)),
        "Url": as_xml_reads(legal(one)),
    }
    assert markup.read(xml_of(Reply("image", media_id=one)).encode())["MsgType"] == "image"


@pytest.mark.parametrize("address", ["]]><x>", "a]]>b", "&", "<"])
def test_an_address_cannot_break_out_of_its_element(address: str) -> None:
    fields = xmltodict.parse(render(reply.to_human(), to=address, sender=address, at=AT))["xml"]

    assert fields["ToUserName"] == fields["FromUserName"] == address


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("a" * 2_048, 2_048),
        ("a" * 2_049, 2_048),
        ("会" * 682 + "aa", 2_048),
        ("会" * 683, 2_046),
        ("会" * 1_000, 2_046),
        ("😀" * 512, 2_048),
        ("😀" * 513, 2_047),
        ("a" + "😀" * 512, 2_048),
    ],
)
def test_a_long_text_is_cut_between_characters_and_says_so(text: str, bytes_: int) -> None:
    said = reply.text(text).text

    assert len(said.encode()) == bytes_
    assert said == text or (said.endswith("…") and text.startswith(said[:-1]))


@given(st.text(), st.integers(3, 60))
def test_a_text_is_shortened_only_where_it_must_be(text: str, limit: int) -> None:
    short = shortened(text, limit)

    assert len(short.encode()) <= limit
    assert (short == text) is (len(text.encode()) <= limit)


@pytest.mark.parametrize(
    "answer",
    [
        reply.text("您好"),
        reply.to_human(),
        Reply("image", media_id="m"),
        Reply("news", title="t", description="d", picture_url="p", url="u"),
    ],
)
def test_a_reply_is_kept_in_the_receipt_and_comes_back(answer: Reply) -> None:
    item = answer.to_item()

    assert Reply.from_item(item) == answer
    assert all(item.values())


def test_an_empty_text_keeps_its_kind() -> None:
    assert Reply.from_item(reply.text("").to_item()) == reply.text("")


def test_a_reply_of_a_kind_that_this_version_does_not_know_is_not_sent_as_another() -> None:
    from_tomorrow = Reply.from_item({"kind": "hologram"})

    with pytest.raises(AssertionError):
        xml_of(from_tomorrow)
