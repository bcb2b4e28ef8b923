"""What a deployment is told, and what it says when it was told too little."""

import pytest

from chalicelib.errors import SettingsError
from chalicelib.settings import Settings, stage


def test_a_stage_is_all_that_must_be_told() -> None:
    assert Settings.read({"HUIYUAN_STAGE": "prod"}) == Settings(
        stage="prod", wechat_api="https://api.weixin.qq.com", log_level="INFO"
    )


def test_everything_can_be_told() -> None:
    told = {
        "HUIYUAN_STAGE": "dev",
        "HUIYUAN_WECHAT_API": "http://127.0.0.1:8001",
        "HUIYUAN_LOG_LEVEL": "DEBUG",
        "PATH": "/bin",
    }

    assert Settings.read(told) == Settings("dev", "http://127.0.0.1:8001", "DEBUG")


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert Settings.read({"HUIYUAN_STAGE": "dev", "HUIYUAN_LOG_LEVEL": ""}) == Settings("dev")


@pytest.mark.parametrize("told", [{}, {"HUIYUAN_STAGE": ""}])
def test_a_missing_stage_is_named(told: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="HUIYUAN_STAGE is missing"):
        Settings.read(told)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUIYUAN_STAGE", "Prod"),
        ("HUIYUAN_STAGE", "dev/../prod"),
        ("HUIYUAN_STAGE", "d" * 33),
        ("HUIYUAN_WECHAT_API", "api.weixin.qq.com"),
        ("HUIYUAN_WECHAT_API", "https://api.weixin.qq.com/"),
        ("HUIYUAN_WECHAT_API", "file:///etc/passwd"),
        ("HUIYUAN_LOG_LEVEL", "loud"),
    ],
)
def test_a_malformed_variable_is_named_and_its_value_is_not(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is malformed") as refused:
        Settings.read({"HUIYUAN_STAGE": "dev", name: value})

    assert value not in str(refused.value)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.read({"HUIYUAN_WECHAT_API": "nowhere", "HUIYUAN_LOG_LEVEL": "loud"})

    said = str(refused.value)
    assert [name in said for name in ("HUIYUAN_STAGE", "HUIYUAN_WECHAT_API", "HUIYUAN_LOG_LEVEL")] == [True] * 3


def test_the_environment_is_read_when_nothing_else_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYUAN_STAGE", "from-outside")

    assert Settings.read().stage == "from-outside"
    assert stage() == "from-outside"


def test_doors_can_be_declared_where_no_stage_is_known() -> None:
    assert stage({}) == "dev"
    assert stage({"HUIYUAN_STAGE": "prod"}) == "prod"


def test_every_name_follows_from_the_stage() -> None:
    settings = Settings(stage="prod")

    assert settings.table_name == "huiyuan-prod"
    assert settings.work_queue == "huiyuan-prod-work"
    assert settings.token_function == "huiyuan-prod-token_refresh"
    assert settings.account_parameter("shop") == "/huiyuan/prod/accounts/shop"
    assert settings.secret_parameter("shop") == "/huiyuan/prod/secrets/shop"
