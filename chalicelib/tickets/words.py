"""What a message says, as an operator reads it in a ticket. Pure."""

from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.messages import Image, Link, Location, MiniProgramPage, Text, Video, Voice

LONGEST = 2_000
"""Characters; a text has at most 2,048 bytes, but links and labels have no bound of their own."""


def words_of(event: Inbound) -> str:
    """Pictures and the like can be looked at by their address or their media id, while WeChat keeps them (3 days)."""
    return _told(event).strip()[:LONGEST]


def _told(event: Inbound) -> str:
    match event.body:
        case Text(content=content):
            return content
        case Image(picture_url=url):
            return f"[图片] {url}"
        case Voice(recognition=recognition, media_id=media_id):
            return recognition or f"[语音] {media_id}"
        case Video(media_id=media_id):
            return f"[视频] {media_id}"
        case Location() as place:
            return f"[位置] {place.label}（{place.latitude}, {place.longitude}）"
        case Link() as link:
            return f"[链接] {link.title} {link.url}"
        case MiniProgramPage(title=title):
            return f"[小程序] {title}"
        case _:
            return ""
