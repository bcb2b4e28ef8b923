"""Replies: every kind that WeChat shows, and every mistake that it refuses."""

from typing import Any

import pytest

from infra.local.wechat_simulator import CallbackResponse
from infra.local.wechat_simulator.crypto import encrypt
from infra.local.wechat_simulator.signature import sign
from tests.unit.wechat_simulator.stage import OLD_KEY, Received, Stage, an_account, sealed

ARTICLE = {"Title": "标题", "Description": "描述", "PicUrl": "http://a/p.jpg", "Url": "http://a/"}
SHOWN = {"title": "标题", "description": "描述", "picurl": "http://a/p.jpg", "url": "http://a/"}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"MsgType": "text", "Content": "一\n二"}, {"type": "text", "text": "一\n二"}),
        ({"MsgType": "image", "Image": {"MediaId": "m"}}, {"type": "image", "media_id": "m"}),
        ({"MsgType": "voice", "Voice": {"MediaId": "m"}}, {"type": "voice", "media_id": "m"}),
        (
            {"MsgType": "video", "Video": {"MediaId": "m", "Title": "t"}},
            {"type": "video", "media_id": "m", "title": "t", "description": ""},
        ),
        (
            {"MsgType": "music", "Music": {"Title": "t", "MusicUrl": "http://m", "ThumbMediaId": "m"}},
            {
                "type": "music",
                "title": "t",
                "description": "",
                "url": "http://m",
                "hq_url": "",
                "thumb_media_id": "m",
            },
        ),
        (
            {"MsgType": "news", "ArticleCount": 1, "Articles": {"item": ARTICLE}},
            {"type": "news", "articles": [SHOWN]},
        ),
        ({"MsgType": "transfer_customer_service"}, {"type": "system", "text": "已转接人工客服"}),
        (
            {"MsgType": "transfer_customer_service", "TransInfo": {"KfAccount": "a@b"}},
            {"type": "system", "text": "已转接人工客服", "kf_account": "a@b"},
        ),
    ],
)
def test_every_kind_of_reply_is_shown(fields: Any, shown: Any) -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(stage.office.says(fields))

    assert stage.simulator.say(openid, "x").saw == (shown,)


def test_articles_beyond_the_limit_are_not_shown() -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(stage.office.says({"MsgType": "news", "ArticleCount": 9, "Articles": {"item": [ARTICLE] * 9}}))

    assert len(stage.simulator.say(openid, "x").saw[0]["articles"]) == 1
    assert len(stage.simulator.click(openid, "k").saw[0]["articles"]) == 8


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"MsgType": "text", "Content": "x", "ToUserName": "someone"}, "ToUserName"),
        ({"MsgType": "text", "Content": "x", "FromUserName": "someone"}, "FromUserName"),
        ({"MsgType": "text", "Content": "x", "CreateTime": "now"}, "CreateTime"),
        ({"MsgType": "sticker"}, "sticker"),
        ({}, "MsgType"),
        ({"MsgType": "text", "Content": " "}, "Content"),
        ({"MsgType": "text"}, "Content"),
        ({"MsgType": "text", "Content": "好" * 683}, "2048"),
        ({"MsgType": "image"}, "Image"),
        ({"MsgType": "image", "Image": {"Other": "x"}}, "MediaId"),
        ({"MsgType": "news", "ArticleCount": 2, "Articles": {"item": ARTICLE}}, "ArticleCount"),
        ({"MsgType": "news", "ArticleCount": "x", "Articles": {"item": ARTICLE}}, "ArticleCount"),
        ({"MsgType": "news", "ArticleCount": 1}, "ArticleCount"),
        ({"MsgType": "news", "ArticleCount": 11, "Articles": {"item": [ARTICLE] * 11}}, "10"),
    ],
)
def test_a_reply_with_a_mistake_counts_as_a_failure(fields: Any, said: str) -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(stage.office.says(fields))

    outcome = stage.simulator.say(openid, "x")

    assert outcome.saw[0]["type"] == "error"
    assert said in str(outcome.deliveries[0].error)


@pytest.mark.parametrize(
    ("seal", "said"),
    [
        ({"signature": "0" * 40}, "MsgSignature"),
        ({"stamp": "soon"}, "TimeStamp"),
        ({"appid": "wxother"}, "appid"),
        ({"key": b"k" * 32}, "解密"),
    ],
)
def test_a_reply_that_is_sealed_wrongly_counts_as_a_failure(seal: Any, said: str) -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(stage.office.says_text("x", **seal))

    assert said in str(stage.simulator.say(openid, "x").deliveries[0].error)


def test_the_nonce_of_a_reply_may_be_demanded() -> None:
    for demanded, shown in ((False, "text"), (True, "error")):
        stage = Stage(reply_nonce_must_match=demanded)
        openid = stage.person()
        stage.office.will(stage.office.says_text("x", nonce="other"))

        assert stage.simulator.say(openid, "x").saw[0]["type"] == shown


def test_a_reply_may_still_be_sealed_with_the_previous_key() -> None:
    stage = Stage(account=an_account(previous_aes_key=OLD_KEY))
    openid = stage.person()
    stage.office.will(stage.office.says_text("旧钥匙", key=stage.account.keys[1]))

    assert stage.simulator.say(openid, "x").saw == ({"type": "text", "text": "旧钥匙"},)


@pytest.mark.parametrize(
    ("mode", "allowed", "shown"),
    [("safe", False, "error"), ("safe", True, "text"), ("compatible", False, "text")],
)
def test_an_unencrypted_reply_is_taken_where_the_mode_allows_it(mode: Any, allowed: bool, shown: str) -> None:
    stage = Stage(account=an_account(mode=mode), plain_reply_in_safe_mode=allowed)
    openid = stage.person()

    def plainly(request: Received) -> CallbackResponse:
        return CallbackResponse(200, stage.office.reply(request, {"MsgType": "text", "Content": "x"}))

    stage.office.will(plainly)

    assert stage.simulator.say(openid, "x").saw[0]["type"] == shown


@pytest.mark.parametrize("xml", [b"<xml><a>", b"\xff\xfe", b"<html><b/></html>"])
def test_an_encrypted_reply_that_is_no_xml_inside_counts_as_a_failure(xml: bytes) -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(lambda request: sealed(stage.account, xml, request))

    assert "XML" in str(stage.simulator.say(openid, "x").deliveries[0].error)


def test_a_ciphertext_of_the_wrong_length_counts_as_a_failure() -> None:
    stage = Stage()
    openid = stage.person()
    cut = encrypt(b"<xml/>", key=stage.account.key, appid="a", random=b"r" * 16)[:-4]

    def answer(_request: Received) -> CallbackResponse:
        signature = sign("token", "1", "2", cut)
        body = f"<xml><Encrypt>{cut}</Encrypt><MsgSignature>{signature}</MsgSignature>"
        return CallbackResponse(200, f"{body}<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>".encode())

    stage.office.will(answer)

    assert "解密" in str(stage.simulator.say(openid, "x").deliveries[0].error)
