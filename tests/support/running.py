"""`make run`'s process, as a newcomer starts it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
READY_WITHIN = 60.0


@dataclass(frozen=True)
class Running:
    """The process and where it listens."""

    process: subprocess.Popen[str]
    app: str
    wechat: str
    aws: str

    def get(self, path: str) -> Any:
        return _json(requests.get(self.wechat + path, timeout=30))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return _json(requests.post(self.wechat + path, json=body or {}, timeout=60))

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C: exit code and what was printed."""
        self.process.send_signal(signal.SIGINT)
        output, _ = self.process.communicate(timeout=20)
        return self.process.returncode, output


@contextmanager
def make_run() -> Iterator[Running]:
    """Everything up, on free ports."""
    app, wechat, aws = free_ports(3)
    process = start({"HUIYUAN_APP_PORT": str(app), "HUIYUAN_WECHAT_PORT": str(wechat), "HUIYUAN_AWS_PORT": str(aws)})
    running = Running(process, *(f"http://127.0.0.1:{port}" for port in (app, wechat, aws)))
    try:
        _wait(running)
        yield running
    finally:
        process.kill()
        process.communicate()


def start(ports: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local"],
        cwd=ROOT,
        env={**os.environ, **ports},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait(running: Running) -> None:
    """Until the greeting with the addresses is printed."""
    until = monotonic() + READY_WITHIN
    assert running.process.stdout is not None
    lines: list[str] = []
    while monotonic() < until:
        line = running.process.stdout.readline()
        lines.append(line)
        if "Ctrl-C" in line:
            return
        if not line:
            sleep(0.1)
        assert running.process.poll() is None, "".join(lines)
    raise AssertionError("".join(lines))


def _json(answer: requests.Response) -> Any:
    assert answer.ok, answer.text
    return answer.json()
