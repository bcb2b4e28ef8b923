"""The environment, read here and nowhere else, all of it at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Self

from chalicelib.errors import SettingsError

PREFIX = "HUIYUAN_"
SHAPES = {
    "stage": r"[a-z0-9][a-z0-9-]{0,31}",
    "wechat_api": r"https?://[^\s/]+(/[^\s/]+)*",
    "log_level": r"DEBUG|INFO|WARNING|ERROR",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment is told from outside: names and addresses, never a secret."""

    stage: str
    """The stage, as in ``chalice deploy --stage``; every resource name follows from it."""
    wechat_api: str = "https://api.weixin.qq.com"
    """Base address of WeChat's API, without a trailing slash. Locally the simulator's."""
    log_level: str = "INFO"
    """Least level that is written to the log."""

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises SettingsError naming every variable that is missing or malformed, and no value."""
        environ = os.environ if environ is None else environ
        given = {field.name: environ.get(_variable(field.name), "") for field in fields(cls)}
        problems = [problem for field in fields(cls) if (problem := _problem(field, given[field.name]))]
        if problems:
            raise SettingsError(f"the environment is incomplete: {', '.join(problems)}")
        return cls(**{name: value for name, value in given.items() if value})

    @property
    def table_name(self) -> str:
        return f"huiyuan-{self.stage}"

    @property
    def work_queue(self) -> str:
        return f"huiyuan-{self.stage}-work"

    @property
    def push_queue(self) -> str:
        return f"huiyuan-{self.stage}-push.fifo"

    @property
    def token_function(self) -> str:
        """The deployed name of `token_refresh`: Chalice joins app, stage and function."""
        return f"huiyuan-{self.stage}-token_refresh"

    def account_parameter(self, account: str) -> str:
        """Where token, AES keys, appid and data key of an account are kept (SSM SecureString)."""
        return f"/huiyuan/{self.stage}/accounts/{account}"

    def event_parameter(self, account: str) -> str:
        """Where the keys of systems that may ask for pushes are kept (SSM SecureString)."""
        return f"/huiyuan/{self.stage}/events/{account}"

    def secret_parameter(self, account: str) -> str:
        """Where the AppSecret of an account is kept (SSM SecureString); only `token_refresh` reads it."""
        return f"/huiyuan/{self.stage}/secrets/{account}"


def stage(environ: Mapping[str, str] | None = None) -> str:
    """The stage while doors are declared: at import, when a missing variable must not fail yet."""
    given = os.environ if environ is None else environ
    return given.get(_variable("stage"), "dev")


def _problem(field: Field[str], value: str) -> str:
    if not value:
        return f"{_variable(field.name)} is missing" if field.default is MISSING else ""
    return "" if re.fullmatch(SHAPES[field.name], value) else f"{_variable(field.name)} is malformed"


def _variable(name: str) -> str:
    return PREFIX + name.upper()
