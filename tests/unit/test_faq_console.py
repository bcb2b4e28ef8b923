"""What becomes of the rules that an operator set in WeChat's console."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import BadContent
from chalicelib.faq import publishing
from chalicelib.store.release import Answer, Keyword
from infra import faq_console, faq_formats
from infra.faq_draft import Draft

PICTURE = "http://mmbiz.qpic.cn/mmbiz/GE7et87vE9vicuCibqXsX9GPPLuEtBfXfK/0"
PAGE = "http://mp.weixin.qq.com/s?__biz=MjM5ODUwNTM3Ng==&mid=203929886&idx=1&sn=628f964cf0c6d84c026881b6959aea8b#rd"


def a_text(content: str) -> dict[str, Any]:
    return {"type": "text", "content": content}


def news(*titles: str) -> dict[str, Any]:
    """As the official sample writes it."""
    articles = [
        {
            "title": title, "author": "青禾", "digest": "每周三上新", "show_cover": 1, "cover_url": PICTURE,
            "content_url": PAGE, "source_url": "",
        }
        for title in titles
    ]  # fmt: skip
    return {"type": "news", "content": "MEDIA-NEWS", "news_info": {"list": articles}}


def a_rule(*replies: Any, name: str = "营业时间", mode: str = "random_one", **keywords: str) -> dict[str, Any]:
    return {
        "rule_name": name,
        "create_time": 1423028166,
        "reply_mode": mode,
        "keyword_list_info": [
            {"type": "text", "match_mode": match, "content": content}
            for content, match in (keywords or {"几点开门": "contain"}).items()
        ],
        "reply_list_info": list(replies),
    }


def parsed(*rules: Any, **more: Any) -> Draft:
    return faq_console.parse({"is_autoreply_open": 1, "keyword_autoreply_info": {"list": list(rules)}, **more})


def flaws(draft: Draft) -> list[str]:
    return list(map(str, draft.flaws))


def test_a_rule_becomes_an_entry() -> None:
    draft = parsed(a_rule(a_text("每天 7:00–22:00"), name="营业时间", 几点开门="contain", 营业时间="equal"))

    (entry,) = draft.release.entries
    assert (entry.title, entry.answer) == ("营业时间", "每天 7:00–22:00")
    assert entry.keywords == (Keyword("contains", "几点开门"), Keyword("exact", "营业时间"))
    assert publishing.check(draft.release) == ()
    assert (flaws(draft), draft.notes) == ([], ())


def test_replies_of_which_one_is_drawn_take_turns() -> None:
    draft = parsed(a_rule(a_text("在翠湖路 18 号"), a_text("地铁翠湖站 B 口"), news("怎么来门店")))

    (entry,) = draft.release.entries
    article = Answer("article", title="怎么来门店", description="每周三上新", picture_url=PICTURE, url=PAGE)
    assert entry.answer == "在翠湖路 18 号"
    assert entry.answers == (Answer(text="地铁翠湖站 B 口"), article)
    assert flaws(draft) == []


def test_of_replies_that_were_all_sent_the_first_text_stays_and_the_others_are_told() -> None:
    replies = (
        news("新人指南", "配送范围"),
        a_text("满 39 减 12"),
        a_text("首单免配送"),
        {"type": "img", "content": "M1"},
    )

    draft = parsed(a_rule(*replies, mode="reply_all"))

    (entry,) = draft.release.entries
    assert (entry.answer, entry.answers) == ("满 39 减 12", ())
    assert flaws(draft) == [
        "规则“营业时间”：一次只能回复一篇图文，没有读入 图文“配送范围”",
        "规则“营业时间”：一次只能回复一条，没有读入 图文“新人指南”",
        "规则“营业时间”：一次只能回复一条，没有读入 文字“首单免配送”",
        "规则“营业时间”：一次只能回复一条，没有读入 图片 M1",
    ]


def test_a_picture_moves_with_a_warning_that_its_id_does_not_last() -> None:
    draft = parsed(a_rule({"type": "img", "content": "MEDIA-1"}))

    (entry,) = draft.release.entries
    assert (entry.answer, entry.answers) == ("", (Answer("image", media_id="MEDIA-1"),))
    assert draft.notes == (f"规则“营业时间”：{faq_console.TEMPORARY}",)


def test_voice_and_video_cannot_move_and_are_told_by_their_rule() -> None:
    draft = parsed(
        a_rule({"type": "voice", "content": "V1"}, a_text("听不了的话看这里"), name="问候"),
        a_rule({"type": "video", "content": "V2"}, name="宣传片"),
        a_rule({"type": "card", "content": "C"}, a_text("好"), name="小程序"),
    )

    assert [entry.title for entry in draft.release.entries] == ["问候", "小程序"]
    assert flaws(draft) == [
        "规则“问候”：语音不能回复，没有读入",
        "规则“宣传片”：视频不能回复，没有读入",
        "规则“小程序”：类型“card”不能回复，没有读入",
        "规则“宣传片”：answer 是空的",
    ]


def test_a_keyword_that_cannot_be_is_told_and_its_rule_stays() -> None:
    rule = a_rule(a_text("好"), 新="contain", 新人="contain", 未来="fuzzy")

    draft = parsed(rule)

    assert draft.release.entries[0].keywords == (Keyword("contains", "新人"),)
    assert flaws(draft) == [
        "规则“营业时间” 关键词“新”：contains 里的“新”只有一个字，会误伤太多消息",
        "规则“营业时间” 关键词“未来”：不认识它的匹配方式，没有读入",
    ]


def test_a_rule_without_articles_and_one_with_a_bad_link_are_told() -> None:
    bad = news("坏链接")
    bad["news_info"]["list"][0]["content_url"] = "weixin://"

    draft = parsed(a_rule(news(), a_text("好"), name="甲"), a_rule(bad, a_text("好"), name="乙"))

    assert [entry.answers for entry in draft.release.entries] == [(), ()]
    assert flaws(draft) == [
        "规则“甲”：图文里没有文章，没有读入",
        "规则“乙”：图文的 url 应当以 http:// 或 https:// 开头",
    ]


def test_an_entry_has_the_same_id_each_time_its_rule_is_read() -> None:
    rules = [a_rule(a_text("好"), name=name) for name in ("autoreply-news", "营业时间", "营业时间", "？", "")]

    ids = [[entry.entry_id for entry in parsed(*rules).release.entries] for _ in range(2)]

    assert ids[0] == ids[1]
    assert ids[0][:3] == ["autoreply-news", "wx-45462581", "wx-45462581-2"]
    assert [entry.title for entry in parsed(*rules).release.entries][-2:] == ["几点开门", "没有名字"]


def test_the_reply_to_a_new_follower_becomes_the_welcome() -> None:
    draft = parsed(a_rule(a_text("好")), is_add_friend_reply_open=1, add_friend_autoreply_info=a_text("欢迎关注青禾"))

    assert draft.release.welcome == "欢迎关注青禾"
    assert draft.notes == ()


def test_a_welcome_that_was_switched_off_is_taken_and_told() -> None:
    draft = parsed(is_add_friend_reply_open=0, add_friend_autoreply_info=a_text("欢迎关注青禾"))

    assert draft.release.welcome == "欢迎关注青禾"
    assert draft.notes == ("被关注回复：在微信后台是关闭的，内容已读入为欢迎语",)


def test_a_welcome_that_is_no_text_and_the_reply_to_anything_are_told() -> None:
    draft = parsed(
        add_friend_autoreply_info={"type": "voice", "content": "V"},
        message_default_autoreply_info=a_text("稍后回复您"),
    )

    assert flaws(draft) == [
        "被关注回复：语音不能作为欢迎语，没有读入；欢迎语只能是文字",
        "收到消息回复：文字没有读入，内容是“稍后回复您”；答不上来的问题会提示转人工",
    ]


def test_a_welcome_beyond_what_wechat_takes_is_told() -> None:
    draft = parsed(is_add_friend_reply_open=1, add_friend_autoreply_info=a_text("长" * 683))

    assert draft.release.welcome == ""
    assert flaws(draft)[0].startswith("被关注回复：有 2049 字节")


def test_the_answer_of_the_api_may_be_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "规则.json"
    file.write_text(
        json.dumps({"is_autoreply_open": 1, "keyword_autoreply_info": {"list": [a_rule(a_text("好"))]}}),
        encoding="utf-8-sig",
    )

    assert [entry.title for entry in faq_formats.read(file).release.entries] == ["营业时间"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "不是 JSON"),
        ("[" * 100_000, "不是 JSON"),
        ("[]", "中的任何一个"),
        ("{}", "没有 add_friend_autoreply_info、is_autoreply_open"),
        ('{"errcode": 48001, "errmsg": "api unauthorized"}', "微信没有给出规则，而是错误 48001"),
    ],
)
def test_a_file_that_holds_no_rules_is_told(content: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "规则.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(BadContent, match=told):
        faq_formats.read(file)


def test_a_file_that_is_far_too_large_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as huge:
        huge.truncate(faq_console.MOST_BYTES + 1)

    with pytest.raises(BadContent, match="超过 5 MB"):
        faq_formats.read(file)


@pytest.mark.parametrize("odd", [None, 5, "x", [], [5], {"list": 5}, {"list": [5, {}]}, {"list": [{"rule_name": 5}]}])
def test_a_shape_that_no_one_documented_is_no_crash(odd: object) -> None:
    told = {
        "keyword_autoreply_info": odd,
        "add_friend_autoreply_info": odd,
        "message_default_autoreply_info": odd,
        "is_autoreply_open": odd,
    }

    assert faq_console.parse(told).release.entries == ()
