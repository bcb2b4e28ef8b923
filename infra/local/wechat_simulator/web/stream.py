"""`/sim/stream`: Server-Sent Events that say what changed."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response

from infra.local.wechat_simulator.simulator import Simulator

HEARTBEAT_SECONDS = 10.0


def blueprint(simulator: Simulator, *, heartbeat: float = HEARTBEAT_SECONDS) -> Blueprint:
    doors = Blueprint("stream", __name__)

    @doors.get("/sim/stream")
    def stream() -> Response:
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return Response(events(simulator, heartbeat), mimetype="text/event-stream", headers=headers)

    return doors


def events(simulator: Simulator, heartbeat: float) -> Iterator[str]:
    """First a comment, so that the listener knows it is connected; then changes as they come."""
    with simulator.world.changes.listening() as listener:
        yield ": connected\n\n"
        while not listener.is_closed:
            pending = listener.wait(heartbeat)
            yield f"data: {json.dumps(pending, ensure_ascii=False)}\n\n" if pending else ": heartbeat\n\n"
