"""An API call as it travels: the request, the answer, and what faults make of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.media import Upload

Json = dict[str, Any]
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to the API, without its transport. A form's file stands in `upload`."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ip: str = "127.0.0.1"
    upload: Upload | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """The answer. When it is `lost` ("timeout" or "reset") the caller gets none, after so many seconds."""

    body: bytes
    status: int = 200
    content_type: str = "application/json; encoding=utf-8"
    lost: str = ""
    seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body)


def before(faults: Mapping[str, Fault]) -> ApiAnswer | None:
    """The answer of a fault that strikes before the call is looked at."""
    for kind, lost in (("api_timeout_before", "timeout"), ("api_reset_before", "reset")):
        if fault := faults.get(kind):
            return ApiAnswer(b"", lost=lost, seconds=fault.seconds)
    if fault := faults.get("api_status"):
        return ApiAnswer(b"<html>Bad Gateway</html>", status=fault.status, content_type=HTML)
    if "api_not_json" in faults:
        return ApiAnswer(b"<html>busy</html>", content_type=HTML)
    return None


def lost_after(faults: Mapping[str, Fault]) -> tuple[str, float]:
    """How an answer gets lost after all was done, and after how many seconds; two blanks when it does not."""
    for kind, lost in (("api_timeout_after", "timeout"), ("api_reset_after", "reset")):
        if fault := faults.get(kind):
            return lost, fault.seconds
    return "", 0.0


def parse(raw: bytes) -> tuple[Json, int | None]:
    """The JSON object, or nothing and the errcode that says why."""
    if not raw:
        return {}, 44002
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return {}, 47001
    return (body, None) if isinstance(body, dict) else ({}, 47001)


def as_json(told: object) -> bytes:
    """Raw UTF-8 without blanks, as the platform writes it; half of a surrogate pair becomes a question mark."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
