"""What an operator hears of a stage that does not work, or will not go."""

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from infra import deploy, destroy
from infra.stages import aws as shell
from infra.stages import checks, record
from infra.stages.aws import Aws, of_this_shell
from tests.support.aws import aws
from tests.support.operator import an_api


@pytest.fixture(scope="module")
def empty() -> Iterator[Aws]:
    """An AWS account with nothing in it."""
    with aws(region="us-east-1"):
        yield of_this_shell()


def test_what_is_missing_or_does_not_answer_is_told_after_some_patience(empty: Aws) -> None:
    slept: list[float] = []
    silent = replace(empty, fetch=lambda _url: (0, ""))

    found = list(
        checks.check_stage(
            "dev", "https://x/dev/", sources={"work_do": "sqs", "tick": "schedule"}, aws=silent, sleep=slept.append
        )
    )

    assert [str(finding) for finding in found] == [
        "  ✗ 接口能访问：/healthz 回答了 （没有回答）",
        "  ✗ 队列唤醒 work_do：没有找到",
        "  ✗ 时钟唤醒 tick：没有找到",
    ]
    assert len(slept) == 2 * (checks.TRIES - 1)


def test_an_api_that_needs_a_moment_is_given_it(empty: Aws) -> None:
    answers = iter([(403, ""), (200, "ok")])
    waking = replace(empty, fetch=lambda _url: next(answers))

    (found,) = checks.check_stage("dev", "https://x/dev/", sources={}, aws=waking, sleep=lambda _seconds: None)

    assert str(found) == "  ✓ 接口能访问"


def test_a_rule_that_someone_has_switched_off_is_told(empty: Aws) -> None:
    boto3.client("events").put_rule(
        Name="huiyuan-off-tick-event", ScheduleExpression="rate(1 minute)", State="DISABLED"
    )
    well = replace(empty, fetch=lambda _url: (200, "ok"))

    _, found = checks.check_stage(
        "off", "https://x/off/", sources={"tick": "schedule"}, aws=well, sleep=lambda _seconds: None
    )

    assert str(found) == "  ✗ 时钟唤醒 tick：状态是 DISABLED"


def test_an_api_that_goes_while_one_looks_is_not_there(empty: Aws) -> None:
    apis = boto3.client("apigateway")
    made = an_api("gone")

    with Stubber(apis) as stubber:
        stubber.add_response("get_rest_apis", {"items": [{"id": made, "name": "huiyuan"}]})
        stubber.add_client_error("get_resources", "NotFoundException")
        assert record.address("gone", replace(empty, apis=apis)) == ""

    with Stubber(apis) as stubber:
        stubber.add_response("get_rest_apis", {"items": [{"id": made, "name": "huiyuan"}]})
        stubber.add_client_error("get_resources", "AccessDeniedException", "not authorized")
        with pytest.raises(ClientError, match="not authorized"):
            record.address("gone", replace(empty, apis=apis))


def test_the_names_of_china_end_in_cn() -> None:
    with aws(region="cn-north-1"):
        assert of_this_shell().domain == "amazonaws.com.cn"


@pytest.mark.parametrize(("path", "expected"), [("/ok", (200, "好")), ("/missing", (404, ""))])
def test_an_address_is_asked_over_http(path: str, expected: tuple[int, str]) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = Thread(target=server.handle_request)
    thread.start()

    assert shell.fetch(f"http://127.0.0.1:{server.server_port}{path}") == expected

    thread.join()
    server.server_close()
    assert shell.fetch(f"http://127.0.0.1:{server.server_port}{path}") == (0, "")


def test_the_time_of_this_machine_has_a_zone() -> None:
    assert shell.now().tzinfo is not None


def test_what_stops_a_deployment_is_told_with_how_to_go_on(
    empty: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    an_api("torn")
    an_api("torn")

    assert deploy.main(["--stage", "torn"], root=tmp_path, connect=lambda: empty) == 1

    assert "会从停下的地方继续" in capsys.readouterr().err


def test_a_stack_that_will_not_go_is_told_and_nothing_else_is_lost(
    empty: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudformation: Any = boto3.client("cloudformation")

    with Stubber(cloudformation) as stubber:
        stubber.add_response("describe_stacks", _stack("DELETE_FAILED"))
        stubber.add_response("delete_stack", {})
        stubber.add_response("describe_stacks", _stack("DELETE_FAILED"))
        stubber.add_response("describe_stack_events", {"StackEvents": [_event()]})
        stuck = replace(empty, cloudformation=cloudformation)
        code = destroy.main(["--stage", "dev"], root=tmp_path, connect=lambda: stuck, ask=lambda _question: "dev")

    assert code == 1
    assert "PrivateSubnet：still in use" in capsys.readouterr().err


def test_a_table_that_may_not_be_looked_at_is_not_taken_for_a_missing_one(empty: Aws) -> None:
    dynamodb: Any = boto3.client("dynamodb")

    with Stubber(dynamodb) as stubber:
        stubber.add_client_error("describe_table", "AccessDeniedException", "not authorized")
        with pytest.raises(ClientError, match="not authorized"):
            destroy.item_count("dev", replace(empty, dynamodb=dynamodb))


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ok" else 404)
        self.end_headers()
        self.wfile.write("好".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nobody reads it."""


def _stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackName": "huiyuan-dev", "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": status}]}


def _event() -> dict[str, Any]:
    return {
        "StackId": "huiyuan-dev",
        "EventId": "1",
        "StackName": "huiyuan-dev",
        "Timestamp": "2026-01-01T00:00:00Z",
        "LogicalResourceId": "PrivateSubnet",
        "ResourceStatus": "DELETE_FAILED",
        "ResourceStatusReason": "still in use",
    }
