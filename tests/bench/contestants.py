"""Who answers a message: our handler, and the servers of others that only echo it. Each serves what lies ready."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask import request as asked
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

import app as entry
from chalicelib.callbacks import edge
from infra.local import lambdas
from infra.local.wechat_simulator import Account
from infra.local.wechat_simulator.parcel import Parcel
from tests.bench.shop import ACCOUNT, Serve, request

PATH = f"/wechat/{ACCOUNT}"


@dataclass(frozen=True, slots=True)
class Contestant:
    """`prepare` does what the server around it would do; only what it returns is measured."""

    name: str
    prepare: Callable[[Parcel], Serve]


def our_edge() -> Contestant:
    def prepare(parcel: Parcel) -> Serve:
        ready = request(parcel)
        return lambda: edge.receive(ready).body

    return Contestant("Huiyuan, from request to reply (`edge.receive`)", prepare)


def our_lambda() -> Contestant:
    """The function as Lambda calls it, with API Gateway's event and Chalice's routing."""

    def prepare(parcel: Parcel) -> Serve:
        event, context = _gateway_event(parcel), lambdas.context("api_handler", seconds=10)
        return lambda: str(entry.app(event, context)["body"])

    return Contestant("Huiyuan, the whole Lambda (Chalice around it)", prepare)


def flask_and_wechatpy(account: Account) -> Contestant:
    """The echo of wechatpy's own example, but for the crypto object, which is built once."""
    server = Flask("echo")
    crypto = WeChatCrypto(account.token, account.aes_key, account.appid)

    @server.post(PATH)
    def echo() -> str:
        query = asked.args
        stamp, nonce = query["timestamp"], query["nonce"]
        check_signature(account.token, query["signature"], stamp, nonce)
        message = parse_message(crypto.decrypt_message(asked.data, query["msg_signature"], stamp, nonce))
        return str(crypto.encrypt_message(create_reply(message.content, message).render(), nonce, stamp))

    return Contestant("Flask + wechatpy, bare echo", _behind_wsgi(server.wsgi_app, PATH))


def werobot(account: Account, *, session: Path | None) -> Contestant | None:
    """WeRoBot echoing, without a session store or with its default one; None where it is not installed."""
    if find_spec("werobot") is None:
        return None
    robot = import_module("werobot").WeRoBot(
        token=account.token, encoding_aes_key=account.aes_key, app_id=account.appid
    )
    storage = import_module("werobot.session.sqlitestorage").SQLiteStorage
    robot.config["SESSION_STORAGE"] = storage(str(session)) if session else False
    robot.text(lambda message: message.content)
    name = f"WeRoBot, bare echo {'with its SQLite session' if session else 'without session'}"
    return Contestant(name, _behind_wsgi(robot.wsgi, "/"))


def _behind_wsgi(server: Callable[..., Any], path: str) -> Callable[[Parcel], Serve]:
    def prepare(parcel: Parcel) -> Serve:
        environ = _environ(parcel, path)
        return lambda: b"".join(server(environ, _check_status)).decode()

    return prepare


def _check_status(status: str, *_headers: object) -> None:
    if not status.startswith("200"):
        raise RuntimeError(f"a delivery was answered with {status}")


def _environ(parcel: Parcel, path: str) -> dict[str, Any]:
    """What a WSGI server hands over."""
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(parcel.query),
        "CONTENT_TYPE": "text/xml",
        "CONTENT_LENGTH": str(len(parcel.body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(parcel.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _gateway_event(parcel: Parcel) -> dict[str, Any]:
    """API Gateway's event of a REST API with proxy integration."""
    headers = {**parcel.headers, "Host": "api.invalid"}
    return {
        "resource": "/wechat/{account}",
        "path": PATH,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(parcel.query),
        "multiValueQueryStringParameters": {name: [value] for name, value in parcel.query.items()},
        "pathParameters": {"account": ACCOUNT},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": "/wechat/{account}",
            "path": f"/api{PATH}",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": parcel.body.decode(),
        "isBase64Encoded": False,
    }
