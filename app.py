"""The doors: routes and registered blueprints, nothing else."""

from chalice.app import Chalice, Response

from chalicelib.journal.entry import journal
from chalicelib.push.entry import push
from chalicelib.reactivation.entry import reactivation
from chalicelib.tokens.entry import tokens
from chalicelib.work.entry import work

app = Chalice(app_name="huiyuan", configure_logs=False)
app.register_blueprint(work)
app.register_blueprint(tokens)
app.register_blueprint(journal)
app.register_blueprint(push)
app.register_blueprint(reactivation)

XML = ["text/xml", "application/xml", "text/plain", "application/json"]
"""What a callback may call itself: WeChat writes text/xml, and Chalice reads a missing type as JSON."""


@app.route("/wechat/{account}", methods=["GET"], content_types=["*/*"])
def wechat_verify(account: str) -> Response:
    """WeChat checks the address: it wants its echostr back."""
    from chalicelib import web
    from chalicelib.callbacks import edge

    return web.serve(app, account, edge.verify)


@app.route("/wechat/{account}", methods=["POST"], content_types=XML)
def wechat_receive(account: str) -> Response:
    """WeChat delivers what a follower did."""
    from chalicelib import web
    from chalicelib.callbacks import edge

    return web.serve(app, account, edge.receive)


@app.route("/events/{account}", methods=["POST"], content_types=["application/json"])
def events_receive(account: str) -> Response:
    """Another system of the operator's asks that followers be told something."""
    from chalicelib import web
    from chalicelib.push import events

    return web.serve(app, account, events.receive)


@app.route("/healthz", methods=["GET"])
def healthz() -> Response:
    """Whether the function runs at all: touches nothing."""
    return Response("ok", headers={"Content-Type": "text/plain"})
