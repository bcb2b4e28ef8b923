"""Secrets in the parameter store."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.errors import Unavailable
from chalicelib.parameters import SsmParameters

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

PATH = "/huiyuan/test/accounts/"


@pytest.fixture
def client() -> Iterator["SSMClient"]:
    with mock_aws():
        yield boto3.client("ssm", region_name="eu-central-1")


def test_a_secret_comes_decrypted(client: "SSMClient") -> None:
    client.put_parameter(Name=PATH + "shop", Value='{"appid": "x"}', Type="SecureString")

    assert SsmParameters(client).get(PATH + "shop") == '{"appid": "x"}'


def test_what_is_not_there_is_nothing(client: "SSMClient") -> None:
    assert SsmParameters(client).get(PATH + "nobody") is None


def test_names_are_listed_over_all_pages_and_no_deeper(client: "SSMClient") -> None:
    for number in range(23):
        client.put_parameter(Name=f"{PATH}shop-{number}", Value="x", Type="SecureString")
    client.put_parameter(Name=PATH + "deep/er", Value="x", Type="SecureString")
    client.put_parameter(Name="/huiyuan/test/secrets/shop", Value="x", Type="SecureString")

    assert sorted(SsmParameters(client).list_names(PATH)) == sorted(f"{PATH}shop-{number}" for number in range(23))


def test_no_names_are_an_empty_list(client: "SSMClient") -> None:
    assert SsmParameters(client).list_names(PATH) == ()


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "InternalServerError"])
def test_a_store_that_refuses_is_unavailable_and_says_which_parameter(client: "SSMClient", code: str) -> None:
    stub = Stubber(client)
    stub.add_client_error("get_parameter", code, "arn of someone")
    stub.add_client_error("get_parameters_by_path", code, "arn of someone")

    with stub:
        with pytest.raises(Unavailable, match=rf"^parameter {PATH}shop could not be read$") as reading:
            SsmParameters(client).get(PATH + "shop")
        with pytest.raises(Unavailable, match=rf"^parameters below {PATH} could not be listed$") as listing:
            SsmParameters(client).list_names(PATH)

    assert reading.value.__suppress_context__
    assert listing.value.__suppress_context__


def test_a_store_out_of_reach_is_unavailable() -> None:
    client: Any = boto3.client(
        "ssm",
        region_name="eu-central-1",
        endpoint_url=f"http://127.0.0.1:{a_free_port()}",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
        config=Config(connect_timeout=1, retries={"total_max_attempts": 1}),
    )

    with pytest.raises(Unavailable):
        SsmParameters(client).get(PATH + "shop")
    with pytest.raises(Unavailable):
        SsmParameters(client).list_names(PATH)


def a_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
