"""The control API under /sim: clock, faults, switches and the wire log."""

from datetime import datetime

from flask import Blueprint, Response, jsonify, request

from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.refusal import Refused
from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.switches import reasons
from infra.local.wechat_simulator.web.bodies import json_object, whole_number
from infra.local.wechat_simulator.web.fault_orders import orders_in, shown

FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_STEP_SECONDS = 10 * 365 * 86_400


def add_doors(doors: Blueprint, simulator: Simulator) -> None:
    _add_clock(doors, simulator)
    _add_faults(doors, simulator)
    _add_switches_and_log(doors, simulator)


def _add_clock(doors: Blueprint, simulator: Simulator) -> None:
    @doors.get("/clock")
    def clock() -> Response:
        return _clock(simulator)

    @doors.post("/clock")
    def move_clock() -> Response:
        given = Arguments(json_object())
        if "set" in given.given:
            simulator.clock.set(_instant(given.text("set")))
        else:
            step = given.number("advance_seconds")
            if not 0 <= step <= LONGEST_STEP_SECONDS:
                raise Refused("advance_seconds 应在 0 秒到十年之间")
            simulator.clock.advance(step)
        return _clock(simulator)


def _add_faults(doors: Blueprint, simulator: Simulator) -> None:
    @doors.get("/faults")
    def faults() -> Response:
        return _faults(simulator)

    @doors.post("/faults")
    def add_faults() -> Response:
        for order in orders_in(json_object()):
            simulator.add_fault(str(order.pop("kind", "")), **order)
        return _faults(simulator)

    @doors.delete("/faults")
    def clear_faults() -> Response:
        simulator.clear_faults()
        return _faults(simulator)


def _add_switches_and_log(doors: Blueprint, simulator: Simulator) -> None:
    @doors.get("/switches")
    def switches() -> Response:
        return jsonify(switches=simulator.switches.as_json(), why=reasons())

    @doors.post("/switches")
    def set_switches() -> Response:
        simulator.set_switches(**json_object())
        return switches()

    @doors.get("/log")
    def log() -> Response:
        after = whole_number("after")
        entries = simulator.log.entries(after=after, account=request.args.get("account", ""))
        return jsonify(entries=entries, last=simulator.log.last)


def _clock(simulator: Simulator) -> Response:
    return jsonify(now=simulator.clock.now().isoformat(), offset_seconds=simulator.clock.offset_seconds)


def _faults(simulator: Simulator) -> Response:
    return jsonify(shown(simulator.faults()))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("set 应为 ISO 时间，例如 2026-01-31T09:00:00+08:00") from error
    if instant.tzinfo is None:
        raise Refused("set 应带时区，例如 2026-01-31T09:00:00+08:00")
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise Refused(f"set 应在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间")
    return instant
