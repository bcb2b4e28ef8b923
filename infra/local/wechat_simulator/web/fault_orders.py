"""The shapes in which faults are ordered and shown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.local.wechat_simulator.faults import API_FAULTS, CALLBACK_FAULTS, PAY_FAULTS, Fault
from infra.local.wechat_simulator.refusal import Refused

EVERY_PATH = "*"


def orders_in(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """
    One fault `{"kind": …}`, several `{"faults": […]}`, or by what they strike:
    `{"callback": {kind: settings}, "api": {path: settings}}`, where the path "*" is all of them.
    """
    if "callback" not in body and "api" not in body:
        listed = body.get("faults", [body])
        return [dict(_object(one)) for one in listed] if isinstance(listed, list) else [_object(listed)]
    orders = [{**_object(how), "kind": kind} for kind, how in _object(body.get("callback", {})).items()]
    return orders + [_api_order(path, _object(how)) for path, how in _object(body.get("api", {})).items()]


def shown(faults: Sequence[Fault]) -> dict[str, Any]:
    """All that wait, as a list and by what they strike; and the kinds there are."""
    return {
        "faults": [fault.as_json() for fault in faults],
        "callback": {one.kind: one.as_json() for one in faults if one.kind in CALLBACK_FAULTS},
        "api": dict(_by_path(faults)),
        "pay": {one.kind: one.as_json() for one in faults if one.kind in PAY_FAULTS},
        "kinds": {"callback": CALLBACK_FAULTS, "api": API_FAULTS, "pay": PAY_FAULTS},
    }


def _by_path(faults: Sequence[Fault]) -> Iterator[tuple[str, dict[str, object]]]:
    for one in faults:
        if one.kind in API_FAULTS:
            yield one.path or EVERY_PATH, one.as_json()


def _api_order(path: str, how: Mapping[str, Any]) -> dict[str, Any]:
    kind = how.get("kind") or ("api_status" if "status" in how else "api_errcode")
    return {**how, "kind": kind, "path": "" if path == EVERY_PATH else path}


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused("故障应为 JSON 对象")
    return value
