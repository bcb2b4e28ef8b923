"""How operators write policies, and what they read about their mistakes."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import BadContent
from chalicelib.reactivation.policy_checks import problems
from chalicelib.store.policy import Audience, Backlog, Limits, Policy, Rung, Step
from chalicelib.store.templates import Field, Template, Templates
from infra import reactivation_file
from infra.local.demo.seeding import NOTICES
from tests.builders import NOON

EXAMPLES = sorted((Path(reactivation_file.__file__).parent / "examples/reactivation").glob("*.yaml"))
WHOLE = """\
name: spring-2026
rungs:
  - hours: 46
    steps:
      - {channel: kefu, class: service, text: 您的问题解决了吗？}
  - days: 30
    steps:
      - channel: template
        class: service
        template: points-expiring
        data: {number1: 320, date2: 2026-12-31, thing3: "{points} 分", time4: 12:30, thing5: no}
        url: https://shop.example.com/points
audience: {any_tag: [老客], no_tag: [员工, "007"], channels: [store-01], joined_before: 2026-01-01}
hold_out: 20
limits: {per_tick: 100, per_day: 1000}
backlog: {days: 90, order: oldest}
repeat_days: 45
first_day: 2026-03-01
last_day: 2026-05-31
stop_unfollows: 2
"""
SHORT = "name: p\nrungs: [{days: 14, steps: [{channel: mass, class: brand, text: 您好}]}]\n"


def templates() -> Templates:
    """Those of the shop that `make run` shows."""
    listed = tuple(
        Template(name, title, "subscribe" if subscribe else "template", tuple(map(Field, keys, keys.values())))
        for name, title, keys, subscribe in NOTICES
    )
    return Templates("shop", listed, NOON)


def complaint(text: str) -> str:
    with pytest.raises(BadContent) as refused:
        reactivation_file.parse(text, "shop")
    return str(refused.value)


def test_a_policy_is_read_as_it_is_written() -> None:
    policy = reactivation_file.parse(WHOLE, "shop")

    data = {"number1": "320", "date2": "2026-12-31", "thing3": "{points} 分", "time4": "12:30", "thing5": "no"}
    notice = Step("template", "service", "points-expiring", data, "https://shop.example.com/points")
    assert policy == Policy(
        "shop",
        "spring-2026",
        (Rung((Step("kefu", "service", text="您的问题解决了吗？"),), hours=46), Rung((notice,), days=30)),
        audience=Audience(("老客",), ("员工", "007"), ("store-01",), "2026-01-01"),
        hold_out=20,
        limits=Limits(100, 1000),
        backlog=Backlog(90, "oldest"),
        repeat_days=45,
        first_day="2026-03-01",
        last_day="2026-05-31",
        stop_unfollows=2,
    )


def test_what_is_not_written_is_as_usual() -> None:
    policy = reactivation_file.parse(SHORT, "shop")

    assert policy == Policy("shop", "p", (Rung((Step("mass", "brand", text="您好"),), days=14),))


@pytest.mark.parametrize("text", [WHOLE, SHORT])
def test_a_policy_that_is_shown_can_be_saved_again(text: str) -> None:
    policy = reactivation_file.parse(text, "shop")

    assert reactivation_file.parse(reactivation_file.write(policy), "shop") == policy


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
STEPS = st.one_of(
    st.builds(Step, st.just("mass"), st.just("brand"), text=WORDS),
    st.builds(Step, st.just("template"), st.just("service"), WORDS, st.dictionaries(WORDS, WORDS, max_size=3), WORDS),
)
POLICIES = st.builds(
    Policy,
    st.just("shop"),
    WORDS,
    st.lists(
        st.builds(Rung, st.lists(STEPS, min_size=1, max_size=3).map(tuple), st.integers(1, 400)), min_size=1, max_size=3
    ).map(tuple),
    st.builds(Audience, *[st.lists(WORDS, max_size=3).map(tuple)] * 3, WORDS),
    st.integers(0, 99),
    st.builds(Limits, st.integers(0, 999), st.integers(0, 999)),
    st.builds(Backlog, st.integers(0, 99), st.sampled_from(["newest", "oldest"])),
)


@settings(max_examples=50)
@given(POLICIES)
def test_no_policy_changes_by_being_shown_and_saved(policy: Policy) -> None:
    assert reactivation_file.parse(reactivation_file.write(policy), "shop") == policy


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "文件是空的"),
        ("name: [", "第 1 行第 8 列：YAML 写法不对"),
        ("- 1", "第 1 行：这里应当是“名称: 内容”"),
        ("name: p", "第 1 行：缺少 rungs"),
        (SHORT + "holdout: 10", "第 3 行：不认识的 holdout，可用的名称有 name、rungs、audience、hold_out"),
        (SHORT + "hold_out: 十", "第 3 行：hold_out 应当是整数"),
        (SHORT + "hold_out: '10'", "第 3 行：hold_out 应当是整数"),
        (SHORT + "hold_out:", "第 3 行：hold_out 应当是整数"),
        (SHORT + "hold_out: 1\nhold_out: 2", "第 4 行：hold_out 写了两次"),
        (SHORT + "backlog: {order: random}", "第 3 行：order 只能是 newest、oldest"),
        (SHORT + "audience:\n  any_tag: 老客", "第 4 行：any_tag 应当是一个列表"),
        (SHORT + "audience:\n  any_tag:\n  - [老客]", "第 5 行：any_tag 应当是文字"),
        ("name: p\nrungs: []", "第 2 行：rungs 不能是空的"),
        (
            "name: p\nrungs:\n- days: 3\n  steps:\n  - channel: sms\n    class: brand",
            "第 5 行：channel 只能是 template",
        ),
        (
            "name: p\nrungs:\n- days: 3\n  steps:\n  - channel: mass\n    class: brand\n    data: {a: [1]}",
            "第 7 行：a 应当是文字或整数",
        ),
        ("[name]: p", "第 1 行：不认识的 名称，可用的"),
        ("a: &all [*all]", "不能用 & 和 * 引用别处的内容"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, told: str) -> None:
    assert complaint(text).startswith(told)


def test_all_mistakes_are_told_at_once_in_their_order() -> None:
    lines = complaint("rungs:\n- days: x\n  steps: []\nhold_out: y\n").splitlines()

    assert lines == [
        "第 1 行：缺少 name",
        "第 2 行：days 应当是整数",
        "第 3 行：steps 不能是空的",
        "第 4 行：hold_out 应当是整数",
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    large, foreign = tmp_path / "large.yaml", tmp_path / "foreign.yaml"
    large.write_bytes(b"#" * 100_001)
    foreign.write_bytes("name: 春".encode("gb18030"))

    for file, told in ((tmp_path / "none.yaml", "读不到文件"), (large, "文件超过"), (foreign, "文件不是 UTF-8 编码")):
        with pytest.raises(BadContent, match=told):
            reactivation_file.read(file, "shop")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_every_example_may_be_saved_as_it_is(example: Path) -> None:
    policy = reactivation_file.read(example, "shop")

    assert problems(policy, templates(), today="2026-03-04") == []


def test_the_examples_are_of_every_channel() -> None:
    policies = [reactivation_file.read(example, "shop") for example in EXAMPLES]

    used = {step.channel for policy in policies for rung in policy.rungs for step in rung.steps}
    assert used == {"template", "subscribe", "kefu", "mass"}


def test_editors_are_told_what_each_field_means() -> None:
    schema = json.loads(reactivation_file.SCHEMA.read_text(encoding="utf-8"))

    for part in (schema, *schema["$defs"].values(), *schema["properties"].values()):
        fields = part.get("properties", {})
        assert [name for name, field in fields.items() if not {"description", "$ref", "properties"} & set(field)] == []
