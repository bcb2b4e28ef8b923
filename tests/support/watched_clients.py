"""Clients in memory that answer like boto3's, and one that writes down what others are asked."""

import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from chalicelib.errors import AppError
from infra.local import lambdas
from infra.local.memory.world import MemoryParameters, MemoryWorld

Call: TypeAlias = tuple[str, str, Mapping[str, Any]]
"""Service, operation, request."""
Note: TypeAlias = Callable[[str, str, Mapping[str, Any]], None]


class WatchedClient:
    """Passes every call on."""

    def __init__(self, client: Any, service: str, note: Note) -> None:
        self._client = client
        self._service = service
        self._note = note

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self._note(self._service, operation, request)
            return getattr(self._client, operation)(**request)

        return call

    def get_paginator(self, operation: str) -> "WatchedClient":
        return WatchedClient(_Pages(getattr(self._client, operation)), self._service, self._paginated(operation))

    def _paginated(self, operation: str) -> Note:
        return lambda service, _paginate, request: self._note(service, operation, request)


class _Pages:
    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def paginate(self, **request: Any) -> Iterator[Any]:
        yield self._call(**request)


class MemorySsm:
    """Answers like boto3's SSM client."""

    def __init__(self, parameters: MemoryParameters) -> None:
        self._parameters = parameters

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> Mapping[str, Any]:  # noqa: N803 - boto3's names
        value = self._parameters.get(Name)
        if value is None:
            raise ClientError({"Error": {"Code": "ParameterNotFound", "Message": ""}}, "GetParameter")
        return {"Parameter": {"Value": value}}

    def get_parameters_by_path(self, *, Path: str, WithDecryption: bool) -> Mapping[str, Any]:  # noqa: N803 - as above
        return {"Parameters": [{"Name": name} for name in self._parameters.list_names(Path)]}


class MemoryLambda:
    """Answers like boto3's Lambda client; there is one function to invoke, and it runs in a process of its own."""

    def __init__(self, world: MemoryWorld) -> None:
        self._world = world

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> Mapping[str, Any]:  # noqa: N803
        from chalicelib.tokens.entry import token_refresh

        assert (FunctionName.rsplit("-", 1)[-1], InvocationType) == ("token_refresh", "RequestResponse")
        try:
            with self._world.elsewhere():
                token_refresh(json.loads(Payload), lambdas.context("token_refresh", seconds=30))
        except AppError:
            return {"Payload": BytesIO(b"{}"), "FunctionError": "Unhandled"}
        return {"Payload": BytesIO(b"null")}
