"""AWS on loopback: moto's server, and an environment in which nothing else is AWS."""

import logging
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.apigateway.models import APIGatewayBackend
from moto.core.config import default_user_config
from moto.server import ThreadedMotoServer

from infra.local.moto_alarms import know_alarms
from infra.local.moto_changes import know_change_sets

ACCOUNT_ID = "123456789012"


@contextmanager
def aws(*, region: str) -> Iterator[Mapping[str, str]]:
    """An empty AWS on a free port; yields the variables that lead there. They hold for this process meanwhile."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    know_alarms()
    know_change_sets()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = _variables(f"http://{host}:{port}", region)
    try:
        with pytest.MonkeyPatch.context() as environment, swagger_accepted():
            for name, value in variables.items():
                environment.setenv(name, value)
            environment.setattr(boto3, "DEFAULT_SESSION", None)
            environment.setitem(default_user_config["lambda"], "use_docker", False)  # else queues run containers
            urllib.request.urlopen(f"http://{host}:{port}/moto-api/reset", data=b"", timeout=5).close()
            yield variables
    finally:
        server.stop()


@contextmanager
def swagger_accepted() -> Iterator[None]:
    """AWS imports the Swagger 2.0 that Chalice writes; moto wants OpenAPI 3 with a description."""
    import_rest_api, put_rest_api = APIGatewayBackend.import_rest_api, APIGatewayBackend.put_rest_api

    def import_swagger(backend: APIGatewayBackend, api_doc: dict[str, Any], fail_on_warnings: bool) -> object:
        return import_rest_api(backend, _as_openapi(api_doc), fail_on_warnings)

    def put_swagger(backend: APIGatewayBackend, function_id: str, api_doc: dict[str, Any], **options: Any) -> object:
        return put_rest_api(backend, function_id, _as_openapi(api_doc), **options)

    with pytest.MonkeyPatch.context() as moto:
        moto.setattr(APIGatewayBackend, "import_rest_api", import_swagger)
        moto.setattr(APIGatewayBackend, "put_rest_api", put_swagger)
        yield


def _as_openapi(document: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in document.items() if name != "swagger"}
    return {**rest, "openapi": "3.0.1", "info": {"description": "", **document["info"]}}


def _variables(endpoint: str, region: str) -> Mapping[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_SESSION_TOKEN": "none",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
