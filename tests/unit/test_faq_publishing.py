"""What an operator can publish, and what followers get while it happens."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.door import Deadline
from chalicelib.errors import BadContent, Conflict
from chalicelib.faq import publishing
from chalicelib.faq.releases import load
from chalicelib.store import account as accounts
from chalicelib.store import release as stored
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.release import Channel, Keyword, Release
from chalicelib.store.table import Change
from infra.local.demo import content
from tests.builders import ACCOUNT, a_release, an_entry
from tests.support.tables import TABLE, moto_client


def nothing_happens(_changes: Sequence[Change]) -> None:
    """Before most writes."""


class Desk(DynamoTable):
    """The table; `before_write` may do something first, for instance die."""

    before_write: Callable[[Sequence[Change]], None] = staticmethod(nothing_happens)

    def write(self, changes: Sequence[Change]) -> None:
        self.before_write(changes)
        super().write(changes)


class Died(BaseException):
    """The process ended here."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    with moto_client() as client:
        yield Desk(client, TABLE, deadline=Deadline(60))


def answering(desk: Desk) -> int:
    return accounts.find(desk, ACCOUNT).release


def problems(*entries: Any, **changes: Any) -> str:
    return "\n".join(map(str, publishing.check(a_release(*entries, **changes))))


def keyword(kind: Any, pattern: str) -> Any:
    return an_entry(keywords=(Keyword(kind, pattern),))


def test_a_first_release_gets_number_one_and_answers(desk: Desk) -> None:
    release = content.shop()

    version = publishing.publish(desk, ACCOUNT, release)

    assert version == answering(desk) == 1
    assert load(desk, ACCOUNT, 1) == replace(release, version=1)


def test_each_release_gets_the_next_number(desk: Desk) -> None:
    versions = [publishing.publish(desk, ACCOUNT, a_release()) for _ in range(3)]

    assert versions == [1, 2, 3]
    assert stored.list_versions(desk, ACCOUNT) == (1, 2, 3)
    assert answering(desk) == 3


def test_a_large_release_is_stored_in_parts_and_read_whole(desk: Desk) -> None:
    chance = random.Random(1)
    answers = ("".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(650)) for _ in range(400))
    entries = tuple(
        an_entry(f"e{number}", title=f"问题{number}", questions=(), answer=answer)
        for number, answer in enumerate(answers)
    )
    release = a_release(*entries)
    assert len(stored.parts(ACCOUNT, release)) > 1

    publishing.publish(desk, ACCOUNT, release)

    assert load(desk, ACCOUNT, 1).entries == entries


def test_bad_content_changes_nothing(desk: Desk) -> None:
    publishing.publish(desk, ACCOUNT, a_release())

    with pytest.raises(BadContent, match="条目 hours：answer 是空的"):
        publishing.publish(desk, ACCOUNT, a_release(an_entry(answer="")))

    assert answering(desk) == 1
    assert stored.list_versions(desk, ACCOUNT) == (1,)


def test_a_crash_before_the_switch_leaves_the_old_release_answering(desk: Desk) -> None:
    publishing.publish(desk, ACCOUNT, a_release())
    writes: list[Sequence[Change]] = []

    def die_at_the_second(changes: Sequence[Change]) -> None:
        writes.append(changes)
        if len(writes) == 2:
            raise Died

    desk.before_write = die_at_the_second
    with pytest.raises(Died):
        publishing.publish(desk, ACCOUNT, a_release(an_entry("new", title="新条目")))

    assert answering(desk) == 1
    assert publishing.publish(desk, ACCOUNT, a_release(an_entry("again", title="再来"))) == 3
    assert load(desk, ACCOUNT, 3).find("again") is not None


@pytest.mark.parametrize("moment", [1, 2], ids=["before the parts", "before the switch"])
def test_of_two_operators_who_publish_at_once_the_slower_one_is_told(desk: Desk, moment: int) -> None:
    writes: list[Sequence[Change]] = []

    def be_overtaken(changes: Sequence[Change]) -> None:
        writes.append(changes)
        if len(writes) == moment:
            desk.before_write = nothing_happens
            publishing.publish(desk, ACCOUNT, a_release(an_entry("winner", title="赢家")))

    desk.before_write = be_overtaken
    with pytest.raises(Conflict):
        publishing.publish(desk, ACCOUNT, a_release(an_entry("slower", title="慢的")))

    assert load(desk, ACCOUNT, answering(desk)).find("winner") is not None


def test_an_operator_can_go_back_and_forth_between_releases(desk: Desk) -> None:
    publishing.publish(desk, ACCOUNT, a_release())
    publishing.publish(desk, ACCOUNT, a_release())

    publishing.rollback(desk, ACCOUNT, 1)
    after_rollback = answering(desk)
    publishing.rollback(desk, ACCOUNT, 2)

    assert (after_rollback, answering(desk)) == (1, 2)


def test_going_back_to_the_release_that_answers_changes_nothing(desk: Desk) -> None:
    publishing.publish(desk, ACCOUNT, a_release())
    before = accounts.find(desk, ACCOUNT)

    publishing.rollback(desk, ACCOUNT, 1)

    assert accounts.find(desk, ACCOUNT) == before


def test_publishing_after_going_back_does_not_reuse_a_number(desk: Desk) -> None:
    publishing.publish(desk, ACCOUNT, a_release())
    publishing.publish(desk, ACCOUNT, a_release())
    publishing.rollback(desk, ACCOUNT, 1)

    assert publishing.publish(desk, ACCOUNT, a_release()) == 3


@pytest.mark.parametrize("version", [0, 2, 9])
def test_there_is_no_going_back_to_a_release_that_is_not_whole(desk: Desk, version: int) -> None:
    publishing.publish(desk, ACCOUNT, a_release())
    (part,) = stored.parts(ACCOUNT, a_release(version=2))
    desk.write([replace(part, item={**part.item, "parts": 2})])

    with pytest.raises(BadContent, match=f"版本 {version} 不存在或不完整"):
        publishing.rollback(desk, ACCOUNT, version)

    assert answering(desk) == 1


def test_the_demo_shop_and_a_plain_release_have_no_problem() -> None:
    assert publishing.check(content.shop()) == ()
    assert publishing.check(a_release()) == ()


def test_an_entry_for_people_needs_no_answer() -> None:
    assert problems(an_entry(answer="", human=True)) == ""


@pytest.mark.parametrize(
    ("release", "complaint"),
    [
        (Release(version=0), "entries：一个条目也没有"),
        (a_release(welcome="长" * 700), "welcome：有 2100 字节，微信最多收 2048 字节（约 682 个汉字）"),
        (a_release(service_from="9:00"), "service.from：“9:00”不是 HH:MM 这样的时间"),
        (a_release(service_until="24:30"), "service.until：“24:30”不是 HH:MM 这样的时间"),
        (a_release(channels=(Channel("", "海报"),)), "渠道 海报：scene 应当有 1 到 64 个字符"),
        (a_release(channels=(Channel("s" * 65, "海报"),)), "scene 应当有 1 到 64 个字符"),
        (a_release(channels=(Channel("s", "一"), Channel("s", "二"))), "渠道 s：scene 重复"),
        (a_release(channels=(Channel("s", "一", "长" * 700),)), "渠道 s 的 welcome：有 2100 字节"),
        (a_release(an_entry("")), "第 1 个条目：id 只能用字母、数字、- 和 _，1 到 64 个"),
        (a_release(an_entry("中文")), "条目 中文：id 只能用字母"),
        (a_release(an_entry(), an_entry(title="二", questions=())), "条目 hours：id 重复"),
        (a_release(an_entry(title="？")), "条目 hours：title 是空的"),
        (a_release(an_entry(title="长" * 61)), "条目 hours：title 超过 60 个字"),
        (a_release(an_entry(answer="长" * 683)), "条目 hours 的 answer：有 2049 字节"),
        (a_release(an_entry(questions=("长" * 61,))), "questions 里的“长长长长长长长长长长…”超过 60 个字"),
        (a_release(keyword("exact", "。。")), "exact 里的“。。”没有文字或数字，不会命中任何消息"),
        (a_release(keyword("contains", "新!")), "contains 里的“新!”只有一个字，会误伤太多消息"),
        (a_release(keyword("exact", "新" * 61)), "exact 里的“新新新新新新新新新新…”超过 60 个字"),
        (a_release(an_entry(add_tags=("",))), "add_tags 里的“”应当有 1 到 30 个字"),
        (a_release(an_entry(remove_tags=("长" * 31,))), "remove_tags 里的“" + "长" * 30 + "”应当有 1 到 30 个字"),
        (a_release(an_entry(add_tags=tuple(map(str, range(21))))), "add_tags 超过 20 个"),
    ],
)
def test_what_is_wrong_with_a_release_is_told_in_the_words_of_operators(release: Release, complaint: str) -> None:
    (problem,) = publishing.check(release)

    assert complaint in str(problem)


def test_the_same_keyword_on_two_entries_of_equal_priority_is_a_conflict() -> None:
    first = an_entry("a", title="甲", questions=(), keywords=(Keyword("exact", "积分"),))
    second = an_entry("b", title="乙", questions=("积分？",))

    assert problems(first, second) == "条目 a、b：都由“积分”触发，请只留一个，或给它们不同的 priority"
    assert problems(first, replace(second, priority=1)) == ""


def test_an_entry_may_repeat_its_own_words() -> None:
    assert problems(an_entry(questions=("营业时间是几点",), keywords=(Keyword("exact", "营业时间是几点"),))) == ""
