"""An account's own templates: category templates and subscription templates (official docs, template management)."""

from collections.abc import Sequence

from infra.local.wechat_simulator.account import LETTERS_AND_DIGITS, letters
from infra.local.wechat_simulator.account_state import Keyword, Template
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, text
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json

# The real library knows each keyword's type; here the words themselves tell it.
KIND_BY_WORD = (
    ("时间", "time"),
    ("日期", "date"),
    ("电话", "phone_number"),
    ("手机", "phone_number"),
    ("车牌", "car_number"),
    ("金额", "amount"),
    ("费用", "amount"),
    ("价格", "amount"),
    ("积分", "number"),
    ("数量", "number"),
    ("次数", "number"),
    ("姓名", "thing"),
    ("状态", "phrase"),
    ("号", "character_string"),
)
FIRST_NUMBERS = (2, 5)
SCENE_LENGTH = 15


def add(call: Call) -> Json:
    """By the numeric short id of the template library; any is taken. Keywords are named by the caller."""
    short = text(call.body, "template_id_short")
    names = call.body.get("keyword_name_list")
    if not isinstance(names, list) or not names or not all(isinstance(one, str) and one for one in names):
        raise ApiError(40246)
    if len(call.state.templates) >= call.switches.template_limit:
        raise ApiError(45026)
    template = Template(new_id(call), f"模板 {short}", keywords_of(names))
    call.state.templates[template.template_id] = template
    return {**NOTHING_WRONG, "template_id": template.template_id}


def listed(call: Call) -> Json:
    return {"template_list": [_told(one) for one in call.state.templates.values()]}


def delete(call: Call) -> Json:
    if call.state.templates.pop(text(call.body, "template_id"), None) is None:
        raise ApiError(40037)
    return NOTHING_WRONG


def add_subscription(call: Call) -> Json:
    """`tid` and the library's keyword numbers; the keywords get names by their numbers."""
    tid, numbers = call.body.get("tid"), call.body.get("kidList")
    if not isinstance(tid, str | int) or isinstance(tid, bool) or not tid:
        raise ApiError(200014)
    if not isinstance(numbers, list) or not FIRST_NUMBERS[0] <= len(numbers) <= FIRST_NUMBERS[1]:
        raise ApiError(200020)
    if not all(type(one) is int and one > 0 for one in numbers):
        raise ApiError(200020)
    if len(text(call.body, "sceneDesc", code=200021, default="")) > SCENE_LENGTH:
        raise ApiError(200021)
    if len(call.state.subscriptions) >= call.switches.subscribe_template_limit:
        raise ApiError(200012, "private template is full")
    keywords = tuple(Keyword(f"thing{one}", f"内容 {one}") for one in numbers)
    template = Template(new_id(call), f"订阅通知 {tid}", keywords)
    call.state.subscriptions[template.template_id] = template
    return {**NOTHING_WRONG, "priTmplId": template.template_id}


def list_subscriptions(call: Call) -> Json:
    return {**NOTHING_WRONG, "data": [_told_subscription(one) for one in call.state.subscriptions.values()]}


def delete_subscription(call: Call) -> Json:
    if call.state.subscriptions.pop(text(call.body, "priTmplId"), None) is None:
        raise ApiError(40037)
    return NOTHING_WRONG


def keywords_of(names: Sequence[str]) -> tuple[Keyword, ...]:
    return tuple(Keyword(f"{_kind(name)}{number}", name) for number, name in enumerate(names, start=1))


def new_id(call: Call) -> str:
    return letters(call.world.random, 43, LETTERS_AND_DIGITS + "-_")


def _kind(name: str) -> str:
    return next((kind for word, kind in KIND_BY_WORD if word in name), "thing")


def _told(one: Template) -> Json:
    kept = {"template_id": one.template_id, "title": one.title, "content": one.content}
    return {**kept, "example": "", "primary_industry": "", "deputy_industry": ""}


def _told_subscription(one: Template) -> Json:
    limited = [word for word in one.keywords if word.choices]
    choices = [{"keywordCode": f"{word.key}.DATA", "enumValueList": list(word.choices)} for word in limited]
    told: Json = {"priTmplId": one.template_id, "title": one.title, "content": one.content, "example": ""}
    return {**told, "type": 3 if one.is_long_term else 2, "keywordEnumValueList": choices}


ENDPOINTS = {
    "/cgi-bin/template/api_add_template": Endpoint(add),
    "/cgi-bin/template/get_all_private_template": Endpoint(listed, needs_post=False),
    "/cgi-bin/template/del_private_template": Endpoint(delete),
    "/wxaapi/newtmpl/addtemplate": Endpoint(add_subscription),
    "/wxaapi/newtmpl/gettemplate": Endpoint(list_subscriptions, needs_post=False),
    "/wxaapi/newtmpl/deltemplate": Endpoint(delete_subscription),
}
