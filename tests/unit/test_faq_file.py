"""How an operator's file is read, and what is said about mistakes in it."""

from pathlib import Path

import pytest

from chalicelib.errors import BadContent
from chalicelib.store.release import Channel, FaqEntry, Keyword, Release
from infra import faq_file

SMALL = "entries:\n  - {id: a, title: 甲, answer: 好}\n"


def test_a_file_becomes_a_release() -> None:
    release = faq_file.parse(
        """
welcome: |-
  你好
  欢迎
service: {from: 21:00, until: 02:00}
channels:
  - {scene: 007, name: 海报, welcome: 您好}
  - {scene: flyer, name: 传单}
entries:
  - id: points
    title: 积分怎么用？
    answer: |
      结账时抵扣。
    questions: [积分能换什么]
    exact: [积分, 123, no]
    contains: [用积分]
    priority: -2
    human: true
    add_tags: [关心积分]
    remove_tags: [新客]
"""
    )

    assert release == Release(
        version=0,
        entries=(
            FaqEntry(
                "points",
                "积分怎么用？",
                "结账时抵扣。",
                questions=("积分能换什么",),
                keywords=(
                    Keyword("exact", "积分"),
                    Keyword("exact", "123"),
                    Keyword("exact", "no"),
                    Keyword("contains", "用积分"),
                ),
                priority=-2,
                human=True,
                add_tags=("关心积分",),
                remove_tags=("新客",),
            ),
        ),
        channels=(Channel("007", "海报", "您好"), Channel("flyer", "传单")),
        welcome="你好\n欢迎",
        service_from="21:00",
        service_until="02:00",
    )


def test_what_is_left_out_has_its_usual_value() -> None:
    release = faq_file.parse("welcome:\nchannels:\n" + SMALL)

    assert release == Release(version=0, entries=(FaqEntry("a", "甲", "好"),))


@pytest.mark.parametrize(("word", "human"), [("true", True), ("是", True), ("No", False), ("否", False), ("", False)])
def test_yes_and_no_may_be_chinese(word: str, human: bool) -> None:
    (entry,) = faq_file.parse(f"entries:\n  - id: a\n    title: 甲\n    human: {word}\n").entries

    assert entry.human is human


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "文件是空的"),
        ("# 只有注释\n", "文件是空的"),
        ("- a\n", "第 1 行：这里应当是“名称: 内容”，可用的名称有 channels、entries、feedback、service、welcome"),
        ("welcome: hi\n", "第 1 行：缺少 entries"),
        (
            SMALL + "welcom: hi\n",
            "第 3 行：不认识的 welcom，可用的名称有 channels、entries、feedback、service、welcome",
        ),
        (SMALL + "entries: []\n", "第 3 行：entries 写了两次"),
        (SMALL + "service: 9-21\n", "第 3 行：这里应当是“名称: 内容”，可用的名称有 from、until"),
        (SMALL + "service:\n  from: 09:00\n", "第 4 行：缺少 until"),
        (SMALL + "channels:\n  - {scene: a}\n", "第 4 行：缺少 name"),
        (SMALL + "welcome: [a, b]\n", "第 3 行：welcome 应当是文字"),
        ("entries: 甲\n", "第 1 行：entries 应当是一个列表"),
        ("entries:\n  - 甲\n", "第 2 行：这里应当是“名称: 内容”"),
        ("entries:\n  - id: a\n    titel: 甲\n", "第 3 行：不认识的 titel"),
        ("entries:\n  - id: a\n\n  - title: 甲\n", "第 2 行：缺少 title"),
        ("entries:\n  - id: a\n    title: 甲\n    exact: 新\n", "第 4 行：exact 应当是一个列表"),
        ("entries:\n  - id: a\n    title: 甲\n    exact: [[新]]\n", "第 4 行：exact 应当是文字"),
        ("entries:\n  - id: a\n    title: 甲\n    priority: 高\n", "第 4 行：priority 应当是整数，写的是“高”"),
        ("entries:\n  - id: a\n    title: 甲\n    priority: 1.5\n", "第 4 行：priority 应当是整数"),
        ("entries:\n  - id: a\n    title: 甲\n    priority: 9999999999\n", "第 4 行：priority 应当是整数"),
        ("entries:\n  - id: a\n    title: 甲\n    human: 也许\n", "第 4 行：human 应当是 true 或 false，写的是“也许”"),
        ("entries:\n  - id: a\n  title: 甲\n", "第 3 行第 3 列：YAML 写法不对"),
        ("entries: [*nobody]\n", "第 1 行第 11 列：YAML 写法不对"),
        ("a: 1\n---\nb: 2\n", "第 2 行第 1 列：YAML 写法不对"),
        ("welcome: \x07\n", "YAML 写法不对：有不允许的字符，或层次太深"),
        ("[" * 5000, "YAML 写法不对：有不允许的字符，或层次太深"),
        ("entries: [" + "{id: a, title: b}, " * 2001 + "]", "第 1 行：entries 最多 2000 个"),
        ("entries:\n  - id: a\n    title: 甲\n    exact: [" + "a, " * 201 + "]", "第 4 行：exact 最多 200 个"),
        ("? [a]\n: b\n", "第 1 行：不认识的"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_field(text: str, complaint: str) -> None:
    with pytest.raises(BadContent) as refused:
        faq_file.parse(text)

    assert complaint in str(refused.value)


def test_nothing_in_a_file_is_ever_executed() -> None:
    with pytest.raises(BadContent, match="welcome 应当是文字"):
        faq_file.parse(SMALL + "welcome: !!python/object/apply:os.system [echo]\n")


def test_a_file_from_a_windows_editor_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "faq.yaml"
    file.write_text(SMALL.replace("\n", "\r\n"), encoding="utf-8-sig")

    assert faq_file.read(file).entries[0].title == "甲"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match=r"读不到文件 .*nowhere\.yaml"):
        faq_file.read(tmp_path / "nowhere.yaml")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "faq.yaml"
    file.write_bytes(SMALL.encode("gb18030"))

    with pytest.raises(BadContent, match="不是 UTF-8 编码"):
        faq_file.read(file)


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "faq.yaml"
    with file.open("wb") as empty:
        empty.truncate(faq_file.MOST_BYTES + 1)

    with pytest.raises(BadContent, match="文件超过 5 MB"):
        faq_file.read(file)


@pytest.mark.parametrize("escape", [r"\UFFFFFFFF", r"\U00110000", r"\ud800", r"\udfff"])
def test_an_escape_of_no_character_is_a_mistake_and_no_crash(escape: str) -> None:
    with pytest.raises(BadContent):
        faq_file.parse(SMALL.replace("甲", f'"{escape}"'))


def test_a_name_that_unfolds_a_billion_times_is_refused_at_once() -> None:
    layers = ["&l0 [x]", *(f"&l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10))]
    text = f"welcome: [{', '.join(layers)}]\n? *l9\n: x\n"

    with pytest.raises(BadContent, match="不认识的 名称"):
        faq_file.parse(text)
