"""Drafts and what was published of them (official docs, draft box and publishing)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ONGOING, DELETED = 1, 5
Article = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """Articles that nobody reads yet."""

    media_id: str
    articles: list[Article]
    updated_at: datetime


@dataclass(slots=True)
class Publication:
    """One submission of a draft. `outcome` is the publish_status that it has from `done_at` on: 0 for published."""

    publish_id: str
    article_id: str
    articles: list[Article]
    done_at: datetime
    outcome: int
    deleted: set[int] = field(default_factory=set)

    def status(self, now: datetime) -> int:
        if now < self.done_at:
            return ONGOING
        return DELETED if len(self.deleted) == len(self.articles) else self.outcome

    def is_public(self, now: datetime) -> bool:
        return now >= self.done_at and not self.outcome

    def is_listed(self, now: datetime) -> bool:
        return self.is_public(now) and len(self.deleted) < len(self.articles)

    def shown(self) -> list[Article]:
        """The articles as the API tells them."""
        numbered = enumerate(self.articles, start=1)
        return [{**one, "url": self.url(number), "is_deleted": number in self.deleted} for number, one in numbered]

    def url(self, number: int) -> str:
        return f"http://mp.weixin.qq.com/s?__biz=simulated&mid={self.publish_id}&idx={number}"

    def result(self) -> dict[str, Any]:
        """What `freepublish/get` and the finish event tell of the end: addresses, or which articles failed."""
        numbers = range(1, len(self.articles) + 1)
        if self.outcome:
            return {"fail_idx": list(numbers)}
        items = [{"idx": number, "article_url": self.url(number)} for number in numbers]
        return {"article_id": self.article_id, "article_detail": {"count": len(items), "item": items}}
