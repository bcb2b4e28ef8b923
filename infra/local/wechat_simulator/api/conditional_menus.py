"""`menu/addconditional`, `delconditional` and `trymatch` (official docs, personalised menus)."""

import re
from collections.abc import Iterable, Iterator

from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, part, parts
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.menus import check, with_subs
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.menus import PLATFORM, PLATFORMS, TAG, ConditionalMenu

FOREIGN_HOSTS = 3
_HOST = re.compile(r"(?:\w+://)?([^/?#]*).*", re.DOTALL)


def add(call: Call) -> Json:
    state = call.state
    if not state.menu:
        raise ApiError(65303)
    if len(state.conditional_menus) >= call.switches.conditional_menu_limit:
        raise ApiError(65305)
    buttons = parts(call.body, "button", code=65307)
    check(buttons)
    rule = _rule(call)
    if len(_hosts([*(one.buttons for one in state.conditional_menus), buttons])) > FOREIGN_HOSTS:
        raise ApiError(65316)
    menu = ConditionalMenu(state.new_menu_id(), buttons, rule)
    state.conditional_menus.append(menu)
    return {"menuid": str(menu.menu_id)}


def delete(call: Call) -> Json:
    menus = call.state.conditional_menus
    wanted = str(call.body.get("menuid"))
    found = next((one for one in menus if str(one.menu_id) == wanted), None)
    if found is None:
        raise ApiError(65301)
    menus.remove(found)
    return NOTHING_WRONG


def try_match(call: Call) -> Json:
    """What a follower sees, by openid or by WeChat name."""
    wanted = call.body.get("user_id")
    followers = (one for one in call.state.people.values() if one.following)
    person = next((one for one in followers if wanted in (one.openid, one.name)), None)
    if person is None:
        raise ApiError(65302)
    buttons, _ = call.state.menu_of(person)
    return {"button": with_subs(buttons)}


def _rule(call: Call) -> dict[str, str]:
    """By tag and by kind of phone; sex, place and language are gone (65320)."""
    given = {name: str(value) for name, value in part(call.body, "matchrule", code=65304).items() if value != ""}
    if not given:
        raise ApiError(65304)
    if set(given) - {TAG, PLATFORM} or given.get(PLATFORM, PLATFORMS[0]) not in PLATFORMS:
        raise ApiError(65320)
    if TAG in given and given[TAG] not in {str(number) for number in call.state.tags}:
        raise ApiError(45159)
    return given


def _hosts(menus: Iterable[list[Json]]) -> set[str]:
    """The domains that the menus lead to."""
    return {_HOST.sub(r"\1", url) for buttons in menus for url in _urls(buttons)}


def _urls(buttons: Iterable[Json]) -> Iterator[str]:
    for button in buttons:
        yield from _urls(button.get("sub_button", []))
        if isinstance(button.get("url"), str):
            yield button["url"]


ENDPOINTS = {
    "/cgi-bin/menu/addconditional": Endpoint(add),
    "/cgi-bin/menu/delconditional": Endpoint(delete),
    "/cgi-bin/menu/trymatch": Endpoint(try_match),
}
