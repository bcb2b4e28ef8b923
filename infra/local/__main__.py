"""`make run`: the whole system on localhost, until Ctrl-C."""

import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.demo.notice import Notice
    from infra.local.world import LocalWorld

LOG = Path("build/huiyuan.log")
VARIABLES = {"app": "HUIYUAN_APP_PORT", "wechat": "HUIYUAN_WECHAT_PORT", "aws": "HUIYUAN_AWS_PORT"}
DEFAULTS = {"app": 8000, "wechat": 8001, "aws": 8002}


def main() -> int:
    """Start, say where things are, wait. Returns the exit code."""
    stopped = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    ports = _ports(os.environ)
    if isinstance(ports, str):
        print(ports, file=sys.stderr)
        return 2
    print("会员系统正在启动……", flush=True)
    _quiet()
    from infra.local.demo.seeding import seed
    from infra.local.world import LocalWorld, Ports

    world = LocalWorld(Ports(**ports), seed=7)
    try:
        world.start()
        notice = seed(world)
        print(_hello(world, notice), flush=True)
        stopped.wait()
    finally:
        world.stop()
    print("已停止。")
    return 0


def _hello(world: "LocalWorld", notice: "Notice") -> str:
    app, wechat, aws = world.gateway.url, world.wechat.url, world.aws.url
    variables = " ".join(f"{name}={value}" for name, value in world.environment.items())
    return (
        f"\n  手机页面  {wechat}/\n  应用      {app}/wechat/demo   （健康检查 {app}/healthz）\n"
        f"  本地 AWS  {aws}/moto-api/\n  应用日志  {LOG}\n\n"
        f"以下命令请在另一个终端里、在这个目录下粘贴。\n\n"
        f"给第一位粉丝林小满发一条订单通知（粘贴几次，她也只收到一条）：\n{notice.as_shell(app, wechat)}\n"
        f"让那个终端里的运营命令 python -m infra.ops … --account demo 认得这里：\n\n"
        f"    . .venv/bin/activate\n    export {variables}\n\n按 Ctrl-C 停止。"
    )


def _ports(environ: Mapping[str, str]) -> dict[str, int] | str:
    """The three ports, or what is wrong with one of them in words for the operator."""
    ports: dict[str, int] = {}
    for name, variable in VARIABLES.items():
        text = environ.get(variable, str(DEFAULTS[name]))
        if not text.isdigit() or int(text) > 65535:
            return f"{variable}={text} 不是端口号（1–65535）。"
        ports[name] = int(text)
        if not _is_free(ports[name]):
            return f"端口 {text} 已被占用。请换一个端口：{variable}=新端口 make run"
    return ports


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _quiet() -> None:
    """The app's log goes to a file; the terminal stays readable."""
    os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
    LOG.parent.mkdir(exist_ok=True)
    from chalicelib.door import log

    for handler in log.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(LOG.open("a", encoding="utf-8"))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
