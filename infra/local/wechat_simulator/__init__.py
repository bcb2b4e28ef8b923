"""A WeChat server for one's own machine: it pushes to a callback URL and answers the platform's API."""

from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.clock import Clock
from infra.local.wechat_simulator.courier import (
    CallbackResponse,
    CallbackTimeout,
    CallbackUnreachable,
    Courier,
)
from infra.local.wechat_simulator.media import Upload
from infra.local.wechat_simulator.refusal import Refused
from infra.local.wechat_simulator.serving import Server, serve
from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.switches import Switches
from infra.local.wechat_simulator.verdict import Delivery, Outcome

__all__ = [
    "Account",
    "CallbackResponse",
    "CallbackTimeout",
    "CallbackUnreachable",
    "Clock",
    "Courier",
    "Delivery",
    "Outcome",
    "Refused",
    "Server",
    "Simulator",
    "Switches",
    "Upload",
    "serve",
]
