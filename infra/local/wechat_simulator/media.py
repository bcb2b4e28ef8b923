"""Pictures, voices and videos that WeChat keeps for an account (official docs, temporary and permanent material)."""

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
MEGABYTE = 1024 * 1024
KEPT_DAYS = 3
CONTENT_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".amr": "audio/amr",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes

    @property
    def ending(self) -> str:
        """Of the name, in small letters with its dot: all that this simulator goes by."""
        return PurePath(self.name).suffix.lower()


SAMPLES = {
    "image": Upload("photo.png", base64.b64decode(PIXEL)),
    "voice": Upload("voice.amr", b"#!AMR\n"),
    "video": Upload("video.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
    "thumb": Upload("thumb.png", base64.b64decode(PIXEL)),
}
"""What stands for the files that people send."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What WeChat takes as a kind of media; `size_code` is the errcode of that kind's own."""

    endings: tuple[str, ...]
    most_bytes: int
    size_code: int


RULES = {
    "image": Rule((".jpg", ".jpeg", ".png", ".gif"), 10 * MEGABYTE, 40009),
    "voice": Rule((".amr", ".mp3"), 2 * MEGABYTE, 40010),
    "video": Rule((".mp4",), 10 * MEGABYTE, 40011),
    "thumb": Rule((".jpg", ".jpeg"), 64 * 1024, 40012),
}
IMAGE_FOR_ARTICLES = Rule((".jpg", ".jpeg", ".png"), MEGABYTE, 40009)


@dataclass(frozen=True, slots=True)
class Media:
    """A stored file. `expires_at` is None for permanent material."""

    media_id: str
    kind: str
    file: Upload
    created_at: datetime
    expires_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES.get(self.file.ending, "application/octet-stream")


class MediaStore:
    """An account's media. What has expired is thrown away when something new comes."""

    def __init__(self) -> None:
        self._kept: dict[str, Media] = {}

    def add(self, media: Media) -> None:
        self._kept = {name: one for name, one in self._kept.items() if one.is_live(media.created_at)}
        self._kept[media.media_id] = media

    def find(self, media_id: str, now: datetime) -> Media | None:
        media = self._kept.get(media_id)
        return media if media and media.is_live(now) else None

    def remove(self, media_id: str) -> None:
        del self._kept[media_id]

    def permanent(self) -> tuple[Media, ...]:
        return tuple(one for one in self._kept.values() if one.expires_at is None)
