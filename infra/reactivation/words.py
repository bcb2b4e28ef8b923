"""What a report says in words: whether there is an effect, how large, and what the numbers cannot tell. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from infra.reactivation.counted import OBSERVED
from infra.reactivation.effect import Effect
from infra.reactivation.report import Report

ARM_NAMES: Mapping[str, str] = {"treatment": "提醒组", "control": "对照组"}
TESTS: Mapping[str, str] = {"score": "得分检验", "boschloo": "Boschloo 精确检验", "fisher": "Fisher 精确检验"}
NO_DIFFERENCE = "没有显著差异"
METHOD = (
    "按抽签分到的组比较，不论消息有没有送到；只看分组后 7 天内的事。",
    "差值的 95% 区间用 Miettinen–Nurminen 法；人少时改用精确检验，区间和检验都支持才算有差异。",
    "回来和取关各检验一次，每次有 5% 的机会误报。每天都看、一见显著就停，误报会多出几倍：请先定好时间段，到期看一次。",
)
LATER = (
    "到了这一级以后 7 天内回来的。能走到后面阶梯的，是前面没有回来的人：两组已不是抽签分出来的，只作参考，不作比较。"
)


class Outcome(NamedTuple):
    """What is compared, and what it is called when there is more of it, and less, among those spoken to."""

    title: str
    more: str
    less: str


RETURNS = Outcome("回来", "提醒有效果", "提醒组回来的反而更少")
LOSSES = Outcome("取关", "提醒让取关变多", "提醒组的取关更少")


def title(report: Report) -> str:
    """A peek is labelled wherever the report goes."""
    policy = report.asked.policy
    return f"{policy.account} 的 {policy.name} 效果{'（提前查看）' if report.left_out else ''}"


def unit(report: Report) -> str:
    return "人" if report.asked.by_person else "人次"


def verdict(outcome: Outcome, effect: Effect | None, report: Report) -> str:
    """Whether it makes a difference, in one line."""
    if effect is None:
        return "有一组没有人，分不清是提醒的作用，还是本来就会这样"
    if report.is_split_oddly:
        return "两组人数和抽签的比例对不上，不能比较，不下结论"
    if not effect.is_significant:
        return NO_DIFFERENCE
    if report.most_cycles > 1:
        return "按人次看有差异，但同一人可能算了几次：请加 --recount 按人确认"
    told = outcome.more if effect.difference > 0 else outcome.less
    return f"{told}（提前查看，不作数）" if report.left_out else told


def figures(effect: Effect, report: Report) -> Iterator[str]:
    """How large the difference is, and how sure."""
    each = unit(report)
    yield (
        f"每 1000 {each}相差 {of_thousand(effect.difference)}，"
        f"95% 区间 {of_thousand(effect.low)} 到 {of_thousand(effect.high)}"
    )
    disagrees = effect.leaves_out_nought and not effect.is_significant
    yield f"{chance(effect.p)}（{TESTS[effect.test]}{'，人太少，以它为准' if disagrees else ''}）"


def needed(report: Report) -> str:
    """How many must be spoken to for one more return; empty where that cannot be said."""
    of = report.returns.needed if report.returns and not report.is_split_oddly and report.most_cycles == 1 else None
    if of is None:
        return ""
    likely, fewest, most = of
    return f"每提醒约 {likely:,.0f} {unit(report)}，多唤回 1 {unit(report)}（95% 区间 {fewest:,.0f} 到 {most:,.0f}）"


def chance(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def notes(report: Report) -> Iterator[str]:
    """What must be known before the numbers are read."""
    if report.left_out:
        yield "提前查看：时间段还没结束，现在的结论不作数，到期再看一次"
        yield f"{_span(report.left_out)} 分组的还没满 {OBSERVED} 天，没有算进来"
    if report.unclosed:
        yield f"{len(report.unclosed)} 天还没结账或没有统计（{_span(report.unclosed)}），数字还会变"
    if not report.counted.is_whole:
        yield "有几天的项目太多，汇总里并掉了一部分，两组的数字不全：请加 --recount"
    if report.is_split_oddly:
        hold_out = report.asked.policy.hold_out
        yield f"对照组的人数和策略里的 {hold_out}% 对不上：可能中途改过比例，请换一个没有改过的时间段"
    if report.most_cycles > 1:
        yield f"同一人在这段时间里可能分组 {report.most_cycles} 次，这里按人次算，区间偏窄"
        yield "加 --recount 按人算，每人只算第一次"


def spending(report: Report) -> str:
    calls = f"占用发送额度 {report.calls:,} 次（群发按人数计，实际更少）"
    return f"{calls}；AWS 约 ${report.dollars:,.4f}（标价，见 docs/cost.md）"


def of_thousand(share: float) -> str:
    return f"{share * 1000:+.2f}".replace("-", "−")


def _span(days: tuple[str, ...]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} 至 {days[-1]}"
