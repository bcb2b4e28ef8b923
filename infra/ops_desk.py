"""What an operator sits at for `ops account`: a stage, its AWS account, and a keyboard that shows no secret."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from getpass import getpass
from typing import Any, TypeAlias

from chalicelib.credentials import AES_KEY, APPID, TOKEN
from chalicelib.errors import BadContent
from chalicelib.settings import Settings
from chalicelib.tokens.app_secret import SHAPE as APP_SECRET
from infra.stages import record, stack
from infra.stages.accounts import AccountParameters
from infra.stages.aws import Aws, of_this_shell
from infra.stages.record import RecordError

KEY = "KeyArn"
"""Output of the stack, where it has a KMS key of its own."""
TRIES = 3
"""How often somebody at a terminal is asked for the same thing."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an operator sits at: a stage, its AWS account, a keyboard."""

    settings: Settings
    aws: Aws
    ask: Callable[[str], str] = input
    ask_secret: Callable[[str], str] = getpass
    read: Callable[[], str] = sys.stdin.read
    tries: int = 1

    def parameters(self, key: str = "") -> AccountParameters:
        """`key`: a KMS key; else the stack's, if it has one."""
        outputs = stack.outputs(self.settings.table_name, self.aws.cloudformation)
        return AccountParameters(self.aws.ssm, self.settings, key or outputs.get(KEY, ""))

    def address(self) -> str:
        """Where the stage is deployed, or nothing. Raises BadContent when that is ambiguous."""
        try:
            return record.address(self.settings.stage, self.aws)
        except RecordError as error:
            raise BadContent(str(error)) from None


def desk_of_this_shell() -> Desk:
    """Raises SettingsError without HUIYUAN_STAGE."""
    return Desk(Settings.read(), of_this_shell(), tries=TRIES if sys.stdin.isatty() else 1)


Open: TypeAlias = Callable[[], Desk]
QUESTIONS: Mapping[str, str] = {
    "appid": "AppID（开发者ID）：",
    "secret": "AppSecret（不显示）：",
    "token": "令牌 Token（不显示；直接回车则生成）：",
    "aes_key": "消息加解密密钥 EncodingAESKey（不显示；直接回车则生成）：",
}
SHAPES: Mapping[str, tuple[str, str]] = {
    "appid": (APPID, "AppID 应当是 wx 加 16 位小写字母和数字"),
    "secret": (APP_SECRET.pattern, "AppSecret 应当是 32 位字母和数字"),
    "token": (TOKEN, "令牌 Token 应当是 3 到 32 位字母和数字"),
    "aes_key": (AES_KEY, "消息加解密密钥 EncodingAESKey 应当是 43 位字母、数字、+ 和 /"),
}
"""What each looks like, and how that is said."""
MADE_WHEN_EMPTY = ("token", "aes_key")


def listen(options: argparse.Namespace, desk: Desk, names: tuple[str, ...]) -> dict[str, str]:
    """What the operator says, by field: asked without echo, or one JSON object on stdin. Raises BadContent, also for
    what WeChat would never give or take."""
    if not options.from_stdin:
        return {name: _well_formed(name, desk) for name in names}
    try:
        told: Any = json.loads(desk.read())
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise BadContent("标准输入应当是一个 JSON 对象，值都是文字。")  # what json says would show a value
    looked_at = [name for name in SHAPES if name in names or name in told]
    if troubles := [trouble for name in looked_at if (trouble := _trouble(name, str(told.get(name, ""))))]:
        raise BadContent("；".join(troubles))
    return {str(name): value for name, value in told.items()}


def _well_formed(name: str, desk: Desk) -> str:
    """Looked at before the next thing is asked; never shown."""
    for left in reversed(range(desk.tries)):
        value = _asked(name, desk).strip()
        trouble = _trouble(name, value)
        if not trouble:
            return value
        if left:
            print(f"{trouble}，请再输入一次。")
    raise BadContent(trouble)


def _trouble(name: str, value: str) -> str:
    """What is expected instead, or nothing."""
    shape, expected = SHAPES[name]
    is_fine = bool(re.fullmatch(shape, value)) or (not value and name in MADE_WHEN_EMPTY)
    return "" if is_fine else expected


def _asked(name: str, desk: Desk) -> str:
    try:
        return desk.ask(QUESTIONS[name]) if name == "appid" else desk.ask_secret(QUESTIONS[name])
    except EOFError:
        raise BadContent("输入在回答完之前就结束了。") from None


def write_keys(options: argparse.Namespace, made: Mapping[str, str]) -> None:
    """For WeChat's console: into a file that did not exist and that nobody else may read. Raises BadContent."""
    if options.keys_file is None:
        raise BadContent("新生成的密钥要填到公众号后台，不会显示在屏幕上：请加 --keys-file 文件，把它们写进去。")
    names = {"token": "令牌(Token)", "aes_key": "消息加解密密钥(EncodingAESKey)"}
    text = "".join(f"{names[name]}\n{value}\n" for name, value in made.items())
    try:
        descriptor = os.open(options.keys_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadContent(f"写不了文件 {options.keys_file}：{error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"新的密钥写在 {options.keys_file}，只有你能读；填进公众号后台以后请删除它。")
