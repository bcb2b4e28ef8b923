"""WeChat's users as a stand-in: it answers from what a test gave it."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from chalicelib.wechat.client import UserInfo, WechatClient

Answer: TypeAlias = UserInfo | BaseException | Callable[[], UserInfo]
"""What one question gets: an answer, an error, or an answer that something happens before."""


class KnownUsers(WechatClient):
    """Gives each answer in turn, the last one for ever."""

    def __init__(self, *answers: Answer, tags: Mapping[int, str] | None = None) -> None:
        self.answers = list(answers)
        self.tags = tags or {}
        self.asked: list[str] = []
        """The openids that were asked about, and `tags` for the names of the tags."""

    def user_info(self, openid: str) -> UserInfo:
        self.asked.append(openid)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, UserInfo) else answer()

    def tag_names(self) -> Mapping[int, str]:
        self.asked.append("tags")
        return self.tags
