"""Every sentence of the FAQ's own that a follower may read. Answers and welcomes stand in the release."""

from collections.abc import Iterable
from datetime import datetime

MISS = (
    "抱歉，这个问题我还答不上来 😥\n"
    "您可以换个说法再问一次，或回复“人工”，请客服同事帮您看看。"
)  # fmt: skip
NONE_OF_THEM = (
    "好的，看来我没有猜对您的意思。\n"
    "您可以换个说法再问一次，或回复“人工”，请客服同事帮您看看。"
)  # fmt: skip


def suggestions(titles: Iterable[str]) -> str:
    numbered = (f"{number}. {title}" for number, title in enumerate(titles, start=1))
    return "\n".join(("您是不是想问：", *numbered, "回复数字选择，或回复“都不是”。"))


def closed(opening: datetime, now: datetime) -> str:
    """Human service is not there; `opening` is when it is next. Both in Asia/Shanghai."""
    day = "今天" if opening.date() == now.date() else "明天"
    return (
        f"现在不是人工客服的服务时间。\n"
        f"{day} {opening:%H:%M} 开始有客服值班，届时请再回复“人工”。\n"
        f"在那之前您可以直接把问题发给我，能答的我马上回答。"
    )
