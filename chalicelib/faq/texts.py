"""Every sentence of the FAQ's own that a follower may read. Answers and welcomes stand in the release."""

from collections.abc import Iterable

MISS = (
    "抱歉，这个问题我还答不上来 😥\n"
    "您可以换个说法再问一次，或回复“人工”，请客服同事帮您看看。"
)  # fmt: skip
NONE_OF_THEM = (
    "好的，看来我没有猜对您的意思。\n"
    "您可以换个说法再问一次，或回复“人工”，请客服同事帮您看看。"
)  # fmt: skip
NOTHING_TO_CHOOSE = (
    "现在没有等您选择的问题。\n"
    "请直接把想问的发给我，或回复“人工”，请客服同事帮您看看。"
)  # fmt: skip
FEEDBACK = "这个回答有帮助吗？"
HELPFUL, UNHELPFUL = "有帮助", "没帮助"
HELPED = "谢谢您的反馈，很高兴帮到您 😊"
DID_NOT_HELP = (
    "抱歉没能帮到您，您的反馈我们会用来改进回答。\n"
    "您可以换个说法再问一次，或回复“人工”，请客服同事帮您看看。"
)  # fmt: skip


def suggestions(titles: Iterable[str]) -> str:
    numbered = (f"{number}. {title}" for number, title in enumerate(titles, start=1))
    return "\n".join(("您是不是想问：", *numbered, "回复数字选择，或回复“都不是”。"))


def out_of_range(most: int) -> str:
    """A number was said that no suggestion has."""
    numbers = f"1 到 {most} 之间的数字" if most > 1 else "1"
    return f"没有这个选项。请回复 {numbers}，或回复“都不是”。"
