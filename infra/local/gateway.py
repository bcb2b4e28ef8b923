"""HTTP in front of the app, through Chalice's own gateway, as API Gateway and Lambda would."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

from chalice.local import LocalGatewayException

from infra.local.environments import Environments

MOST_BYTES = 10 * 1024 * 1024
"""API Gateway's own limit for a payload."""


class Gateway:
    """The app's HTTP server."""

    def __init__(self, environments: Environments, *, port: int) -> None:
        handler = type("Handler", (_Handler,), {"environments": environments})
        self._server = _Server(("127.0.0.1", port), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, name="gateway", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    """Headers and body are two writes: the second would wait for an acknowledgement, 40 ms for nothing."""
    environments: ClassVar[Environments]

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            self._send(413, {}, b'{"message": "Request Too Long"}')
            return
        self._serve(self.rfile.read(int(length)))

    def _serve(self, body: bytes) -> None:
        # API Gateway hands a payload over as text; what is no UTF-8 it replaces.
        text: Any = body.decode("utf-8", "replace")
        try:
            with self.environments.one() as gateway:
                answer = gateway.handle_request(self.command, self.path, dict(self.headers), text)
        except LocalGatewayException as error:
            self._send(error.CODE, dict(error.headers), error.body or b"")
            return
        headers = answer["headers"] | answer.get("multiValueHeaders", {})
        self._send(answer["statusCode"], headers, str(answer["body"] or "").encode())

    def _send(self, status: int, headers: dict[str, Any], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """The app writes its own log."""
