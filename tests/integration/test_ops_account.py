"""An operator makes an account known, checks it and rotates its keys, against moto's Parameter Store."""

import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra import ops
from infra.provision import provision
from infra.stages import callback, checks, record
from infra.stages.record import RecordError
from tests.builders import NOON
from tests.support.aws import aws
from tests.support.operator import SETTINGS, STAGE, Operator, an_api, stored

SECRET, TOKEN, KEY = "s" * 32, "theTokenOfTheShop", "K" * 43
APPID = "wx0123456789abcdef"
SECRETS = (SECRET, TOKEN, KEY)
ADD = ("add", "--account", "shop")


@pytest.fixture(scope="module")
def stage() -> Iterator[None]:
    """Provisioned and deployed, as far as accounts go."""
    with aws(region="us-east-1"):
        provision(
            stage=STAGE,
            cloudformation=boto3.client("cloudformation"),
            dynamodb=boto3.client("dynamodb"),
            say=lambda _line: None,
        )
        an_api()
        yield


@pytest.fixture
def operator(stage: None) -> Operator:
    """At the desk of a stage that has no account yet."""
    for name, _ in stored():
        boto3.client("ssm").delete_parameter(Name=name)
    _forget_token()
    return Operator(typed=[APPID, SECRET, TOKEN, KEY])


@pytest.fixture
def with_shop(operator: Operator, capsys: pytest.CaptureFixture[str]) -> Operator:
    assert operator.ops(*ADD) == ""
    capsys.readouterr()
    return operator


# Adding.


def test_a_new_account_is_stored_encrypted_and_tried(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    assert operator.ops(*ADD) == ""

    said = capsys.readouterr().out
    parameters = dict(stored())
    assert parameters["/huiyuan/dev/secrets/shop"] == {"secret": SECRET}
    account = parameters["/huiyuan/dev/accounts/shop"]
    assert {**account, "data_key": ""} == {
        "appid": APPID, "mode": "safe", "token": TOKEN, "aes_key": KEY, "data_key": "",
    }  # fmt: skip
    assert len(account["data_key"]) == 64
    assert _kinds() == {"SecureString"}
    assert "✓ shop 的回调地址\n" in said
    assert "✓ shop 的 access_token：有效到 14:00" in said
    assert not any(secret in said for secret in (*SECRETS, account["data_key"]))


def test_secrets_are_asked_without_echo_and_the_appid_is_not(operator: Operator) -> None:
    operator.ops(*ADD)

    assert ["AppID" in question for question in operator.asked] == [True, False, False, False]
    assert all("不显示" in question for question in operator.asked[1:])


def test_keys_that_are_left_empty_are_made_and_written_where_only_the_operator_reads(
    operator: Operator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator.typed = [APPID, SECRET, "", ""]
    file = tmp_path / "keys.txt"

    assert operator.ops(*ADD, "--keys-file", str(file)) == ""

    made = dict(stored())["/huiyuan/dev/accounts/shop"]
    assert (len(made["token"]), len(made["aes_key"])) == (32, 43)
    assert file.read_text().splitlines() == [
        "令牌(Token)", made["token"], "消息加解密密钥(EncodingAESKey)", made["aes_key"],
    ]  # fmt: skip
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made["token"] not in capsys.readouterr().out


@pytest.mark.parametrize("exists", [True, False])
def test_keys_that_could_be_told_nowhere_are_not_made(operator: Operator, tmp_path: Path, exists: bool) -> None:
    operator.typed = [APPID, SECRET, "", ""]
    file = tmp_path / "keys.txt"
    if exists:
        file.write_text("of another account")

    refused = operator.ops(*ADD, *(("--keys-file", str(file)) if exists else ()))

    assert ("写不了文件" if exists else "--keys-file") in refused
    assert dict(stored()) == {}


def test_a_script_hands_everything_over_on_stdin(operator: Operator) -> None:
    operator.piped = json.dumps({"appid": APPID, "secret": SECRET, "token": TOKEN, "aes_key": KEY, "mode": "plain"})

    assert operator.ops(*ADD, "--from-stdin") == ""

    assert dict(stored())["/huiyuan/dev/accounts/shop"]["mode"] == "plain"
    assert operator.asked == []


@pytest.mark.parametrize("piped", ["", "secret", '["secret"]', '{"secret": 7}'])
def test_what_is_no_json_on_stdin_is_not_repeated(operator: Operator, piped: str) -> None:
    operator.piped = piped

    assert operator.ops(*ADD, "--from-stdin") == "标准输入应当是一个 JSON 对象，值都是文字。"


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (["wx1", SECRET, TOKEN, KEY], "AppID 应当是 wx 加 16 位小写字母和数字"),
        ([APPID, "short", TOKEN, KEY], "AppSecret 应当是 32 位字母和数字"),
        ([APPID, SECRET, "no", KEY], "Token 应当是 3 到 32 位字母和数字"),
        ([APPID, SECRET, TOKEN, "short"], "EncodingAESKey 应当是 43 位"),
    ],
)
def test_what_is_malformed_is_named_and_nothing_is_stored(operator: Operator, typed: list[str], named: str) -> None:
    operator.typed = list(typed)

    refused = operator.ops(*ADD)

    assert named in refused
    assert not any(secret in refused for secret in (*SECRETS, "short"))
    assert dict(stored()) == {}
    assert len(operator.asked) == 4 - len(operator.typed), "nothing more is asked after that"


def test_who_sits_at_a_terminal_is_asked_again_at_once_and_three_times_at_most(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    operator.tries = 3
    operator.typed = ["wx1", APPID, SECRET, "no", "!", TOKEN, "short", KEY]

    assert operator.ops(*ADD) == ""

    said = capsys.readouterr().out
    assert said.count("，请再输入一次。") == 4
    assert "short" not in said
    for name, _ in stored():
        boto3.client("ssm").delete_parameter(Name=name)
    operator.typed = ["wx1", "wx2", "wx3", APPID]
    assert "AppID 应当是" in operator.ops(*ADD)
    assert operator.typed == [APPID]


def test_an_input_that_ends_too_early_stores_nothing(operator: Operator) -> None:
    operator.typed = [APPID, SECRET]

    assert "输入在回答完之前就结束了" in operator.ops(*ADD)

    assert dict(stored()) == {}


def test_everything_that_is_malformed_on_stdin_is_named_at_once(operator: Operator) -> None:
    operator.piped = json.dumps({"appid": APPID, "token": "no", "aes_key": "short"})

    refused = operator.ops(*ADD, "--from-stdin")

    assert refused.split("；") == [
        "AppSecret 应当是 32 位字母和数字",
        "令牌 Token 应当是 3 到 32 位字母和数字",
        "消息加解密密钥 EncodingAESKey 应当是 43 位字母、数字、+ 和 /",
    ]


def test_an_account_that_is_stored_and_does_not_work_fails_the_command(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    operator.trouble = {"message": "token.refused", "code": 40125}

    assert operator.ops(*ADD) == ""

    assert operator.code == 1
    assert "已经保存，但上面标 ✗ 的项目需要处理" in capsys.readouterr().err
    assert dict(stored())["/huiyuan/dev/secrets/shop"] == {"secret": SECRET}


def test_a_name_that_is_none_is_refused(operator: Operator) -> None:
    assert "账号名只能有" in operator.ops("add", "--account", "Shop/..")


def test_an_account_is_never_added_twice_so_that_its_data_key_stays(with_shop: Operator) -> None:
    before = dict(stored())

    assert "data_key 永远不换" in with_shop.ops(*ADD)

    assert dict(stored()) == before


def test_an_interrupted_addition_goes_on_where_it_stopped(with_shop: Operator) -> None:
    boto3.client("ssm").delete_parameter(Name=SETTINGS.secret_parameter("shop"))
    before = dict(stored())
    with_shop.typed = ["t" * 32]

    assert with_shop.ops(*ADD) == ""

    assert dict(stored()) == before | {"/huiyuan/dev/secrets/shop": {"secret": "t" * 32}}


def test_the_operators_own_key_encrypts_when_there_is_one(operator: Operator) -> None:
    key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]

    assert operator.ops(*ADD, "--kms-key", key) == ""

    described = boto3.client("ssm").describe_parameters()["Parameters"]
    assert {each["KeyId"] for each in described} == {key}


# Checking.


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (
            {"message": "token.refused", "code": 40164, "said": "invalid ip 203.0.113.7 ipv6 ::ffff, not in whitelist"},
            "微信看到的是 203.0.113.7",
        ),
        ({"message": "token.refused", "code": 40164, "said": ""}, "IP 不在公众号的 IP白名单里（40164）"),
        ({"message": "token.refused", "code": 40013}, "appid 不对（40013）"),
        ({"message": "token.refused", "code": 40125}, "AppSecret 不对"),
        ({"message": "token.refused", "code": 40001}, "AppSecret 不对"),
        ({"message": "token.refused", "code": 12345}, "微信没有给令牌（12345）"),
        ({"message": "token.unreached", "code": None}, "连不上微信的接口"),
        ({"message": "token.waited"}, "一分钟内刚失败过"),
    ],
)
def test_an_operator_hears_in_words_why_wechat_gives_no_token(
    with_shop: Operator, trouble: dict[str, Any], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _forget_token()
    with_shop.trouble = trouble

    assert "✗" in with_shop.ops("check", "--account", "shop")

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "access_token" in line]
    assert line.startswith("  ✗")
    assert told in line


def test_a_healthy_account_is_all_ticks(with_shop: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    assert with_shop.ops("check", "--account", "shop") == ""

    assert "✗" not in capsys.readouterr().out


def test_an_account_without_appsecret_is_told_what_to_do(
    with_shop: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("ssm").delete_parameter(Name=SETTINGS.secret_parameter("shop"))

    assert with_shop.ops("check", "--account", "shop")
    assert with_shop.ops("list") == ""

    assert capsys.readouterr().out.count("再运行一次 ops account add") == 2


def test_an_account_that_is_not_there_is_told_so(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    assert operator.ops("check", "--account", "nobody")

    assert "没有账号 nobody" in capsys.readouterr().out
    assert "没有账号 nobody" in operator.ops("rotate", "--account", "nobody")


def test_parameters_that_someone_has_broken_are_named_without_a_value(
    with_shop: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    _put("shop", {**_account("shop"), "aes_key": "brokenByHand"})

    assert with_shop.ops("list") == ""
    assert "aes_key" in with_shop.ops("rotate", "--account", "shop")

    said = capsys.readouterr().out
    assert "field aes_key" in said
    assert "brokenByHand" not in said


def test_a_list_shows_who_is_there_and_whether_they_are_well(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.ops("list") == ""
    operator.ops(*ADD)
    assert operator.ops("list") == ""

    said = capsys.readouterr().out
    assert said.startswith("还没有账号。\n")
    assert said.endswith(f"shop  {APPID}  正常\n")


@pytest.mark.parametrize(
    ("answer", "told"),
    [((0, ""), "没有回答"), ((502, ""), "回答了 502"), ((200, "hello"), "不是本系统"), ((403, ""), "Token 不一致")],
)
def test_an_address_that_wechat_would_not_accept_is_explained(answer: tuple[int, str], told: str) -> None:
    said = callback.trouble("https://x/wechat/shop", token=TOKEN, fetch=lambda _url: answer, now=NOON)

    assert told in said


# Rotating without losing a message.


def test_while_keys_are_rotated_wechat_is_understood_before_and_after_the_console_is_changed(
    with_shop: Operator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _account("shop")

    assert with_shop.ops("rotate", "--account", "shop", "--keys-file", str(tmp_path / "new.txt")) == ""

    between, said = _account("shop"), capsys.readouterr().out
    assert (between["previous_token"], between["previous_aes_key"]) == (before["token"], before["aes_key"])
    assert between["data_key"] == before["data_key"]
    for token in (between["token"], before["token"]):
        assert callback.trouble("https://x/wechat/shop", token=token, fetch=with_shop.fetch, now=NOON) == ""
    assert "等到 12:05" in said
    assert "--finish" in said
    assert not any(value in said for value in (between["token"], between["aes_key"], *SECRETS))

    with_shop.now = NOON + timedelta(minutes=10)
    with_shop.typed = ["yes"]
    assert with_shop.ops("rotate", "--account", "shop", "--finish") == ""

    assert _account("shop") == {**before, "token": between["token"], "aes_key": between["aes_key"]}


def test_a_rotation_that_was_interrupted_is_taken_up_with_the_same_keys(
    with_shop: Operator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_shop.ops("rotate", "--account", "shop", "--keys-file", str(tmp_path / "lost.txt"))
    with_shop.now += timedelta(hours=1)
    capsys.readouterr()

    assert with_shop.ops("rotate", "--account", "shop", "--keys-file", str(tmp_path / "again.txt")) == ""

    assert (tmp_path / "again.txt").read_text() == (tmp_path / "lost.txt").read_text()
    assert "第二步：现在就可以在公众号后台" in capsys.readouterr().out
    assert with_shop.ops("list") == ""
    assert "密钥轮换还没有完成" in capsys.readouterr().out


def test_the_old_keys_are_not_dropped_too_early_or_unasked(with_shop: Operator, tmp_path: Path) -> None:
    with_shop.ops("rotate", "--account", "shop", "--keys-file", str(tmp_path / "new.txt"))
    pending = _account("shop")

    assert "太早了" in with_shop.ops("rotate", "--account", "shop", "--finish")
    with_shop.now += timedelta(minutes=10)
    with_shop.typed = ["no"]
    assert with_shop.ops("rotate", "--account", "shop", "--finish") == "旧的继续有效。"

    assert _account("shop") == pending


def test_a_rotation_that_never_began_cannot_be_finished(
    with_shop: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert with_shop.ops("rotate", "--account", "shop", "--finish") == ""

    assert "没有正在进行的轮换" in capsys.readouterr().out


def test_a_script_rotates_one_key_of_its_own_making(with_shop: Operator) -> None:
    with_shop.piped = json.dumps({"aes_key": "N" * 43})
    assert with_shop.ops("rotate", "--account", "shop", "--from-stdin") == ""
    with_shop.now += timedelta(minutes=10)

    assert with_shop.ops("rotate", "--account", "shop", "--finish", "--from-stdin") == ""

    assert (_account("shop")["token"], _account("shop")["aes_key"]) == (TOKEN, "N" * 43)


def test_a_script_that_brings_no_key_rotates_nothing(with_shop: Operator) -> None:
    before = _account("shop")
    with_shop.piped = "{}"

    assert "没有新的" in with_shop.ops("rotate", "--account", "shop", "--from-stdin")

    assert _account("shop") == before


def test_a_new_appsecret_takes_the_place_of_the_old_one(with_shop: Operator) -> None:
    with_shop.typed = ["n" * 32]

    assert with_shop.ops("rotate", "--account", "shop", "--app-secret") == ""

    assert with_shop.code == 0
    assert dict(stored())["/huiyuan/dev/secrets/shop"] == {"secret": "n" * 32}


def test_a_new_appsecret_that_gets_no_token_fails_the_command(
    with_shop: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    _forget_token()
    with_shop.trouble = {"message": "token.refused", "code": 40125}
    with_shop.typed = ["n" * 32]

    assert with_shop.ops("rotate", "--account", "shop", "--app-secret") == ""

    assert with_shop.code == 1
    assert "✗ shop 的 access_token" in capsys.readouterr().out


# Where it is deployed.


def test_two_apis_for_one_stage_are_for_the_operator_to_sort_out(with_shop: Operator) -> None:
    extra, others = an_api(), an_api("prod")

    with pytest.raises(RecordError, match="2 个 REST API"):
        record.address(STAGE, with_shop.aws)
    assert "2 个 REST API" in with_shop.ops("check", "--account", "shop")

    for api in (extra, others):
        boto3.client("apigateway").delete_rest_api(restApiId=api)


def test_a_stage_that_is_not_deployed_has_no_address(with_shop: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    for finding in checks.check_account("shop", "", settings=SETTINGS, aws=with_shop.aws):
        print(finding)

    assert "✗ shop 的回调地址：还没有部署" in capsys.readouterr().out


def test_the_commands_of_operators_include_accounts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ops.main(["account", "--help"], open_table=lambda: pytest.fail("no table is needed"))

    assert "rotate" in capsys.readouterr().out


def _forget_token() -> None:
    boto3.client("dynamodb").delete_item(
        TableName=SETTINGS.table_name, Key={"pk": {"S": "A#shop"}, "sk": {"S": "TOKEN"}}
    )


def _account(name: str) -> dict[str, Any]:
    return dict(dict(stored())[f"/huiyuan/dev/accounts/{name}"])


def _put(name: str, fields: dict[str, Any]) -> None:
    boto3.client("ssm").put_parameter(
        Name=SETTINGS.account_parameter(name), Value=json.dumps(fields), Type="SecureString", Overwrite=True
    )


def _kinds() -> set[str]:
    return {str(each["Type"]) for each in boto3.client("ssm").describe_parameters()["Parameters"]}
