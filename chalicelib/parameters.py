"""Secrets in the SSM Parameter Store."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Unavailable


class SsmParameters:
    """Implements `credentials.Parameters`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, name: str) -> str | None:
        try:
            answer = self._client.get_parameter(Name=name, WithDecryption=True)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise Unavailable(f"parameter {name} could not be read") from None
        except BotoCoreError:
            raise Unavailable(f"parameter {name} could not be read") from None
        return str(answer["Parameter"]["Value"])

    def list_names(self, path: str) -> tuple[str, ...]:
        """Names of the parameters right below a path, which ends with a slash. Values are not read."""
        pages = self._client.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=False)
        try:
            return tuple(parameter["Name"] for page in pages for parameter in page["Parameters"])
        except (BotoCoreError, ClientError):
            raise Unavailable(f"parameters below {path} could not be listed") from None
