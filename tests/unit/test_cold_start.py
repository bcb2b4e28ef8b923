"""What a cold start loads: an import that slips in slows every Lambda of the account."""

import json
import subprocess
import sys
from functools import cache

import pytest

from tests.support.project import ROOT

HEAVY = ("boto3", "requests", "wechatpy", "cryptography", "xmltodict", "urllib3")
EDGE = "chalicelib.callbacks.edge"


@cache
def loaded_by(module: str) -> frozenset[str]:
    """Every module that a fresh process holds after this import."""
    told = f"import {module}, json, sys; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return frozenset(json.loads(run.stdout))


@pytest.mark.parametrize("library", HEAVY)
def test_the_doors_load_no_library_that_a_route_may_not_need(library: str) -> None:
    assert library not in loaded_by("app")


def test_the_doors_load_nothing_of_the_app_but_doors_and_the_ground() -> None:
    ours = {name for name in loaded_by("app") if name.startswith("chalicelib.")}

    doors = {name for name in ours if name.endswith(".entry")}
    folders = {name.removesuffix(".entry") for name in doors}
    assert doors
    assert ours - doors - folders == {"chalicelib.door", "chalicelib.errors", "chalicelib.settings"}


@pytest.mark.parametrize("door", ["chalicelib.work.entry", "chalicelib.tokens.entry"])
@pytest.mark.parametrize("library", HEAVY)
def test_a_door_of_a_queue_or_a_clock_is_light(door: str, library: str) -> None:
    assert library not in loaded_by(door)


@pytest.mark.parametrize(
    "module",
    [
        "chalicelib.wechat.client",
        "chalicelib.wechat.connection",
        "chalicelib.wechat.stable_token",
        "chalicelib.access_token",
        "chalicelib.tokens",
        "chalicelib.work",
    ],
)
def test_a_callback_loads_no_client_of_wechat(module: str) -> None:
    assert module not in loaded_by(EDGE)


@pytest.mark.parametrize(
    "library", ["aws_lambda_powertools.utilities.idempotency", "pydantic", "jinja2", "flask", "moto"]
)
def test_a_callback_loads_no_library_that_it_does_not_use(library: str) -> None:
    assert library not in loaded_by(EDGE)
