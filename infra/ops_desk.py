"""What an operator sits at for `ops account`: a stage, its AWS account, and a keyboard that shows no secret."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from getpass import getpass
from typing import Any, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.settings import Settings
from infra.stages import record, stack
from infra.stages.accounts import AccountParameters
from infra.stages.aws import Aws, of_this_shell
from infra.stages.record import RecordError

KEY = "KeyArn"
"""Output of the stack, where it has a KMS key of its own."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an operator sits at: a stage, its AWS account, a keyboard."""

    settings: Settings
    aws: Aws
    ask: Callable[[str], str] = input
    ask_secret: Callable[[str], str] = getpass
    read: Callable[[], str] = sys.stdin.read

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
    return Desk(Settings.read(), of_this_shell())


Open: TypeAlias = Callable[[], Desk]
QUESTIONS: Mapping[str, str] = {
    "appid": "AppID（开发者ID）：",
    "secret": "AppSecret（不显示）：",
    "token": "令牌 Token（不显示；直接回车则生成）：",
    "aes_key": "消息加解密密钥 EncodingAESKey（不显示；直接回车则生成）：",
}


def listen(options: argparse.Namespace, desk: Desk, names: tuple[str, ...]) -> dict[str, str]:
    """What the operator says, by field: asked without echo, or one JSON object on stdin. Raises BadContent."""
    if not options.from_stdin:
        return {name: _asked(name, desk).strip() for name in names}
    try:
        told: Any = json.loads(desk.read())
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise BadContent("标准输入应当是一个 JSON 对象，值都是文字。")  # what json says would show a value
    return {str(name): value for name, value in told.items()}


def _asked(name: str, desk: Desk) -> str:
    return desk.ask(QUESTIONS[name]) if name == "appid" else desk.ask_secret(QUESTIONS[name])


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
