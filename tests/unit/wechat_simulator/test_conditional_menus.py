"""Menus that only some followers see."""

from typing import Any

import pytest

from infra.local.wechat_simulator import Refused
from tests.unit.wechat_simulator.stage import Json, Stage

ADD = "/cgi-bin/menu/addconditional"


def buttons(name: str) -> list[Json]:
    return [{"type": "click", "name": name, "key": name}]


def a_menu(stage: Stage, name: str = "默认") -> None:
    assert stage.post("/cgi-bin/menu/create", button=buttons(name))["errcode"] == 0


def a_tag(stage: Stage, name: str, *openids: str) -> int:
    number: int = stage.post("/cgi-bin/tags/create", tag={"name": name})["tag"]["id"]
    stage.post("/cgi-bin/tags/members/batchtagging", openid_list=list(openids), tagid=number)
    return number


def add(stage: Stage, name: str, **rule: str) -> str:
    menu_id: str = stage.post(ADD, button=buttons(name), matchrule=rule)["menuid"]
    return menu_id


def seen(stage: Stage, openid: str) -> str:
    name: str = stage.post("/cgi-bin/menu/trymatch", user_id=openid)["button"][0]["name"]
    return name


def test_the_newest_menu_that_matches_is_seen_and_else_the_default() -> None:
    stage = Stage()
    member, other, android = stage.person(), stage.person(), stage.person()
    a_menu(stage)
    tag = a_tag(stage, "会员", member)
    stage.act(android, "platform", type="2")

    add(stage, "旧", tag_id=str(tag))
    add(stage, "会员", tag_id=str(tag), client_platform_type="1")
    add(stage, "安卓", client_platform_type="2")

    assert [seen(stage, one) for one in (member, other, android)] == ["会员", "默认", "安卓"]


def test_the_last_tag_of_a_follower_decides() -> None:
    stage = Stage()
    openid = stage.person()
    a_menu(stage)
    first, second = a_tag(stage, "一", openid), a_tag(stage, "二", openid)

    add(stage, "一", tag_id=str(first))
    before = seen(stage, openid)
    add(stage, "二", tag_id=str(second))

    assert (before, seen(stage, openid)) == ("默认", "二")


def test_a_follower_is_matched_by_name_too_and_a_stranger_is_not() -> None:
    stage = Stage()
    a_menu(stage)
    stage.person("小李")
    stranger = stage.person(follows=False)

    assert seen(stage, "小李") == "默认"
    assert stage.post("/cgi-bin/menu/trymatch", user_id=stranger)["errcode"] == 65302


def test_menus_are_read_and_deleted_one_by_one_or_with_the_default() -> None:
    stage = Stage()
    a_menu(stage)
    first, second = add(stage, "一", client_platform_type="1"), add(stage, "二", client_platform_type="2")

    told = stage.get("/cgi-bin/menu/get")["conditionalmenu"]
    assert [str(one["menuid"]) for one in told] == [second, first]
    assert told[0]["matchrule"] == {"client_platform_type": "2"}
    assert stage.post("/cgi-bin/menu/delconditional", menuid=first)["errcode"] == 0
    assert stage.post("/cgi-bin/menu/delconditional", menuid=first)["errcode"] == 65301
    stage.get("/cgi-bin/menu/delete")
    a_menu(stage)
    assert "conditionalmenu" not in stage.get("/cgi-bin/menu/get")


def test_without_a_default_menu_there_is_no_other() -> None:
    told = Stage().post(ADD, button=buttons("一"), matchrule={"client_platform_type": "1"})

    assert told["errcode"] == 65303


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"button": "x"}, 65307),
        ({"button": []}, 40016),
        ({"matchrule": None}, 65304),
        ({"matchrule": {"tag_id": ""}}, 65304),
        ({"matchrule": {"sex": "1"}}, 65320),
        ({"matchrule": {"client_platform_type": "4"}}, 65320),
        ({"matchrule": {"tag_id": "999"}}, 45159),
    ],
)
def test_a_conditional_menu_with_a_mistake_is_refused(body: Any, code: int) -> None:
    stage = Stage()
    a_menu(stage)

    good = {"button": buttons("一"), "matchrule": {"client_platform_type": "1"}}

    assert stage.post(ADD, **{**good, **body})["errcode"] == code


def test_there_are_only_so_many_menus_and_domains() -> None:
    stage = Stage(conditional_menu_limit=2)
    a_menu(stage)
    rule = {"client_platform_type": "1"}
    links = [{"type": "view", "name": "a", "url": f"https://{host}/x"} for host in ("a", "b", "c", "[")]

    many = stage.post(ADD, button=[{"name": "更多", "sub_button": links}], matchrule=rule)
    fine = stage.post(ADD, button=[{"name": "更多", "sub_button": links[:3]}], matchrule=rule)
    more = stage.post(ADD, button=links[3:], matchrule=rule)
    add(stage, "二", **rule)

    assert (many["errcode"], more["errcode"]) == (65316, 65316)
    assert fine["menuid"]
    assert stage.post(ADD, button=buttons("三"), matchrule=rule)["errcode"] == 65305


def test_what_is_tapped_is_told_with_the_menu_that_is_seen() -> None:
    stage = Stage()
    openid = stage.person()
    a_menu(stage)
    link = {"type": "view", "name": "官网", "url": "https://example.com/"}
    menu_id = stage.post(ADD, button=[link], matchrule={"client_platform_type": "1"})["menuid"]

    stage.act(openid, "view", url=link["url"])

    assert stage.office.heard()[-1]["MenuId"] == menu_id
    assert stage.simulator.chat(openid)[-1]["text"] == "打开链接：官网"


def test_there_are_three_kinds_of_phone() -> None:
    stage = Stage()

    with pytest.raises(Refused, match="iOS"):
        stage.act(stage.person(), "platform", type="4")
