"""`user/*` (official docs, user management; no nickname or avatar since 2021-12-27)."""

from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, parts, text
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.person import Person

BATCH = 100
REMARK_BYTES = 30


def info(call: Call) -> Json:
    if not call.query.get("openid"):
        raise ApiError(41009)
    return profile(call, call.person(call.query["openid"]))


def batch_info(call: Call) -> Json:
    wanted = parts(call.body, "user_list")
    if not 1 <= len(wanted) <= BATCH:
        raise ApiError(40032)
    return {"user_info_list": [profile(call, call.person(one.get("openid"))) for one in wanted]}


def followers(call: Call) -> Json:
    page = call.switches.user_get_page
    openids, total = call.state.followers_after(call.query.get("next_openid", ""), page)
    told: Json = {"total": total, "count": len(openids), "next_openid": ""}
    if openids:
        told["data"] = {"openid": openids}
        if len(openids) == page or call.switches.user_get_last_page == "last":
            told["next_openid"] = openids[-1]
    return told


def update_remark(call: Call) -> Json:
    person = call.person(text(call.body, "openid"))
    remark = text(call.body, "remark", default="")
    if not person.following:
        raise ApiError(43004)
    if len(remark.encode()) >= REMARK_BYTES:
        raise ApiError(40092)
    person.remark = remark
    return NOTHING_WRONG


def profile(call: Call, person: Person) -> Json:
    """What the platform tells of a follower; of anybody else only that they are none."""
    if not person.following or person.subscribed_at is None:
        return {"subscribe": 0, "openid": person.openid}
    scene = person.scene
    told: Json = {
        "subscribe": 1,
        "openid": person.openid,
        "language": "zh_CN",
        "subscribe_time": int(person.subscribed_at.timestamp()),
        "remark": person.remark,
        "groupid": person.tags[-1] if person.tags else 0,
        "tagid_list": list(person.tags),
        "subscribe_scene": person.subscribe_scene,
        "qr_scene": 0,
        "qr_scene_str": scene,
    }
    code = call.state.qrcode_of(scene, call.now) if scene else None
    if code and code.is_number:
        told |= {"qr_scene": int(scene), "qr_scene_str": ""}
    return told | ({"unionid": person.unionid} if person.unionid else {})


ENDPOINTS = {
    "/cgi-bin/user/info": Endpoint(info, needs_post=False),
    "/cgi-bin/user/info/batchget": Endpoint(batch_info),
    "/cgi-bin/user/get": Endpoint(followers, needs_post=False),
    "/cgi-bin/user/info/updateremark": Endpoint(update_remark),
}
