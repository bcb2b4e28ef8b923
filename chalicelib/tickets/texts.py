"""What a ticket tells followers, and the staff."""

from datetime import datetime

LEAVE = "回复“退出人工”可以继续自助提问。"
STAFF = "有新的人工工单等待处理。"
ANSWER = "【客服回复】\n"


def opened(opening: datetime, now: datetime) -> str:
    """Nobody is there, and nothing is written yet."""
    return (
        f"现在不是人工客服的服务时间。\n"
        f"请直接把问题发给我，我会记下来，{when(opening, now)} 上班后由客服同事回复您。\n"
        f"{LEAVE}"
    )


def noted(opening: datetime, now: datetime) -> str:
    """What they wrote is kept."""
    return f"已记录，{when(opening, now)} 上班后由客服同事回复您。\n想补充什么，直接发给我就好；{LEAVE}"


def when(opening: datetime, now: datetime) -> str:
    """The next opening as one says it: ``明天 09:00``. `opening` is in Asia/Shanghai."""
    day = "今天" if opening.date() == now.astimezone(opening.tzinfo).date() else "明天"
    return f"{day} {opening:%H:%M}"
