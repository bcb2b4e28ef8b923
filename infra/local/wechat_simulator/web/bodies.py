"""Reads what a control request brings."""

from typing import Any

from flask import request

from infra.local.wechat_simulator.refusal import Refused

LARGEST_BODY = 4_000_000
LONGEST_NUMBER = 18


def json_object() -> dict[str, Any]:
    """The JSON object of the request; an empty body is an empty object."""
    if not request.get_data(cache=True):
        return {}
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise Refused("请求正文应为 JSON 对象")
    return body


def whole_number(name: str) -> int:
    """A number of the query; 0 when it is not given."""
    value = request.args.get(name, "0")
    if not value.isdecimal() or len(value) > LONGEST_NUMBER:
        raise Refused(f"{name} 应为整数")
    return int(value)
