"""Files that the account stores, and what refers to them."""

from typing import Any

import pytest

from infra.local.wechat_simulator import Upload
from infra.local.wechat_simulator.api.wire import ApiAnswer
from tests.unit.wechat_simulator.stage import Json, Stage

JPG = Upload("photo.JPG", b"\xff\xd8\xffpicture")
DAY = 86_400


def put(stage: Stage, path: str, file: Upload | None = JPG, **query: str) -> Json:
    told: Json = stage.simulator.call(
        "POST", f"/cgi-bin/{path}", {"access_token": stage.token(), **query}, upload=file
    ).json()
    return told


def fetch(stage: Stage, media_id: str) -> ApiAnswer:
    return stage.simulator.call("GET", "/cgi-bin/media/get", {"access_token": stage.token(), "media_id": media_id})


def test_a_temporary_file_comes_back_for_three_days() -> None:
    stage = Stage(token_lifetime_seconds=10 * DAY)

    told = put(stage, "media/upload", type="image")
    answer = fetch(stage, told["media_id"])

    assert (told["type"], told["created_at"]) == ("image", int(stage.clock.now().timestamp()))
    assert (answer.body, answer.content_type) == (JPG.content, "image/jpeg")
    assert answer.headers["Content-Disposition"].endswith('.jpg"')
    stage.clock.advance(3 * DAY)
    assert fetch(stage, told["media_id"]).json()["errcode"] == 40007
    put(stage, "media/upload", type="image")
    assert fetch(stage, told["media_id"]).json()["errcode"] == 40007


@pytest.mark.parametrize("field", ["thumb_media_id", "media_id"])
def test_the_name_of_a_thumbs_id_is_a_switch(field: str) -> None:
    assert field in put(Stage(thumb_id_field=field), "media/upload", type="thumb")


def test_of_a_video_only_the_address_comes_back() -> None:
    stage = Stage()
    video = Upload("v.mp4", b"v")

    temporary = put(stage, "media/upload", video, type="video")["media_id"]
    permanent = put(stage, "material/add_material", video, type="video")["media_id"]

    assert fetch(stage, temporary).json()["video_url"].startswith("http")
    assert stage.post("/cgi-bin/material/get_material", media_id=permanent)["title"] == "v.mp4"


@pytest.mark.parametrize("by_kind", [True, False])
@pytest.mark.parametrize(
    ("kind", "name", "size", "code"),
    [
        ("image", "a.png", 10, 40009),
        ("voice", "a.amr", 2, 40010),
        ("video", "a.mp4", 10, 40011),
        ("thumb", "a.jpg", 0.0625, 40012),
    ],
)
def test_a_file_may_be_as_large_as_its_kind_allows(
    kind: str, name: str, size: float, code: int, *, by_kind: bool
) -> None:
    stage = Stage(media_size_code_by_kind=by_kind)
    most = int(size * 1024 * 1024)

    assert "errcode" not in put(stage, "media/upload", Upload(name, bytes(most)), type=kind)
    told = put(stage, "media/upload", Upload(name, bytes(most + 1)), type=kind)
    assert told["errcode"] == (code if by_kind else 40006)


@pytest.mark.parametrize(
    ("path", "file", "kind", "code"),
    [
        ("media/upload", JPG, "news", 40004),
        ("media/upload", JPG, "", 40004),
        ("media/upload", JPG, "voice", 40005),
        ("media/upload", Upload("photo", b"x"), "image", 40005),
        ("media/upload", Upload("a.jpg", b""), "image", 44001),
        ("media/upload", None, "image", 41005),
        ("media/uploadimg", Upload("a.gif", b"x"), "", 40005),
        ("media/uploadimg", Upload("a.png", bytes(1024 * 1024 + 1)), "", 40006),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(path: str, file: Upload | None, kind: str, code: int) -> None:
    assert put(Stage(), path, file, type=kind)["errcode"] == code


def test_a_picture_for_an_article_gets_an_address() -> None:
    assert put(Stage(), "media/uploadimg")["url"].endswith("wx_fmt=jpg")


def test_permanent_material_is_counted_fetched_and_deleted() -> None:
    stage = Stage(token_lifetime_seconds=40 * DAY)
    temporary = put(stage, "media/upload", type="image")["media_id"]
    told = put(stage, "material/add_material", type="image")
    voice = put(stage, "material/add_material", Upload("a.mp3", b"v"), type="voice")

    raw = stage.simulator.call(
        "POST",
        "/cgi-bin/material/get_material",
        {"access_token": stage.token()},
        f'{{"media_id":"{told["media_id"]}"}}'.encode(),
    )

    assert raw.body == JPG.content
    assert told["url"].startswith("http")
    assert "url" not in voice
    counts = {"voice_count": 1, "video_count": 0, "image_count": 1, "news_count": 0}
    assert stage.get("/cgi-bin/material/get_materialcount") == counts
    assert stage.post("/cgi-bin/material/del_material", media_id=temporary)["errcode"] == 40007
    stage.clock.advance(30 * DAY)
    assert stage.post("/cgi-bin/material/del_material", media_id=told["media_id"])["errcode"] == 0
    assert stage.post("/cgi-bin/material/get_material", media_id=told["media_id"])["errcode"] == 40007


@pytest.mark.parametrize("act", ["image", "voice", "video"])
def test_what_a_follower_sent_can_be_fetched(act: str) -> None:
    stage = Stage()
    openid = stage.person()

    stage.act(openid, act)

    media_id = stage.office.heard()[-1]["MediaId"]
    answer = fetch(stage, media_id)
    assert "video_url" in answer.json() if act == "video" else answer.body


def test_the_log_says_of_a_file_only_what_it_is() -> None:
    stage = Stage()

    fetch(stage, put(stage, "media/upload", type="image")["media_id"])

    sent, fetched = stage.simulator.log.entries()[-2:]
    assert sent["request"]["file"] == {"name": "photo.JPG", "bytes": len(JPG.content)}
    assert fetched["response"] == f"（文件 image/jpeg，{len(JPG.content)} 字节）"


def test_a_file_may_get_lost_on_the_road() -> None:
    stage = Stage()
    media_id = put(stage, "media/upload", type="image")["media_id"]
    stage.simulator.add_fault("api_timeout_after", seconds=4)

    answer = fetch(stage, media_id)

    assert (answer.lost, answer.seconds) == ("timeout", 4)


SENDS: list[Json] = [
    {"msgtype": "image", "image": {"media_id": "@"}},
    {"msgtype": "video", "video": {"media_id": "@"}},
    {"msgtype": "music", "music": {"musicurl": "http://a", "thumb_media_id": "@"}},
    {
        "msgtype": "miniprogrampage",
        "miniprogrampage": {"title": "t", "appid": "wx", "pagepath": "p", "thumb_media_id": "@"},
    },
]


@pytest.mark.parametrize("body", SENDS)
@pytest.mark.parametrize("is_refused", [True, False])
def test_a_send_with_an_unknown_file_is_refused_behind_a_switch(body: Json, *, is_refused: bool) -> None:
    stage = Stage(unknown_media_refused=is_refused)
    openid = stage.person()
    stage.simulator.say(openid, "hi")
    known = put(stage, "media/upload", type="image")["media_id"]

    unknown = stage.post("/cgi-bin/message/custom/send", touser=openid, **body)
    good = stage.post("/cgi-bin/message/custom/send", touser=openid, **_filled(body, known))

    assert unknown["errcode"] == (40007 if is_refused else 0)
    assert good["errcode"] == 0


def _filled(body: Json, media_id: str) -> Json:
    return {
        name: _filled(value, media_id) if isinstance(value, dict) else media_id if value == "@" else value
        for name, value in body.items()
    }


@pytest.mark.parametrize(
    "body",
    [
        {"msgtype": "voice", "voice": {"media_id": "@"}},
        {"msgtype": "mpnews", "mpnews": {"media_id": "@"}},
        {"msgtype": "images", "images": {"media_ids": ["@"]}},
    ],
)
def test_a_mass_message_with_an_unknown_file_is_refused_behind_a_switch(body: Json) -> None:
    stage = Stage(unknown_media_refused=True)
    stage.person()

    told = stage.post("/cgi-bin/message/mass/sendall", filter={"is_to_all": True}, **body)

    assert told["errcode"] == 40007


MUSIC = {"MsgType": "music", "Music": {"MusicUrl": "http://a", "ThumbMediaId": "gone"}}


@pytest.mark.parametrize("fields", [{"MsgType": "image", "Image": {"MediaId": "gone"}}, MUSIC])
def test_a_reply_with_an_unknown_file_counts_as_failed_behind_a_switch(fields: Any) -> None:
    stage, strict = Stage(), Stage(unknown_media_refused=True)
    for one in (stage, strict):
        openid = one.person()
        one.office.will(one.office.says(fields))
        outcome = one.simulator.say(openid, "hi")
        assert (outcome.saw[0]["type"] == "error") is (one is strict)


def test_a_reply_with_a_known_file_or_without_one_is_shown() -> None:
    stage = Stage(unknown_media_refused=True)
    openid = stage.person()
    media_id = put(stage, "media/upload", type="image")["media_id"]
    stage.office.will(stage.office.says({"MsgType": "image", "Image": {"MediaId": media_id}}))
    picture = stage.simulator.say(openid, "hi")
    stage.office.will(stage.office.says_text("你好"))

    words = stage.simulator.say(openid, "hi")

    assert [one.saw[0]["type"] for one in (picture, words)] == ["image", "text"]
