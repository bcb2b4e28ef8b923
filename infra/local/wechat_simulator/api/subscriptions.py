"""`message/subscribe/bizsend`: one accept, one send (official docs, subscription notifications)."""

from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, part, text
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.fields import check_data
from infra.local.wechat_simulator.api.templates import card, finish_later
from infra.local.wechat_simulator.api.wire import Json

DELIVERED, BLOCKED = (0, "success"), (1, "failed:user block")


def send(call: Call) -> Json:
    person = call.person(text(call.body, "touser", code=40003))
    template = call.state.subscriptions.get(text(call.body, "template_id", code=40037))
    if template is None:
        raise ApiError(40037)
    data = part(call.body, "data", code=47003)
    check_data(data, template.keywords, refuse_missing=True, refuse_long_thing=True)
    if person.credits.get(template.template_id, 0) < 1 or person.closed:
        raise ApiError(43101)
    if not template.is_long_term:
        person.credits[template.template_id] -= 1
    msgid = call.world.new_send_id()
    code, status = BLOCKED if person.receive_off else DELIVERED
    if not person.receive_off:
        call.world.show(person, "account", card(call, "subscribe", template, text(call.body, "page", default="")))
    result = {"TemplateId": template.template_id, "MsgID": msgid, "ErrorCode": code, "ErrorStatus": status}
    finish_later(call, person, "subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": result}})
    return {**NOTHING_WRONG, **({"msgid": msgid} if call.switches.bizsend_returns_msgid else {})}


ENDPOINTS = {"/cgi-bin/message/subscribe/bizsend": Endpoint(send)}
