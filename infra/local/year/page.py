"""Three years side by side, as one page that opens offline."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from chalicelib.sending.reasons import in_words
from infra.figures.pieces import TEMPLATE, card, headline, row
from infra.local.wechat_simulator.limits import DAILY_LIMITS
from infra.local.year.lines import Line, lines
from infra.local.year.outcome import Outcome

TITLES: Mapping[str, str] = {"policies": "按策略", "weekly": "每周群发", "off": "不唤醒"}
COLOURS: Mapping[str, str] = {"policies": "a", "weekly": "b", "off": "e"}
STYLE = "a { color: var(--c); } ul { margin: 0; padding-left: 18px; } .wide svg { min-width: 680px; } " + "".join(
    f"polyline.line-{colour} {{ fill: none; stroke: var(--{colour}); stroke-width: 2.5; stroke-linejoin: round; }} "
    for colour in COLOURS.values()
)
SENDS = {
    "模板消息": "/cgi-bin/message/template/send",
    "订阅通知": "/cgi-bin/message/subscribe/bizsend",
    "客服消息": "/cgi-bin/message/custom/send",
    "群发": "/cgi-bin/message/mass/send",
}
KINDS = {
    "points": "积分到期提醒（模板消息）",
    "season": "时令上新（订阅通知）",
    "answer": "问过的事解决了没有（客服消息）",
    "mass": "每月一次（群发）",
    "weekly": "每周消息（模板消息）",
}
NOTES = (
    "这里没有真人：粉丝由程序按 docs/demo.md 里写明的假设行动，三种做法面对同一批人。",
    "它检验的是系统本身（阶梯、对照组、上限、额度、免打扰、退订），不能说明您的粉丝会怎样。",
    "按策略：四条策略，各留 30% 的人作对照组。除服务通知外，每人每天最多一条、每月最多四条。",
    "退订、屏蔽和已经回来的人不再提醒。",
    "每周群发：每周三中午对所有关注者逐个发模板消息，不设上限，也不看谁退订、屏蔽或刚来过。",
    "这样做违反微信的规则，只为对比而模拟。",
)
Column = tuple[str, Callable[[Outcome], str]]


def render(outcomes: Sequence[Outcome], links: Mapping[str, str]) -> str:
    """`links` are other pages beside this one, by what they are called."""
    first = outcomes[0]
    chart = lines("关注人数", first.days, [_line(one, one.followers) for one in outcomes])
    lively = lines("30 天内来过的关注者", first.days, [_line(one, one.lively) for one in outcomes])
    page = TEMPLATE.substitute(
        title="演示：一年里的三种做法",
        account="演示：一年里的三种做法",
        range=f"{first.days[0]} 至 {first.days[-1]}",
        state=f"；{first.joined:,} 位模拟粉丝",
        heads="".join(_heads(outcomes)),
        charts="",
        groups="".join(_cards(outcomes, links)),
        table_title="并排比较",
        table=_table(outcomes),
    )
    drawn = f"{_wide('关注人数', chart)}{_wide('30 天内来过的关注者', lively)}"
    return page.replace("</style>", f"{STYLE}</style>").replace('<div class="grid2"></div>', drawn)


def _line(outcome: Outcome, values: Sequence[int]) -> Line:
    return Line(TITLES[outcome.way], COLOURS[outcome.way], values)


def _wide(title: str, inside: str) -> str:
    return f'<section class="wide"><h2>{escape(title)}</h2><div class="scroll">{inside}</div></section>'


def _heads(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for one in outcomes:
        yield headline(f"{TITLES[one.way]}：年末关注", f"{one.followers[-1]:,}")
    for one in outcomes:
        yield headline(f"{TITLES[one.way]}：被消息惹走", f"{one.put_off:,}")


def _cards(outcomes: Sequence[Outcome], links: Mapping[str, str]) -> Iterator[str]:
    yield card("怎么看", "".join(f'<p class="note">{escape(note)}</p>' for note in NOTES))
    for one in outcomes:
        if one.heard:
            yield card(f"{TITLES[one.way]}：收到的消息", f"<table>{_heard(one)}</table>{_paused(one)}")
    if links:
        listed = "".join(f'<li><a href="{escape(path)}">{escape(title)}</a></li>' for title, path in links.items())
        yield card("报告", f"<ul>{listed}</ul>")


def _heard(outcome: Outcome) -> str:
    titles = row(("", "条", "带回来"), cell="th")
    lines = (
        row((KINDS[kind], f"{number:,}", f"{outcome.won.get(kind, 0):,}"))
        for kind, number in sorted(outcome.heard.items())
    )
    return titles + "".join(lines)


def _paused(outcome: Outcome) -> str:
    return "".join(
        f'<p class="note">{escape(kind)} 已自动暂停：{escape(in_words(reason))}</p>'
        for kind, reason in outcome.paused.items()
    )


def _table(outcomes: Sequence[Outcome]) -> str:
    titles = row(("", *(TITLES[one.way] for one in outcomes)), cell="th")
    lines = (row((title, *(of(one) for one in outcomes))) for title, of in _columns())
    return f"<table>{titles}{''.join(lines)}</table>"


def _columns() -> Iterator[Column]:
    yield "年末关注人数", lambda one: f"{one.followers[-1]:,}"
    yield "其中 30 天内来过", lambda one: f"{one.lively[-1]:,}"
    yield "全年取关", lambda one: f"{one.left:,}"
    yield "其中因为消息", lambda one: f"{one.put_off:,}"
    yield "屏蔽消息的人", lambda one: f"{one.muted:,}"
    yield "写“退订”的人", lambda one: f"{one.refused:,}"
    yield "到访（次）", lambda one: f"{one.visits:,}"
    yield "被消息带回来（次）", lambda one: f"{sum(one.won.values()):,}"
    yield "收到的消息（条）", lambda one: f"{sum(one.heard.values()):,}"
    yield "每带回一次，发出", _per_return
    for title, path in SENDS.items():
        yield f"{title}调用（全年）", _calls(path)
    yield "模板消息最忙一天，占日额度", lambda one: _share(one, SENDS["模板消息"])


def _per_return(outcome: Outcome) -> str:
    won = sum(outcome.won.values())
    return f"{sum(outcome.heard.values()) / won:,.0f} 条" if won else "–"


def _calls(path: str) -> Callable[[Outcome], str]:
    return lambda one: f"{one.calls.get(path, 0):,}"


def _share(outcome: Outcome, path: str) -> str:
    busiest = outcome.busiest.get(path, 0)
    return f"{busiest:,}（{busiest / DAILY_LIMITS[path]:.2%}）"
