"""What followers write: the message types of the official page on receiving messages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.wechat.fields import xml


@dataclass(frozen=True, slots=True)
class Text:
    content: str = xml("Content")
    menu_reply: str = xml("bizmsgmenuid")
    """Set when the follower tapped an item of a menu message; it then counts as a menu click, not as a message."""

    def __repr__(self) -> str:
        return f"Text({len(self.content)} characters)"


@dataclass(frozen=True, slots=True)
class Image:
    picture_url: str = xml("PicUrl")
    media_id: str = xml("MediaId")


@dataclass(frozen=True, slots=True)
class Voice:
    media_id: str = xml("MediaId")
    format: str = xml("Format")
    media_id_16k: str = xml("MediaId16K")
    recognition: str = xml("Recognition")
    """What WeChat understood; only where speech recognition is still enabled."""


@dataclass(frozen=True, slots=True)
class Video:
    """Also short videos."""

    media_id: str = xml("MediaId")
    thumb_media_id: str = xml("ThumbMediaId")


@dataclass(frozen=True, slots=True)
class Location:
    """A place that the follower sent. Not the LOCATION event."""

    latitude: float = xml("Location_X")
    longitude: float = xml("Location_Y")
    scale: int = xml("Scale")
    label: str = xml("Label")


@dataclass(frozen=True, slots=True)
class Link:
    title: str = xml("Title")
    description: str = xml("Description")
    url: str = xml("Url")


@dataclass(frozen=True, slots=True)
class MiniProgramPage:
    appid: str = xml("AppId")
    title: str = xml("Title")
    path: str = xml("PagePath")
    thumb_url: str = xml("ThumbUrl")
    thumb_media_id: str = xml("ThumbMediaId")


Message: TypeAlias = Text | Image | Voice | Video | Location | Link | MiniProgramPage

MESSAGES: dict[str, Callable[..., Message]] = {
    "text": Text,
    "image": Image,
    "voice": Voice,
    "video": Video,
    "shortvideo": Video,
    "location": Location,
    "link": Link,
    "miniprogrampage": MiniProgramPage,
}
