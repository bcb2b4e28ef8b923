"""`menu/*` and the two calls that read the account's settings (official docs, custom menus)."""

from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, parts
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json

NEEDED = {
    "click": ("key",),
    "view": ("url",),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
    "miniprogram": ("url", "appid", "pagepath"),
}
TOP, SUB = 0, 1
COUNT, TYPE, NAME, KEY, URL = (40016, 40023), (40017, 40024), (40018, 40025), (40019, 40026), (40020, 40027)
NAME_BYTES = (16, 60)
BUTTONS = (3, 5)
KEY_BYTES = 128
URL_BYTES = 1024


def create(call: Call) -> Json:
    buttons = parts(call.body, "button", code=40016)
    check(buttons)
    call.state.menu = buttons
    call.state.menu_id = call.state.new_menu_id()
    return NOTHING_WRONG


def get(call: Call) -> Json:
    if not call.state.menu:
        raise ApiError(46003)
    told: Json = {"menu": {"button": with_subs(call.state.menu), "menuid": call.state.menu_id}}
    if call.state.conditional_menus:
        told["conditionalmenu"] = [
            {"button": with_subs(one.buttons), "matchrule": dict(one.rule), "menuid": one.menu_id}
            for one in reversed(call.state.conditional_menus)
        ]
    return told


def delete(call: Call) -> Json:
    """The default menu, and with it all conditional ones."""
    call.state.menu, call.state.conditional_menus = [], []
    return NOTHING_WRONG


def selfmenu(call: Call) -> Json:
    buttons = [
        {**one, "sub_button": {"list": one["sub_button"]}} if one.get("sub_button") else one for one in call.state.menu
    ]
    return {"is_menu_open": int(bool(buttons)), "selfmenu_info": {"button": buttons}}


def autoreply(_call: Call) -> Json:
    """With a callback URL the console's automatic replies are off."""
    return {"is_add_friend_reply_open": 0, "is_autoreply_open": 0}


def with_subs(buttons: list[Json]) -> list[Json]:
    return [{**one, "sub_button": one.get("sub_button", [])} for one in buttons]


def check(buttons: list[Json]) -> None:
    """Raises ApiError for the first button that is none."""
    _check(buttons, TOP)


def _check(buttons: list[Json], level: int) -> None:
    if not 1 <= len(buttons) <= BUTTONS[level]:
        raise ApiError(COUNT[level])
    for button in buttons:
        if not _fits(button.get("name"), NAME_BYTES[level]):
            raise ApiError(NAME[level])
        if level == TOP and button.get("sub_button"):
            _check(parts(button, "sub_button", code=40023), SUB)
        else:
            _check_action(button, level)


def _check_action(button: Json, level: int) -> None:
    kind = button.get("type")
    needed = NEEDED.get(kind) if isinstance(kind, str) else None
    if needed is None:
        raise ApiError(TYPE[level])
    if "key" in needed and not _fits(button.get("key"), KEY_BYTES):
        raise ApiError(KEY[level])
    if "url" in needed and not _fits(button.get("url"), URL_BYTES):
        raise ApiError(URL[level])
    if not all(isinstance(button.get(name), str) and button[name] for name in needed):
        raise ApiError(40035)


def _fits(value: object, size: int) -> bool:
    return isinstance(value, str) and 1 <= len(value.encode()) <= size


ENDPOINTS = {
    "/cgi-bin/menu/create": Endpoint(create),
    "/cgi-bin/menu/get": Endpoint(get, needs_post=False),
    "/cgi-bin/menu/delete": Endpoint(delete, needs_post=False),
    "/cgi-bin/get_current_selfmenu_info": Endpoint(selfmenu, needs_post=False),
    "/cgi-bin/get_current_autoreply_info": Endpoint(autoreply, needs_post=False),
}
