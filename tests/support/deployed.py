"""What was built for Lambda, run on this machine as Lambda runs it: each invocation in a clean interpreter that has
the package on its path, and of the virtual environment nothing but what the Lambda runtime itself brings."""

import base64
import importlib.util
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""boto3 and what it leans on: Lambda's Python runtime has them, in versions of its own."""
DRIVER = """
import importlib, json, sys
told = json.load(sys.stdin)
sys.path[:0] = told["path"]
out, sys.stdout = sys.stdout, sys.stderr

class Context:
    function_name = told["function"]
    memory_limit_in_mb = "256"
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    invoked_function_arn = ""
    def get_remaining_time_in_millis(self):
        return 25000

module, _, name = told["handler"].rpartition(".")
handler = getattr(importlib.import_module(module), name)
json.dump(handler(told["event"], Context()), out)
"""
"""Lambda's own bootstrap in ten lines; what is printed meanwhile is the function's log."""


@dataclass(frozen=True, slots=True)
class Invoked:
    """What an invocation gave back, and what it logged."""

    result: Any
    log: str
    code: int


@dataclass(frozen=True, slots=True)
class Package:
    """The unpacked package, and where the runtime's own libraries are."""

    task: Path
    runtime: Path

    def invoke(self, handler: str, event: Mapping[str, Any], *, function: str, environ: Mapping[str, str]) -> Invoked:
        told = {"path": [str(self.task), str(self.runtime)], "handler": handler, "event": event, "function": function}
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", DRIVER],
            input=json.dumps(told),
            env={**environ, "AWS_LAMBDA_FUNCTION_NAME": function},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Invoked(json.loads(done.stdout or "null"), done.stderr, done.returncode)


def unpacked(archive: Path, into: Path) -> Package:
    """The package as Lambda unpacks it, but for compiled libraries: those are arm64's, and most laptops and CI load
    others, so they are taken from the virtual environment, where the same versions are pinned."""
    task, runtime = into / "task", into / "runtime"
    runtime.mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(task)
        compiled = {name.split("/")[0] for name in packed.namelist() if name.endswith(".so")}
    for top in compiled:
        _remove(task / top)
        _take(top.split(".")[0], task)
    for name in RUNTIME:
        _take(name, runtime)
    return Package(task, runtime)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _take(module: str, into: Path) -> None:
    """A module or package of the virtual environment."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ImportError(f"{module} is not installed")
    source = Path(spec.origin)
    if spec.submodule_search_locations:
        shutil.copytree(source.parent, into / module, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, into / source.name)


@dataclass(frozen=True, slots=True)
class DeployedFunctions:
    """Lambda's client, whose `invoke` runs the deployed handler: moto would want a container for that."""

    client: Any
    package: Package
    environ: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def invoke(self, *, FunctionName: str, Payload: bytes = b"{}", **_more: str) -> Mapping[str, Any]:  # noqa: N803
        done = self.run(FunctionName, json.loads(Payload))
        answer = {"Payload": BytesIO(b"null"), "LogResult": base64.b64encode(done.log.encode()[-4096:]).decode()}
        return answer | ({"FunctionError": "Unhandled"} if done.code else {})

    def run(self, function: str, event: Mapping[str, Any]) -> Invoked:
        """With the handler and the environment that were deployed."""
        deployed = self.client.get_function_configuration(FunctionName=function)
        environ = {**self.environ, **deployed["Environment"]["Variables"]}
        return self.package.invoke(deployed["Handler"], event, function=function, environ=environ)

    def fetch(self, url: str) -> tuple[int, str]:
        """What API Gateway makes of a GET; implements `infra.stages.aws.Fetch`."""
        done = self.run(f"huiyuan-{self.environ['HUIYUAN_STAGE']}", http_event("GET", url))
        return int(done.result["statusCode"]), str(done.result["body"])


def http_event(method: str, url: str, *, body: str | None = None) -> dict[str, Any]:
    """An event of API Gateway's Lambda proxy; its own stage is the first part of an address."""
    split = urlsplit(url)
    query = parse_qs(split.query)
    stage, _, rest = split.path.removeprefix("/").partition("/")
    path = f"/{rest}"
    account = path.removeprefix("/wechat/") if path.startswith("/wechat/") else None
    return {
        "resource": "/wechat/{account}" if account else path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "text/xml"} if body else {"Accept": "*/*"},
        "multiValueHeaders": {"Content-Type": ["text/xml"]} if body else {"Accept": ["*/*"]},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"account": account} if account else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/wechat/{account}" if account else path,
            "httpMethod": method,
            "path": split.path,
            "stage": stage,
            "requestId": "00000000-0000-0000-0000-000000000001",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "Mozilla/4.0"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
