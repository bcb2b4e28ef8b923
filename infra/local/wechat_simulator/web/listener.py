"""werkzeug's server around the Flask application."""

import logging
import socket

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.web.app import create_app


class QuietHandler(WSGIRequestHandler):
    """The wire log tells more than an access log, so none is written."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def http_server(simulator: Simulator, listener: socket.socket, host: str) -> BaseWSGIServer:
    """Serves on the listening socket, one thread per connection."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    port = listener.getsockname()[1]
    app = create_app(simulator)
    return make_server(host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
