"""`python -m infra.local.wechat_simulator --callback URL`: the simulator on its own, with a made-up account."""

import argparse
from collections.abc import Callable, Sequence
from random import SystemRandom
from threading import Event

from infra.local.wechat_simulator import Account, Clock, Refused, Simulator, serve
from infra.local.wechat_simulator.account import generated


def main(arguments: Sequence[str] | None = None, *, wait: Callable[[], object] | None = None) -> int:
    """Serve until interrupted. 1 when the port is taken or the address makes no sense."""
    options = _options(arguments)
    simulator = Simulator(clock=Clock())
    try:
        account = generated(SystemRandom(), account=options.account, callback_url=options.callback, mode=options.mode)
        simulator.add_account(account)
        server = serve(simulator, port=options.port)
    except (OSError, Refused) as error:
        print(error)
        return 1
    _introduce(account, server.url)
    try:
        (wait or Event().wait)()
    except KeyboardInterrupt:
        print("再见")
    finally:
        server.close()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="wechat_simulator", description="A WeChat server for one's own machine")
    parser.add_argument("--callback", required=True, help="the callback URL, such as http://127.0.0.1:8000/wechat")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--account", default="demo")
    parser.add_argument("--mode", choices=("safe", "compatible", "plain"), default="safe")
    return parser.parse_args(arguments)


def _introduce(account: Account, url: str) -> None:
    print(f"微信模拟器：{url}/\nAPI 地址：  {url}/cgi-bin/…\n")
    for name in ("account", "appid", "secret", "token", "aes_key", "gh_id", "mode", "callback_url"):
        print(f"{name:>12}  {getattr(account, name)}")


if __name__ == "__main__":
    raise SystemExit(main())
