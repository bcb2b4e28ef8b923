"""Who answers what: a table that one can read aloud."""

from datetime import datetime

from chalicelib.callbacks import human
from chalicelib.callbacks.commands import needs_table, on_click, on_media, on_text
from chalicelib.decision import Decision, Facts, Faq, Handler
from chalicelib.faq.answers import answer_for, as_reply
from chalicelib.members import authorizations
from chalicelib.members.handlers import (
    on_act,
    on_cancellation,
    on_scan,
    on_scan_by_menu,
    on_subscribe,
    on_unsubscribe,
)
from chalicelib.members.notices import on_sent
from chalicelib.members.subscriptions import on_change, on_popup
from chalicelib.push.handlers import on_template_finished
from chalicelib.push.mass_handlers import on_mass_finished
from chalicelib.wechat.inbound import Inbound, Unknown
from chalicelib.wechat.messages import Text, Voice
from chalicelib.wechat.reply import Reply

ROUTES: dict[str, Handler] = {
    "text": on_text,
    "image": on_media,
    "voice": on_media,
    "video": on_media,
    "shortvideo": on_media,
    "location": on_media,
    "link": on_media,
    "miniprogrampage": on_media,
    "event.subscribe": on_subscribe,
    "event.unsubscribe": on_unsubscribe,
    "event.scan": on_scan,
    "event.click": on_click,
    "event.view": on_act,
    "event.view_miniprogram": on_act,
    "event.scancode_push": on_act,
    "event.scancode_waitmsg": on_scan_by_menu,
    "event.pic_sysphoto": on_act,
    "event.pic_photo_or_album": on_act,
    "event.pic_weixin": on_act,
    "event.location_select": on_act,
    "event.subscribe_msg_popup_event": on_popup,
    "event.subscribe_msg_change_event": on_change,
    "event.subscribe_msg_sent_event": on_sent,
    "event.templatesendjobfinish": on_template_finished,
    "event.masssendjobfinish": on_mass_finished,
    "event.user_info_modified": authorizations.on_modified,
    "event.user_authorization_revoke": authorizations.on_revoked,
    "event.user_authorization_cancellation": on_cancellation,
    "event.kf_create_session": human.on_session_begins,
    "event.kf_switch_session": human.on_session_begins,
    "event.kf_close_session": human.on_session_ends,
}


def choose(event: Inbound) -> Handler:
    """The handler of an event; what has no business yet is journalled and answered with silence."""
    if isinstance(event.body, Voice) and event.body.recognition:
        return on_text
    return ROUTES.get(event.kind, stay_silent)


def stay_silent(event: Inbound, _facts: Facts) -> Decision:
    return Decision("unknown" if isinstance(event.body, Unknown) else "noted")


def answer_without_table(event: Inbound, faq: Faq | None, *, now: datetime) -> Reply | None:
    """What can be said to a text while nothing can be read or written: an entry's own words, or nothing. A command
    is not answered: WeChat comes again with it, and it may be honoured then."""
    if faq is None or not isinstance(event.body, Text) or needs_table(event.body.content):
        return None
    verdict = faq.search(event.body.content, now=now)
    if verdict.outcome != "answer" or verdict.entries[0].human:
        return None
    return as_reply(answer_for(verdict.entries[0], now=now), faq.release, now)
