"""An operator at a desk: an AWS account on loopback, a Lambda and a gateway that are played, a keyboard that is fed."""

import argparse
import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3

from chalicelib.errors import BadContent, Refused
from chalicelib.settings import Settings
from chalicelib.store import token as tokens
from chalicelib.store.token import Token
from chalicelib.wechat import envelope
from infra import ops_account
from infra.ops_desk import Desk
from infra.stages import checks
from infra.stages.accounts import AccountParameters
from infra.stages.aws import Aws, of_this_shell
from tests.builders import NOON

STAGE = "dev"
SETTINGS = Settings(stage=STAGE)


@dataclass
class Operator:
    """Runs `ops account` commands; what is asked is answered from `typed`, in order."""

    now: datetime = NOON
    trouble: Mapping[str, Any] | None = None
    """What `token_refresh` logs instead of fetching a token."""
    typed: list[str] = field(default_factory=list)
    piped: str = ""
    asked: list[str] = field(default_factory=list)
    tries: int = 1
    """How often they are asked for the same thing: more than once only at a terminal."""
    code: int = 0
    """What the last command that was not refused ended with."""

    @property
    def aws(self) -> Aws:
        played: Any = PlayedLambda(self)
        return replace(of_this_shell(), functions=played, fetch=self.fetch, now=lambda: self.now)

    @property
    def parameters(self) -> AccountParameters:
        return AccountParameters(boto3.client("ssm"), SETTINGS)

    def ops(self, *arguments: str) -> str:
        """Run one command; returns why it was refused, or nothing."""
        parser = argparse.ArgumentParser()
        ops_account.add_commands(parser.add_subparsers(), open_desk=self._desk)
        options = parser.parse_args(["account", *arguments])
        try:
            self.code = options.run(options, lambda: None) or 0
        except BadContent as error:
            return str(error)
        return ""

    def fetch(self, url: str) -> tuple[int, str]:
        """The callback address as the edge answers it."""
        split = urlsplit(url)
        account = split.path.rsplit("/", 1)[1]
        if account not in self.parameters.names():
            return 404, ""
        tokens = self.parameters.credentials(account).tokens
        try:
            return 200, envelope.check_echo(parse_qs(split.query), tokens=tokens, now=self.now)
        except Refused:
            return 403, ""

    def _desk(self) -> Desk:
        type_in, piped = self._type, self.piped
        return Desk(SETTINGS, self.aws, ask=type_in, ask_secret=type_in, read=lambda: piped, tries=self.tries)

    def _type(self, question: str) -> str:
        self.asked.append(question)
        if not self.typed:
            raise EOFError
        return self.typed.pop(0)


@dataclass(frozen=True)
class PlayedLambda:
    """Lambda's client, whose one function is `token_refresh`: it writes a token, or logs a trouble."""

    operator: Operator

    def __getattr__(self, name: str) -> Any:
        return getattr(boto3.client("lambda"), name)

    def invoke(self, *, Payload: bytes, **_more: str) -> Mapping[str, Any]:  # noqa: N803 - boto3's name
        account = json.loads(Payload)["detail"]["account"]
        lines = ["START RequestId: 1", json.dumps({"message": "token.fetched", "account": account})]
        if self.operator.trouble is None:
            self._write_token(account)
        else:
            lines[1] = json.dumps({"account": account, **self.operator.trouble})
        return {"Payload": BytesIO(b"null"), "LogResult": base64.b64encode("\n".join(lines).encode()).decode()}

    def _write_token(self, account: str) -> None:
        now = self.operator.now
        table = checks.table_of(SETTINGS, self.operator.aws)
        if not tokens.find(table, account).value:
            fresh = Token(account, value="token-0001", expires_at=now + timedelta(hours=2), fetched_at=now)
            table.write([fresh.put()])


def an_api(stage: str = STAGE) -> str:
    """A REST API as Chalice makes it, as far as it is looked at. Returns its id."""
    apis = boto3.client("apigateway")
    made: str = apis.create_rest_api(name="huiyuan")["id"]
    (root,) = apis.get_resources(restApiId=made)["items"]
    method = {"restApiId": made, "resourceId": root["id"], "httpMethod": "GET"}
    apis.put_method(**method, authorizationType="NONE")
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/f/arn:aws:lambda:us-east-1:1:function:huiyuan-{stage}/invocations"
    apis.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    apis.create_deployment(restApiId=made, stageName=stage)
    return made


def stored() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every parameter of the stage with what it holds."""
    found = boto3.client("ssm").get_parameters_by_path(Path=f"/huiyuan/{STAGE}/", Recursive=True, WithDecryption=True)
    yield from ((each["Name"], json.loads(each["Value"])) for each in found["Parameters"])
