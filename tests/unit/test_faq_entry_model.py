"""An entry with everything: how it is written, checked, stored and read again."""

import json
import zlib

import pytest

from chalicelib.errors import BadContent
from chalicelib.faq import publishing
from chalicelib.store.release import Answer, Channel, Conditions, FaqEntry, Keyword, Release, parts
from infra import faq_file
from tests.builders import ACCOUNT, a_release, an_entry

FULL = """
words: {shop: 青禾}
channels: [{scene: store-01, name: 海报}]
entries:
  - id: box
    title: 中秋礼盒怎么订？
    answer: 到{shop}来订
    prefix: [礼盒怎么]
    regex: ["礼盒.*(订|买)"]
    unless: [退]
    answers:
      - 也可以打电话订
      - {text: 店里就能订, channel: store-01}
      - {image: media-1}
      - {article: {title: 礼盒, description: 六款, picture: "https://example.com/a.png", url: "https://example.com"}}
    valid_from: 2026-08-01
    valid_until: 2026-10-06
    hours: {from: 22:00, until: 02:00}
    only_tags: [会员]
    not_tags: [员工]
"""
ENTRY = FaqEntry(
    "box",
    "中秋礼盒怎么订？",
    "到{shop}来订",
    keywords=(Keyword("prefix", "礼盒怎么"), Keyword("regex", "礼盒.*(订|买)")),
    unless=("退",),
    answers=(
        Answer(text="也可以打电话订"),
        Answer(text="店里就能订", channel="store-01"),
        Answer("image", media_id="media-1"),
        Answer(
            "article",
            title="礼盒",
            description="六款",
            picture_url="https://example.com/a.png",
            url="https://example.com",
        ),
    ),
    conditions=Conditions("2026-08-01", "2026-10-06", "22:00", "02:00", ("会员",), ("员工",)),
)
RELEASE = Release(0, (ENTRY,), (Channel("store-01", "海报"),), words={"shop": "青禾"})


def problems(entry: FaqEntry) -> str:
    return "\n".join(map(str, publishing.check(a_release(entry, channels=(Channel("s", "海报"),)))))


def test_a_file_may_say_everything_about_an_entry() -> None:
    assert faq_file.parse(FULL) == RELEASE
    assert publishing.check(RELEASE) == ()


def test_a_release_is_read_as_it_was_written() -> None:
    again = Release.from_json(json.loads(json.dumps(RELEASE.to_json())))

    assert again == RELEASE


def test_a_release_of_the_first_schema_is_still_read() -> None:
    entry = {
        "id": "a", "title": "甲", "answer": "好", "questions": ["乙"], "keywords": [["exact", "丙"]],
        "priority": 1, "human": False, "add_tags": ["新客"], "remove_tags": [],
    }  # fmt: skip
    first = {"v": 1, "version": 3, "welcome": "", "service": ["09:00", "21:00"], "channels": [], "entries": [entry]}

    assert Release.from_json(first) == Release(
        3, (FaqEntry("a", "甲", "好", ("乙",), (Keyword("exact", "丙"),), priority=1, add_tags=("新客",)),)
    )


def test_what_has_its_usual_value_is_not_stored() -> None:
    assert FaqEntry("a", "甲", "好").to_json() == {"id": "a", "title": "甲", "answer": "好"}


def test_the_index_is_stored_with_the_release() -> None:
    (part,) = parts(ACCOUNT, Release(1, (ENTRY,), index=b"index"))

    assert zlib.decompress(part.item["data"]).endswith(b"index")


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (an_entry(answer="好{points}"), "条目 hours 的 answer：不认识 {points}"),
        (an_entry(answers=(Answer(),)), "answers 的第 1 个：text 是空的"),
        (an_entry(answers=(Answer("image"),)), "image 是空的"),
        (an_entry(answers=(Answer(text="长" * 683),)), "answers 的第 1 个：有 2049 字节"),
        (an_entry(answers=(Answer(text="好", channel="x"),)), "渠道 x 不在 channels 里"),
        (an_entry(answers=(Answer("article", url="https://a.example"),)), "图文的 title 是空的"),
        (an_entry(answers=(Answer("article", title="甲", url="javascript:1"),)), "图文的 url 应当以"),
        (an_entry(answers=(Answer("article", title="甲", url="http://["),)), "图文的 url 应当以"),
        (
            an_entry(answers=(Answer("article", title="甲", url="https://a.example", picture_url="a.png"),)),
            "图文的 picture 应当以",
        ),
        (
            an_entry(answers=(Answer("article", title="长" * 43, url="https://a.example"),)),
            "图文的 title 超过 128 字节",
        ),
        (an_entry(answers=(Answer(text="好"),) * 11), "answers：最多 10 个"),
        (an_entry(answer="", answers=(Answer(text="好", channel="s"),)), "answer 是空的"),
        (an_entry(conditions=Conditions("2026-2-1")), "valid_from：“2026-2-1”不是"),
        (an_entry(conditions=Conditions("2026-02-30")), "valid_from：“2026-02-30”不是"),
        (an_entry(conditions=Conditions("2026-02-02", "2026-02-01")), "永远不会生效"),
        (an_entry(conditions=Conditions(hours_from="9:00", hours_until="10:00")), "hours.from：“9:00”不是"),
        (an_entry(conditions=Conditions(only_tags=("a",), not_tags=("a",))), "自相矛盾"),
        (an_entry(keywords=(Keyword("regex", "(a+)+b"),)), "regex 里的“(a+)+b”：+ 重复的括号里还有重复"),
        (an_entry(keywords=(Keyword("prefix", "新"),)), "prefix 里的“新”只有一个字"),
        (an_entry(unless=("。",)), "unless 里的“。”没有文字或数字"),
    ],
)
def test_mistakes_in_answers_conditions_and_patterns_are_told(entry: FaqEntry, complaint: str) -> None:
    assert complaint in problems(entry)


def test_a_word_must_have_a_plain_name() -> None:
    (problem,) = publishing.check(a_release(words={"店名": "青禾"}))

    assert "“店名”应当由小写字母" in str(problem)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("words: [a]\nentries: []\n", "words 应当是“名称: 内容”"),
        ("entries:\n  - {id: a, title: b, answers: [{text: a, image: b}]}\n", "text、image、article 中的一个"),
        ("entries:\n  - {id: a, title: b, hours: {from: '9'}}\n", "缺少 until"),
    ],
)
def test_a_mistake_in_the_new_fields_of_a_file_is_told_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(BadContent, match=complaint):
        faq_file.parse(text)


def test_words_may_be_left_empty() -> None:
    assert faq_file.parse("words:\nentries: []\n").words == {}
