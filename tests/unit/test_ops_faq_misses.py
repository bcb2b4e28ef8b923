"""What followers asked in vain, as an operator sees it and teaches it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.errors import BadContent
from chalicelib.store import account as accounts
from chalicelib.store import miss as stored
from infra import faq_file, faq_learn, ops
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.shop import RELEASE
from tests.support.tickets import pass_by

MARATHON = "怎样报名马拉松 202603040001"
DRAFT = """# 草稿，我们自己改
entries:
  - id: parking   # 停车
    title: 能停车吗
    answer: 店后有停车位
    questions: [附近有停车场吗]
  - id: hours
    title: 几点开门
    answer: 每天 7:00 到 22:00
    questions:
      - 营业时间是几点
      # 下面还会再加
  - id: new
    title: 新客有什么优惠  # 没有别的问法
    answer: 新客满 39 减 12
"""


@pytest.fixture
def shop() -> MemoryShop:
    shop = a_memory_shop()
    openid = shop.follower()
    for question in (MARATHON, MARATHON, "推荐一部电影"):
        shop.say(openid, question)
    shop.world.rest(minutes=5)
    return shop


def run(shop: MemoryShop, *arguments: str) -> int:
    return ops.main(["faq", *arguments, "--account", shop.account], open_table=shop.world.table)


def key_of(shop: MemoryShop, words: str) -> str:
    (key,) = [miss.key for miss in stored.list_misses(shop.world.table(), shop.account) if words in miss.text]
    return key


def test_what_was_asked_most_in_vain_stands_first_and_names_nobody(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, "misses") == 0

    lines = capsys.readouterr().out.splitlines()
    assert "2 次　2026-03-04 至 2026-03-04　怎样报名马拉松 …" in lines[0]
    assert lines[1].startswith("　最接近：")
    assert "推荐一部电影" in lines[2]


def test_no_more_are_shown_than_asked_for(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    run(shop, "misses", "--top", "1")

    out = capsys.readouterr().out
    assert "马拉松" in out
    assert "电影" not in out
    assert "一共 2 个" in out


def test_a_shop_that_answers_everything_has_no_misses(capsys: pytest.CaptureFixture[str]) -> None:
    run(a_memory_shop(), "misses")

    assert capsys.readouterr().out == "没有没答上的问题。\n"


def test_a_miss_becomes_an_example_question_of_the_draft(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "shop.yaml"

    assert run(shop, "learn", key_of(shop, "电影"), "parking", "--into", str(draft)) == 0
    run(shop, "misses")
    after = capsys.readouterr().out
    run(shop, "misses", "--all")

    entry = faq_file.read(draft).find("parking")
    assert entry is not None
    assert entry.questions == ("附近有停车场吗", "推荐一部电影")
    assert "1 次" not in after
    assert "[已加到 parking]" in capsys.readouterr().out


def test_after_it_is_published_the_follower_is_answered(shop: MemoryShop, tmp_path: Path) -> None:
    draft = tmp_path / "shop.yaml"
    run(shop, "learn", key_of(shop, "电影"), "parking", "--into", str(draft))

    assert ops.main(["faq", "publish", str(draft), "--account", shop.account], open_table=shop.world.table) == 0

    assert shop.answer(shop.follower(), "推荐一部电影吗") == "店后有停车位"


def test_what_is_asked_in_vain_again_comes_back(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shop, "learn", key_of(shop, "电影"), "parking", "--into", str(tmp_path / "shop.yaml"))
    pass_by(shop, timedelta(days=1))

    shop.say(shop.follower(), "推荐一部电影")
    shop.world.rest(minutes=5)
    run(shop, "misses")

    assert "[已加到 parking，但又没答上]" in capsys.readouterr().out


def test_a_question_may_be_put_into_better_words(shop: MemoryShop, tmp_path: Path) -> None:
    draft = tmp_path / "shop.yaml"
    draft.write_text(DRAFT, encoding="utf-8")

    run(shop, "learn", key_of(shop, "马拉松"), "new", "--into", str(draft), "--as", "马拉松怎么报名")

    assert 'questions: ["马拉松怎么报名"]' in draft.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments", [("0123456789ab", "parking"), ("KEY", "nowhere"), ("KEY", "parking", "--as", "几点开门")]
)
def test_what_cannot_be_learned_changes_nothing(
    arguments: tuple[str, ...], shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "shop.yaml"
    draft.write_text(DRAFT, encoding="utf-8")
    given = [key_of(shop, "电影") if one == "KEY" else one for one in arguments]

    assert run(shop, "learn", *given, "--into", str(draft)) == 1

    assert draft.read_text(encoding="utf-8") == DRAFT
    assert "没有改动任何内容" in capsys.readouterr().err
    assert all(not miss.learned for miss in stored.list_misses(shop.world.table(), shop.account))


def test_a_draft_that_cannot_be_read_is_told(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "shop.yaml"
    draft.write_bytes("entries: 新".encode("gb18030"))

    assert run(shop, "learn", key_of(shop, "电影"), "parking", "--into", str(draft)) == 1
    assert "读写不了" in capsys.readouterr().err


@pytest.mark.parametrize(("entry_id", "line"), [
    ("parking", '    questions: [附近有停车场吗, "能寄吗"]'),
    ("hours", '      - "能寄吗"'),
    ("new", '    questions: ["能寄吗"]'),
])  # fmt: skip
def test_a_draft_keeps_every_other_line_as_it_was_written(entry_id: str, line: str) -> None:
    changed = faq_learn.with_question(DRAFT, entry_id, "能寄吗")

    added = [one for one in changed.splitlines() if one not in DRAFT.splitlines()]
    assert line in added
    assert "# 草稿，我们自己改" in changed
    assert "# 下面还会再加" in changed


@pytest.mark.parametrize("questions", ["[]", "[甲, 乙]", "\n    - 甲\n    - 乙", "\n      - '甲'"])
def test_questions_are_added_however_they_are_written(questions: str) -> None:
    text = f"entries:\n  - id: a\n    title: 标题\n    questions: {questions}\n    answer: 好\n"

    entry = faq_file.parse(faq_learn.with_question(text, "a", '含“引号”和"这个"')).find("a")

    assert entry is not None
    assert entry.questions[-1] == '含“引号”和"这个"'


@pytest.mark.parametrize("entry", ["{id: a, title: 标题, answer: 好}", "{id: a, title: 标题, answer: 好, questions: }"])
def test_where_there_is_no_place_the_operator_is_asked_to_write_it(entry: str) -> None:
    with pytest.raises(BadContent, match="请自己在 questions 里加一行"):
        faq_learn.with_question(f"entries: [{entry}]\n", "a", "能寄吗")


def test_what_the_entry_knows_is_not_added_again() -> None:
    with pytest.raises(BadContent, match="已经有"):
        faq_learn.learnt(RELEASE, "parking", "附近有停车场吗？")


def test_without_a_version_that_answers_the_draft_must_be_named(
    shop: MemoryShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = shop.world.table()
    table.write([replace(accounts.find(table, shop.account), release=99).put()])

    assert run(shop, "misses") == 0
    assert run(shop, "learn", key_of(shop, "电影"), "parking", "--into", str(tmp_path / "new.yaml")) == 1
    assert "请用 --into 指定草稿" in capsys.readouterr().err
