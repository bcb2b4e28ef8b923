"""Runs the simulator over HTTP in a background thread, and delivers what is due."""

import errno
import socket
from threading import Thread

from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.timekeeper import Timekeeper

STOPS_WITHIN_SECONDS = 0.05


class Server:
    """A running simulator. `close` it when done."""

    def __init__(self, simulator: Simulator, listener: socket.socket, host: str) -> None:
        from infra.local.wechat_simulator.web.listener import http_server  # Flask is loaded only here

        self.simulator = simulator
        self.port: int = listener.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._http = http_server(simulator, listener, host)
        listener.close()
        serving = {"poll_interval": STOPS_WITHIN_SECONDS}
        self._thread = Thread(target=self._http.serve_forever, kwargs=serving, name="wechat-simulator", daemon=True)
        self._timekeeper = Timekeeper(simulator)
        self._thread.start()
        self._timekeeper.start()

    def close(self) -> None:
        """Stop taking requests and delivering. Streams end."""
        self._timekeeper.stop()
        self.simulator.world.changes.close()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)


def serve(simulator: Simulator, host: str = "127.0.0.1", port: int = 8001) -> Server:
    """Listen in a daemon thread. Port 0 takes any free one. Raises OSError when the port is taken."""
    return Server(simulator, bound(host, port), host)


def bound(host: str, port: int) -> socket.socket:
    """A listening socket. werkzeug would end the process when the port is taken; this raises OSError."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(errno.EADDRINUSE, f"端口 {port} 已被占用，微信模拟器无法启动") from error
        raise
    return listener
