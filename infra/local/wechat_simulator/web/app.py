"""The Flask application: its doors and how errors leave it."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request, send_from_directory
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from infra.local.wechat_simulator.refusal import Refused
from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.web import authorize, control, stream, wechat
from infra.local.wechat_simulator.web.bodies import LARGEST_BODY

log = logging.getLogger(__name__)
PAGE = Path(__file__).parent.parent / "page"


class ReadableJson(DefaultJSONProvider):
    """Chinese as it is, fields in the order in which they were given."""

    ensure_ascii = False
    sort_keys = False

    def dumps(self, obj: object, **settings: Any) -> str:
        """Half of a surrogate pair, which is no UTF-8, becomes a question mark."""
        return super().dumps(obj, **settings).encode("utf-8", "replace").decode()


def create_app(simulator: Simulator) -> Flask:
    app = Flask("wechat_simulator", static_folder=None)
    app.json = ReadableJson(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.register_blueprint(control.blueprint(simulator))
    app.register_blueprint(stream.blueprint(simulator))
    app.register_blueprint(wechat.blueprint(simulator))
    app.register_blueprint(authorize.blueprint(simulator))
    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/page/<path:name>", view_func=page_file)
    app.before_request(only_own_pages)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)
    return app


def only_own_pages() -> None:
    """A page of another site may not drive the simulator through the browser."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise Refused("不接受其他网站的请求", status=403)


def index() -> Response:
    return page_file("index.html")


def page_file(name: str) -> Response:
    answer = send_from_directory(PAGE, name)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _refused(error: Refused) -> tuple[Response, int]:
    return jsonify(error=error.message), error.status


def _http_error(error: HTTPException) -> tuple[Response, int]:
    said = {404: "没有这个地址", 405: "请求方法不对", 413: "请求太大"}
    code = error.code or 500
    return jsonify(error=said.get(code, "请求不对")), code


def _broken(error: Exception) -> tuple[Response, int]:
    log.error("simulator.broken", exc_info=error)
    return jsonify(error="模拟器内部出错"), 500
