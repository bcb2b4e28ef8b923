"""`/connect/oauth2/authorize`: the page on which a follower lets the account know who they are."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from infra.local.wechat_simulator import oauth
from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.person import Person
from infra.local.wechat_simulator.refusal import Refused
from infra.local.wechat_simulator.simulator import Simulator

PATH = "/connect/oauth2/authorize"
ANSWERS = ("allow", "refuse", "snapshot")
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


def blueprint(simulator: Simulator) -> Blueprint:
    """Links, no forms: a browser would not let a form's answer lead to another site under this policy."""
    doors = Blueprint("authorize", __name__, template_folder="templates")

    @doors.get(PATH)
    def authorize() -> AnyResponse:
        query = request.args.to_dict()
        openid, answer = query.pop("openid", ""), query.pop("answer", "")
        try:
            state, question = oauth.question_from(simulator.world, query)
            person = _person(state, openid)
        except Refused as error:
            return _page("refused.html", error=error.message)
        if person is None:
            people = [one for one in tuple(state.people.values()) if not one.closed]
            links = [(one.name, _link(query, openid=one.openid)) for one in people]
            return _page("who.html", account=state.account, links=links)
        if question.needs_consent and not answer:
            links_by_answer = {name: _link(query, openid=openid, answer=name) for name in ANSWERS}
            return _page("consent.html", account=state.account, person=person, links=links_by_answer)
        return _answered(simulator, person, question, answer)

    return doors


def _answered(simulator: Simulator, person: Person, question: oauth.Question, answer: str) -> AnyResponse:
    if answer == "refuse":
        target = oauth.refuse(simulator.world, question)
        return redirect(target) if target else _page("refused.html", error="已拒绝授权，页面关闭了")
    snapshot = True if answer == "snapshot" else None
    return redirect(oauth.allow(simulator.world, person, question, snapshot=snapshot))


def _link(query: Mapping[str, str], **more: str) -> str:
    return f"{PATH}?{urlencode({**query, **more})}"


def _person(state: AccountState, openid: str) -> Person | None:
    """Whose phone this is; nobody's yet when the address does not say."""
    if not openid:
        return None
    person = state.people.get(openid)
    if person is None or person.closed:
        raise Refused("没有这个人")
    return person


def _page(name: str, **shown: object) -> Response:
    answer = make_response(render_template(name, **shown))
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer
