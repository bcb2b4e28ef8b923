"""Another system asks for notices over HTTP, with the programs that the documents print."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import requests

from infra.local.demo.notice import Notice
from tests.support.events import FIELDS, KEY, SECRET, TEMPLATE, an_order, signed
from tests.support.shop import Shop

ROOT = Path(__file__).parents[2]
PROGRAMS = {"sh": ("bash", "-eu", "-c"), "python": (sys.executable, "-c")}


@pytest.fixture(scope="module")
def counter(shop: Shop) -> Shop:
    """The shop with an event key and the template of the documents."""
    parameter = shop.world.runtime.settings.event_parameter(shop.account)
    shop.world.put_parameter(parameter, json.dumps({KEY: SECRET}))
    shop.simulator.add_template(shop.account, TEMPLATE, "订单配送通知", FIELDS)
    shop.simulator.set_switches(template_finish_events=False)  # they would come while the world is being stopped
    return shop


def cards(shop: Shop, openid: str, *, seconds: float = 20) -> list[Mapping[str, Any]]:
    """What the follower sees once the queue is empty."""
    until = monotonic() + seconds
    while any(item["state"]["S"] in ("planned", "claimed") for item in shop.items(f"P#{shop.account}#")):
        assert monotonic() < until, "pushes are left over"
        sleep(0.05)
    return [message for message in shop.simulator.inbox(openid) if message["type"] == "template"]


def documented(language: str) -> str:
    """The program in the documents."""
    (program,) = re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs/push.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(program)


def answer_of(*command: str, **variables: str) -> Mapping[str, Any]:
    environment = {**os.environ, **variables, "no_proxy": "127.0.0.1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    told: Mapping[str, Any] = json.loads(run.stdout)
    return told


@pytest.mark.parametrize("hours", [0, 13])
def test_what_make_run_prints_can_be_pasted_five_times_wherever_the_clock_stands(counter: Shop, hours: int) -> None:
    counter.world.clock.advance(hours * 3600)
    openid = counter.follower()
    notice = Notice(counter.account, KEY, SECRET, openid, TEMPLATE)
    command = notice.as_shell(counter.world.gateway.url, counter.world.wechat.url)

    answers = [answer_of("bash", "-eu", "-c", command) for _ in range(5)]

    assert [answer["results"][0]["outcome"] for answer in answers] == ["planned", *["known"] * 4]
    assert len(cards(counter, openid)) == 1


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_documented_programs_bring_one_card_however_often_they_run(counter: Shop, language: str) -> None:
    counter.world.clock.set(datetime.now(UTC))  # these sign with the machine's own time
    openid = counter.follower()
    variables = {"ADDRESS": counter.world.gateway.url, "ACCOUNT": counter.account, "KEY": KEY, "SECRET": SECRET,
                 "OPENID": openid}  # fmt: skip

    answers = [answer_of(*PROGRAMS[language], documented(language), **variables) for _ in range(3)]

    assert [answer["results"][0]["outcome"] for answer in answers] == ["planned", "known", "known"]
    (card,) = cards(counter, openid)
    assert card["template_id"] == TEMPLATE


def test_the_gateway_hands_on_what_was_signed_and_refuses_the_rest(counter: Shop) -> None:
    openid = counter.follower()
    request = signed(an_order(openid, urgent=True), at=counter.world.clock.now(), account=counter.account)
    url = f"{counter.world.gateway.url}/events/{counter.account}"
    headers = {**request.headers, "Content-Type": "application/json"}

    good = requests.post(url, request.body, headers=headers, timeout=15)
    forged = requests.post(url, request.body + b" ", headers=headers, timeout=15)
    elsewhere = requests.post(f"{url}x", request.body, headers=headers, timeout=15)
    as_form = requests.post(url, request.body, headers={**headers, "Content-Type": "text/plain"}, timeout=15)

    assert good.status_code == 202
    assert {(answer.status_code, answer.text) for answer in (forged, elsewhere)} == {(403, "")}
    assert as_form.status_code == 415
    assert len(cards(counter, openid)) == 1
