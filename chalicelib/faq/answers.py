"""Which of an entry's answers a member gets, and as which reply. Pure: the same member and day, the same answer."""

import zlib
from datetime import datetime

from chalicelib.clock import SHANGHAI
from chalicelib.faq.words import filled
from chalicelib.store.release import Answer, FaqEntry, Release
from chalicelib.wechat import reply
from chalicelib.wechat.reply import Reply


def answer_for(entry: FaqEntry, *, scene: str = "", seed: str = "", now: datetime) -> Answer:
    """The answers of the member's channel take turns; without any, the general ones do, a new one each day."""
    choices = _in_channel(entry, scene) if scene else ()
    choices = choices or general_answers(entry) or (Answer(),)
    day = now.astimezone(SHANGHAI).toordinal()
    return choices[(zlib.crc32(f"{entry.entry_id}#{seed}".encode()) + day) % len(choices)]


def as_reply(answer: Answer, release: Release, now: datetime) -> Reply:
    """The answer as WeChat takes it, its placeholders filled."""
    match answer.kind:
        case "image":
            return Reply("image", media_id=answer.media_id)
        case "article":
            return Reply(
                "news",
                title=filled(answer.title, release, now),
                description=filled(answer.description, release, now),
                picture_url=answer.picture_url,
                url=answer.url,
            )
        case _:
            return reply.text(filled(answer.text, release, now))


def general_answers(entry: FaqEntry) -> tuple[Answer, ...]:
    plain = (Answer(text=entry.answer),) if entry.answer else ()
    return plain + _in_channel(entry, "")


def _in_channel(entry: FaqEntry, scene: str) -> tuple[Answer, ...]:
    return tuple(answer for answer in entry.answers if answer.channel == scene)
