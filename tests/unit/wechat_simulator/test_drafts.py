"""Drafts, and what becomes of them when they are published."""

from typing import Any

import pytest

from tests.unit.wechat_simulator.stage import Json, Stage

NEWS = {"title": "新品", "content": "<p>正文</p>", "thumb_media_id": "m"}
PICTURES = {"title": "图", "content": "文", "article_type": "newspic"}
ADD, SUBMIT = "/cgi-bin/draft/add", "/cgi-bin/freepublish/submit"


def a_draft(stage: Stage, *articles: Json) -> str:
    media_id: str = stage.post(ADD, articles=list(articles) or [NEWS])["media_id"]
    return media_id


def published(stage: Stage, *articles: Json) -> tuple[str, str]:
    """The publish_id and the article_id of something that was published."""
    publish_id = stage.post(SUBMIT, media_id=a_draft(stage, *articles))["publish_id"]
    stage.later(10)
    return publish_id, stage.post("/cgi-bin/freepublish/get", publish_id=publish_id)["article_id"]


def test_a_draft_is_kept_without_its_scripts_changed_and_deleted() -> None:
    stage = Stage()
    media_id = a_draft(stage, {**NEWS, "content": "a<script>x()</script >b<SCRIPT src=x>c"}, NEWS)

    changed = stage.post("/cgi-bin/draft/update", media_id=media_id, index=1, articles={**NEWS, "title": "改"})

    items = stage.post("/cgi-bin/draft/get", media_id=media_id)["news_item"]
    assert changed["errcode"] == 0
    assert [one["title"] for one in items] == ["新品", "改"]
    assert (items[0]["content"], items[0]["article_type"]) == ("ab", "news")
    assert stage.get("/cgi-bin/draft/count") == {"total_count": 1}
    assert stage.post("/cgi-bin/draft/delete", media_id=media_id)["errcode"] == 0
    assert stage.post("/cgi-bin/draft/get", media_id=media_id)["errcode"] == 40007


def test_drafts_are_listed_newest_first_with_or_without_their_content() -> None:
    stage = Stage()
    first = a_draft(stage)
    stage.clock.advance(1)
    second = a_draft(stage)

    told = stage.post("/cgi-bin/draft/batchget", offset=0, count=20)
    short = stage.post("/cgi-bin/draft/batchget", offset=1, count=1, no_content=1)

    assert [one["media_id"] for one in told["item"]] == [second, first]
    assert told["item"][0]["content"]["news_item"][0]["content"] == "<p>正文</p>"
    assert (short["total_count"], short["item_count"]) == (2, 1)
    assert "content" not in short["item"][0]["content"]["news_item"][0]


@pytest.mark.parametrize(
    ("articles", "code"),
    [
        ("x", 44003),
        ([], 44003),
        ([NEWS] * 9, 45008),
        ([{**NEWS, "title": ""}], 45003),
        ([{**NEWS, "title": "长" * 33}], 45003),
        ([{**NEWS, "author": "长" * 17}], 40035),
        ([{**NEWS, "digest": "长" * 129}], 45004),
        ([{**NEWS, "content": ""}], 45166),
        ([{**NEWS, "content": "长" * 20_000}], 45002),
        ([{**NEWS, "thumb_media_id": ""}], 40007),
        ([{**NEWS, "article_type": "video"}], 40035),
        ([PICTURES], 40035),
        ([{**PICTURES, "image_info": {"image_list": []}}], 40035),
        ([{**PICTURES, "image_info": {"image_list": [{}]}}], 40007),
    ],
)
def test_a_draft_with_a_mistake_is_refused(articles: Any, code: int) -> None:
    assert Stage().post(ADD, articles=articles)["errcode"] == code


def test_a_draft_of_a_megabyte_is_too_large() -> None:
    stage = Stage(draft_content_chars=2_000_000)

    assert stage.post(ADD, articles=[{**NEWS, "content": "长" * 400_000}])["errcode"] == 45002


def test_the_pictures_of_a_draft_must_be_known_behind_a_switch() -> None:
    pictures = {**PICTURES, "image_info": {"image_list": [{"image_media_id": "m"}]}}

    assert "media_id" in Stage().post(ADD, articles=[pictures])
    for article in (pictures, NEWS):
        assert Stage(unknown_media_refused=True).post(ADD, articles=[article])["errcode"] == 40007


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("draft/update", {"index": 1, "articles": NEWS}, 40114),
        ("draft/update", {"index": "0", "articles": NEWS}, 40114),
        ("draft/update", {"index": 0, "articles": [NEWS]}, 44003),
        ("draft/batchget", {"offset": -1, "count": 1}, 40035),
        ("draft/batchget", {"offset": 0, "count": 21}, 40035),
        ("draft/get", {"media_id": "x"}, 40007),
        ("freepublish/submit", {"media_id": "x"}, 40007),
        ("freepublish/get", {"publish_id": "x"}, 40035),
        ("freepublish/getarticle", {"article_id": "x"}, 53600),
        ("freepublish/delete", {}, 53600),
    ],
)
def test_calls_about_drafts_that_make_no_sense_are_refused(path: str, body: Json, code: int) -> None:
    stage = Stage()

    assert stage.post(f"/cgi-bin/{path}", **{"media_id": a_draft(stage), **body})["errcode"] == code


def test_publishing_takes_a_while_takes_the_draft_and_is_told() -> None:
    stage = Stage()
    media_id = a_draft(stage, NEWS, NEWS)

    publish_id = stage.post(SUBMIT, media_id=media_id)["publish_id"]
    running = stage.post("/cgi-bin/freepublish/get", publish_id=publish_id)
    stage.later(10)
    done = stage.post("/cgi-bin/freepublish/get", publish_id=publish_id)

    assert running == {"publish_id": publish_id, "publish_status": 1, "fail_idx": []}
    assert (done["publish_status"], done["article_detail"]["count"]) == (0, 2)
    assert stage.post("/cgi-bin/draft/get", media_id=media_id)["errcode"] == 40007
    event = stage.office.heard()[-1]
    info = event["PublishEventInfo"]
    assert (event["Event"], event["ToUserName"]) == ("PUBLISHJOBFINISH", stage.account.gh_id)
    assert (info["publish_id"], info["publish_status"], info["article_id"]) == (publish_id, "0", done["article_id"])
    assert [one["idx"] for one in info["article_detail"]["item"]] == ["1", "2"]


def test_publishing_that_fails_says_which_articles_and_leaves_the_draft() -> None:
    stage = Stage(publish_outcome=4)
    media_id = a_draft(stage, NEWS, NEWS)

    publish_id = stage.post(SUBMIT, media_id=media_id)["publish_id"]
    stage.later(10)

    told = stage.post("/cgi-bin/freepublish/get", publish_id=publish_id)
    assert told == {"publish_id": publish_id, "publish_status": 4, "fail_idx": [1, 2]}
    assert stage.office.heard()[-1]["PublishEventInfo"]["fail_idx"] == ["1", "2"]
    assert stage.get("/cgi-bin/draft/count")["total_count"] == 1
    assert stage.post("/cgi-bin/freepublish/batchget", offset=0, count=5)["total_count"] == 0


def test_what_was_published_is_read_listed_and_deleted() -> None:
    stage = Stage()
    publish_id, article_id = published(stage, NEWS, NEWS)
    _, newer = published(stage)

    listed = stage.post("/cgi-bin/freepublish/batchget", offset=0, count=20, no_content=1)
    one_gone = stage.post("/cgi-bin/freepublish/delete", article_id=article_id, index=1)
    items = stage.post("/cgi-bin/freepublish/getarticle", article_id=article_id)["news_item"]

    assert [one["article_id"] for one in listed["item"]] == [newer, article_id]
    assert "content" not in listed["item"][0]["content"]["news_item"][0]
    assert one_gone["errcode"] == 0
    assert [one["is_deleted"] for one in items] == [True, False]
    assert len(stage.post("/cgi-bin/freepublish/getarticle", article_id=newer)["news_item"]) == 1
    assert stage.post("/cgi-bin/freepublish/delete", article_id=article_id, index=3)["errcode"] == 40114
    stage.post("/cgi-bin/freepublish/delete", article_id=article_id)
    assert stage.post("/cgi-bin/freepublish/get", publish_id=publish_id)["publish_status"] == 5
    assert stage.post("/cgi-bin/freepublish/batchget", offset=0, count=20)["total_count"] == 1


def test_a_draft_is_gone_once_it_was_sent_to_all() -> None:
    stage = Stage(unknown_media_refused=True)
    stage.person()
    stage.simulator.set_switches(unknown_media_refused=False)
    media_id = a_draft(stage)
    stage.simulator.set_switches(unknown_media_refused=True)

    told = stage.post(
        "/cgi-bin/message/mass/sendall", filter={"is_to_all": True}, msgtype="mpnews", mpnews={"media_id": media_id}
    )

    assert told["errcode"] == 0
    assert stage.get("/cgi-bin/draft/count")["total_count"] == 0
