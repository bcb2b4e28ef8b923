"""WeChat's own paths over HTTP, with answers that get lost when a fault says so."""

import socket
from collections.abc import Mapping

from flask import Blueprint, Response, request

from infra.local.wechat_simulator.api.wire import ApiAnswer
from infra.local.wechat_simulator.media import Upload
from infra.local.wechat_simulator.simulator import Simulator

LONGEST_SILENCE_SECONDS = 30.0
LARGEST_UPLOAD = 12_000_000
METHODS = ["GET", "POST"]


def blueprint(simulator: Simulator) -> Blueprint:
    doors = Blueprint("wechat", __name__)

    @doors.route("/cgi-bin/<path:_rest>", methods=METHODS)
    @doors.route("/wxaapi/<path:_rest>", methods=METHODS)
    @doors.route("/sns/<path:_rest>", methods=METHODS)
    @doors.route("/v3/<path:_rest>", methods=METHODS)
    def api(_rest: str) -> Response:
        request.max_content_length = LARGEST_UPLOAD
        answer = simulator.call(
            request.method,
            request.path,
            request.args.to_dict(),
            request.get_data(),
            ip=request.remote_addr or "",
            upload=_upload(),
            headers=dict(request.headers),
        )
        if answer.lost:
            _lose(simulator, answer, request.environ)
        headers = dict(answer.headers)
        return Response(answer.body, status=answer.status, headers=headers, content_type=answer.content_type)

    return doors


def _upload() -> Upload | None:
    """The form's file `media`."""
    file = request.files.get("media")
    return Upload(file.filename or "", file.read()) if file else None


def _lose(simulator: Simulator, answer: ApiAnswer, environ: Mapping[str, object]) -> None:
    """Wait when the caller shall run into its timeout, then cut the connection."""
    if answer.lost == "timeout":
        simulator.world.pause(answer.seconds or LONGEST_SILENCE_SECONDS)
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
