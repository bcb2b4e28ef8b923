"""What a person does in WeChat: each act changes the world and may give something to push."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from infra.local.wechat_simulator import markup, windows
from infra.local.wechat_simulator.account import LETTERS_AND_DIGITS, letters
from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.media import KEPT_DAYS, SAMPLES, Media
from infra.local.wechat_simulator.menus import PLATFORMS
from infra.local.wechat_simulator.pay.notice import Notice
from infra.local.wechat_simulator.person import Message, Person
from infra.local.wechat_simulator.push import Push, push_of
from infra.local.wechat_simulator.refusal import Refused
from infra.local.wechat_simulator.world import World

Fields = dict[str, markup.Value]
Happening = Push | Notice | Mapping[str, str] | None
"""What an act leads to: a push, a notice of WeChat Pay, or something to tell whoever made the person act."""
Act = Callable[[World, Person, Arguments], Happening]


def say(world: World, person: Person, given: Arguments) -> Push:
    words = given.words("text")
    return message(world, person, "text", {"Content": words}, {"type": "text", "text": words})


def menu_reply(world: World, person: Person, given: Arguments) -> Push:
    """A tap on an item of a msgmenu message arrives as a text with `bizmsgmenuid`."""
    words = given.words("content")
    fields: Fields = {"Content": words, "bizmsgmenuid": given.words("id")}
    return message(world, person, "text", fields, {"type": "text", "text": words})


def image(world: World, person: Person, given: Arguments) -> Push:
    fields: Fields = {
        "PicUrl": given.text("url", "http://mmbiz.qpic.cn/simulated/0"),
        "MediaId": _media(world, person, given, "image"),
    }
    return message(world, person, "image", fields, {"type": "image", "url": given.text("url", "")})


def voice(world: World, person: Person, given: Arguments) -> Push:
    media_id, media_id_16k = (_media(world, person, given, "voice") for _ in range(2))
    fields: Fields = {"MediaId": media_id, "Format": "amr", "MediaId16K": media_id_16k}
    if recognition := given.text("recognition", ""):
        fields["Recognition"] = recognition
    return message(world, person, "voice", fields, {"type": "voice", "text": recognition})


def video(world: World, person: Person, given: Arguments) -> Push:
    kind = "shortvideo" if given.flag("short", False) else "video"
    media_id, thumb_id = (_media(world, person, given, part) for part in ("video", "thumb"))
    fields: Fields = {"MediaId": media_id, "ThumbMediaId": thumb_id}
    return message(world, person, kind, fields, {"type": "video"})


def link(world: World, person: Person, given: Arguments) -> Push:
    title, url = given.text("title", "分享的链接"), given.text("url", "https://example.com/")
    fields: Fields = {"Title": title, "Description": given.text("description", ""), "Url": url}
    return message(world, person, "link", fields, {"type": "link", "title": title, "url": url})


def location(world: World, person: Person, given: Arguments) -> Push:
    """A location message, or with `report` the LOCATION event of someone who lets the account know."""
    lat, lng = given.number("lat"), given.number("lng")
    if not (-90 <= lat <= 90 and -180 <= lng <= 180):
        raise Refused("经纬度超出范围")
    if given.flag("report", False):
        report: Fields = {"Latitude": lat, "Longitude": lng, "Precision": given.number("precision", 40.0)}
        return event(world, person, "LOCATION", report, "上报地理位置")
    label = given.text("label", "")
    fields: Fields = {"Location_X": lat, "Location_Y": lng, "Scale": 15, "Label": label}
    return message(world, person, "location", fields, {"type": "location", "lat": lat, "lng": lng, "label": label})


def follow(world: World, person: Person, given: Arguments) -> Push:
    if person.following:
        raise Refused("已经关注了")
    return _subscribe(world, person, given.text("scene", ""))


def unfollow(world: World, person: Person, _given: Arguments) -> Push:
    _need_following(person)
    state = world.account(person.account)
    person.following, person.window, state.roster = False, None, None
    if world.switches.unfollow_clears_tags:
        person.tags, person.remark = [], ""
    fields: Fields = {"EventKey": ""} if world.switches.empty_event_key else {}
    return event(world, person, "unsubscribe", fields, "取消关注")


def scan(world: World, person: Person, given: Arguments) -> Push | None:
    """Someone new follows with the scene; a follower only scans. An expired code carries no scene."""
    scene = given.words("scene")
    code = world.account(person.account).qrcode_of(scene, world.now())
    if code and not code.is_live(world.now()) and not world.switches.expired_qr_keeps_scene:
        scene = ""
    if not person.following:
        return _subscribe(world, person, scene)
    if not scene:
        world.show(person, "system", {"type": "event", "event": "SCAN", "text": "二维码已过期"})
        return None
    ticket = code.ticket if code else _ticket(world)
    return event(world, person, "SCAN", {"EventKey": scene, "Ticket": ticket}, f"扫描二维码 {scene}")


def click(world: World, person: Person, given: Arguments) -> Push:
    key = given.words("key")
    name = _button_name(world, person, "key", key) or key
    return event(world, person, "CLICK", {"EventKey": key}, f"点击菜单：{name}", side="follower")


def view(world: World, person: Person, given: Arguments) -> Push:
    url = given.words("url")
    name = _button_name(world, person, "url", url) or url
    _, menu_id = world.account(person.account).menu_of(person)
    fields: Fields = {"EventKey": url, "MenuId": menu_id}
    return event(world, person, "VIEW", fields, f"打开链接：{name}", side="follower")


def receive_off(_world: World, person: Person, given: Arguments) -> None:
    """The person mutes the account's notices, or lets them through again."""
    person.receive_off = given.flag("on", True)


def blacklist(_world: World, person: Person, given: Arguments) -> None:
    person.blacklisted = given.flag("on", True)


def minor(_world: World, person: Person, given: Arguments) -> None:
    person.minor = given.flag("on", True)


def platform(_world: World, person: Person, given: Arguments) -> None:
    """Which phone the person has, as conditional menus count them: 1 iOS, 2 Android, 3 others."""
    chosen = given.text("type")
    if chosen not in PLATFORMS:
        raise Refused("type 只能是 1（iOS）、2（Android）或 3（其他）")
    person.platform = chosen


def message(world: World, person: Person, kind: str, fields: Fields, shown: Message) -> Push:
    """Send a message: it opens a window and stands in the chat on the follower's side."""
    _need_following(person)
    _open_window(world, person, windows.trigger_of(kind, "", is_menu_tap="bizmsgmenuid" in fields))
    person.last_message_at = world.now()
    world.show(person, "follower", shown)
    head = header(world, person, kind)
    title = str(fields.get("Content", ""))[:40]
    return push_of(
        person.account,
        {**head, **fields, "MsgId": world.new_message_id()},
        openid=person.openid,
        title=f"{kind} {title}",
    )


def event(world: World, person: Person, name: str, fields: Fields, words: str, *, side: str = "system") -> Push:
    """Do something that WeChat reports as an event."""
    if name in ("SCAN", "CLICK", "VIEW", "LOCATION"):
        _need_following(person)
    if person.following:
        _open_window(world, person, windows.trigger_of("event", name, is_menu_tap=False))
    world.show(person, side, {"type": "event", "event": name, "text": words})
    head = header(world, person, "event")
    return push_of(person.account, {**head, "Event": name, **fields}, openid=person.openid, title=f"event {name}")


def header(world: World, person: Person, kind: str) -> Fields:
    return {
        "ToUserName": world.account(person.account).account.gh_id,
        "FromUserName": person.openid,
        "CreateTime": int(world.now().timestamp()),
        "MsgType": kind,
    }


def _subscribe(world: World, person: Person, scene: str) -> Push:
    state = world.account(person.account)
    code = state.qrcode_of(scene, world.now()) if scene else None
    person.following, person.subscribed_at, person.scene = True, world.now(), scene
    person.subscribe_scene = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
    state.roster = None
    fields: Fields = {"EventKey": ""} if world.switches.empty_event_key else {}
    if scene:
        fields = {"EventKey": f"qrscene_{scene}", "Ticket": code.ticket if code else _ticket(world)}
    return event(world, person, "subscribe", fields, "关注了公众号")


def _open_window(world: World, person: Person, kind: str | None) -> None:
    if kind:
        person.window = windows.opened(person.window, kind, now=world.now(), switches=world.switches)


def _need_following(person: Person) -> None:
    if not person.following:
        raise Refused("还没有关注这个公众号")


def _ticket(world: World) -> str:
    return "gQ" + letters(world.random, 94)


def _media(world: World, person: Person, given: Arguments, kind: str) -> str:
    """The id of what the person sent. The account can fetch it for three days, as any temporary file."""
    if media_id := given.text("media_id", ""):
        return media_id
    media_id, now = letters(world.random, 64, LETTERS_AND_DIGITS + "-_"), world.now()
    media = Media(media_id, kind, SAMPLES[kind], now, now + timedelta(days=KEPT_DAYS))
    world.account(person.account).media.add(media)
    return media_id


def _button_name(world: World, person: Person, field: str, value: str) -> str:
    buttons, _ = world.account(person.account).menu_of(person)
    for button in buttons:
        for one in (button, *_sub_buttons(button)):
            if one.get(field) == value:
                return str(one.get("name", ""))
    return ""


def _sub_buttons(button: Mapping[str, object]) -> list[dict[str, object]]:
    listed = button.get("sub_button")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


ACTS: dict[str, Act] = {
    "say": say,
    "menu_reply": menu_reply,
    "image": image,
    "voice": voice,
    "video": video,
    "link": link,
    "location": location,
    "follow": follow,
    "unfollow": unfollow,
    "scan": scan,
    "click": click,
    "view": view,
    "receive_off": receive_off,
    "blacklist": blacklist,
    "minor": minor,
    "platform": platform,
}
