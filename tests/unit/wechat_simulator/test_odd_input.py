"""Whatever is sent to it, the simulator answers: an errcode, a refusal, or what was asked for."""

import json
from random import Random
from typing import Any

import pytest

from infra.local.wechat_simulator import Refused
from infra.local.wechat_simulator.api.endpoints import ENDPOINTS
from infra.local.wechat_simulator.faults import API_FAULTS, CALLBACK_FAULTS
from infra.local.wechat_simulator.platform_acts import ALL_ACTS
from tests.unit.wechat_simulator.stage import Stage

ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**70, 1.5, "", "x", "会员" * 300, "\x00"),
    *([], ["x"], [[]], [{}], {}, {"value": 5}),
)
NAMES = (
    *("openid", "touser", "template_id", "data", "text", "image", "voice", "video", "music", "news", "articles"),
    *("msgmenu", "list", "msgtype", "tag", "name", "id", "tagid", "openid_list", "next_openid", "user_list"),
    *("remark", "button", "sub_button", "type", "action_name", "action_info", "scene", "scene_id", "scene_str"),
    *("expire_seconds", "client_msg_id", "clientmsgid", "filter", "is_to_all", "tag_id", "msg_id", "cgi_path"),
    *("appid", "rid", "force_refresh", "miniprogram", "customservice", "aimsgcontext", "url", "page", "command"),
    *("content", "media_id", "tid", "kidList", "keyword_name_list", "key", "lat", "lng", "codes", "popup", "xml"),
    *("template_ids", "Event", "MsgType", "on", "report", "towxname", "head_content", "thumb_media_id"),
)
KINDS = ("text", "image", "news", "msgmenu", "voice", "music", "video", "mpnews", "wxcard", "images", "QR_SCENE")


def an_odd_object(random: Random, openid: str, depth: int = 0) -> dict[str, Any]:
    return {name: an_odd_value(random, openid, depth) for name in random.sample(NAMES, random.randrange(12))}


def an_odd_value(random: Random, openid: str, depth: int) -> Any:
    kind = random.randrange(6)
    if kind == 0 and depth < 3:
        return an_odd_object(random, openid, depth + 1)
    if kind == 1 and depth < 3:
        return [an_odd_value(random, openid, depth + 1) for _ in range(random.randrange(3))]
    if kind == 2:
        return random.choice([openid, "t", "s", *KINDS])
    return random.choice(ODD)


def a_stage() -> tuple[Stage, str]:
    stage = Stage()
    stage.simulator.add_template("demo", "t", "模板", {"thing1": "a"})
    stage.simulator.add_template("demo", "s", "订阅", {"thing1": "a"}, subscribe=True)
    return stage, stage.person()


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_path_answers_odd_bodies(path: str) -> None:
    stage, openid = a_stage()
    random = Random(path)

    for _ in range(150):
        body = {**an_odd_object(random, openid), "touser": random.choice([openid, [openid, openid], *ODD])}
        query = {"access_token": stage.token(), "openid": str(random.choice(ODD)), "type": "jsapi"}
        answer = stage.simulator.call("POST", path, query, json.dumps(body, ensure_ascii=False).encode())
        assert isinstance(answer.json(), dict)
    stage.later(100)


@pytest.mark.parametrize("act", ALL_ACTS)
def test_every_act_is_done_or_refused(act: str) -> None:
    random = Random(act)

    for _ in range(60):
        stage, openid = a_stage()
        try:
            stage.simulator.act(openid, act, an_odd_object(random, openid))
        except Refused:
            continue


def test_every_fault_is_ordered_or_refused_and_never_breaks_a_push() -> None:
    random = Random(1)

    for kind in (*CALLBACK_FAULTS, *API_FAULTS):
        for _ in range(15):
            stage, openid = a_stage()
            settings = {name: random.choice(ODD) for name in random.sample(["times", "seconds", "copies", "where"], 2)}
            try:
                stage.simulator.add_fault(kind, **settings)
            except Refused:
                continue
            stage.simulator.say(openid, "x")
            stage.simulator.click(openid, "k")
            stage.simulator.call("GET", "/cgi-bin/tags/get")
            stage.later(1000)
