"""How operators hand out the keys with which other systems ask for pushes, and take them back."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.errors import BadContent
from chalicelib.event_keys import KEPT, EventKeys
from chalicelib.settings import Settings
from infra import ops_keys
from infra.ops_desk import Desk
from infra.stages.aws import of_this_shell
from infra.stages.event_keys import MOST
from tests.support.aws import aws

SETTINGS = Settings(stage="dev")
CREDENTIALS = {"appid": "wx0123456789abcdef", "token": "Token123", "aes_key": "A" * 43, "data_key": "5a" * 32}


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    with aws(region="eu-central-1"):
        yield


@pytest.fixture(autouse=True)
def shop() -> None:
    """An account without event keys."""
    ssm = boto3.client("ssm")
    ssm.put_parameter(
        Name=SETTINGS.account_parameter("shop"), Value=json.dumps(CREDENTIALS), Type="SecureString", Overwrite=True
    )
    ssm.delete_parameters(Names=[SETTINGS.event_parameter("shop")])


def keys(*arguments: str) -> str:
    """Run one command; why it was refused, or nothing."""
    parser = ArgumentParser()
    ops_keys.add_commands(parser.add_subparsers(), open_desk=lambda: Desk(SETTINGS, of_this_shell()))
    options = parser.parse_args(["key", *arguments])
    try:
        options.run(options, lambda: None)
    except BadContent as error:
        return str(error)
    return ""


def stored() -> Mapping[str, Any]:
    found = boto3.client("ssm").get_parameter(Name=SETTINGS.event_parameter("shop"), WithDecryption=True)["Parameter"]
    assert found["Type"] == "SecureString"
    told: Mapping[str, Any] = json.loads(found["Value"])
    return told


def test_a_new_key_is_shown_once_and_holds_at_once_where_it_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert keys("create", "--account", "shop", "--name", "order-system") == ""
    assert keys("create", "--account", "shop") == ""
    created = capsys.readouterr().out
    assert keys("list", "--account", "shop") == ""
    listed = capsys.readouterr().out

    kept = EventKeys.from_json(json.dumps(stored()), parameter="").secrets
    assert len(kept) == 2
    assert all(f"密钥名：{name}\n密钥：  {secret}\n" in created for name, secret in kept.items())
    assert "密钥只显示这一次。最多 1 分钟后生效" in created
    assert listed.split() == sorted(kept)


def test_a_revoked_key_is_gone_and_the_others_stay(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("order-system", "crm"):
        keys("create", "--account", "shop", "--name", name)

    assert keys("revoke", "order-system", "--account", "shop") == ""

    assert set(stored()) == {"crm"}
    assert "已停用密钥 order-system，最多 1 分钟后生效" in capsys.readouterr().out


def test_an_account_without_keys_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    keys("list", "--account", "shop")

    assert capsys.readouterr().out == "还没有密钥。\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("create", "--account", "shop", "--name", "Order System"), "密钥名只能有"),
        (("create", "--account", "nobody"), "没有账号 nobody"),
        (("create", "--account", "no/account"), "账号名只能有"),
        (("revoke", "crm", "--account", "shop"), "没有密钥 crm"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_changes(arguments: tuple[str, ...], why: str) -> None:
    assert why in keys(*arguments)


def test_a_key_is_never_made_twice_under_one_name() -> None:
    keys("create", "--account", "shop", "--name", "crm")
    before = stored()

    assert "已经有了" in keys("create", "--account", "shop", "--name", "crm")
    assert stored() == before


def test_there_are_no_more_keys_than_a_parameter_holds() -> None:
    for number in range(MOST):
        assert keys("create", "--account", "shop", "--name", f"{'k' * 29}{number:03d}") == ""

    assert f"最多 {MOST} 个密钥" in keys("create", "--account", "shop")
    assert len(json.dumps(stored())) < 4096


def test_a_parameter_that_was_spoilt_by_hand_is_told_and_left_alone() -> None:
    boto3.client("ssm").put_parameter(
        Name=SETTINGS.event_parameter("shop"), Value='{"crm": "short"}', Type="SecureString"
    )

    assert "参数不合格" in keys("create", "--account", "shop")
    assert stored() == {"crm": "short"}


def test_keys_are_encrypted_with_the_stages_own_kms_key_where_it_has_one() -> None:
    from infra.stages.event_keys import EventKeyParameter

    kms = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    EventKeyParameter(boto3.client("ssm"), SETTINGS, "shop", kms).create("crm")

    (found,) = boto3.client("ssm").describe_parameters(
        Filters=[{"Key": "Name", "Values": [SETTINGS.event_parameter("shop")]}]
    )["Parameters"]
    assert found["KeyId"] == kms


def test_what_is_promised_about_time_is_what_functions_do() -> None:
    assert timedelta(minutes=ops_keys.MINUTES) == KEPT
