"""Whether one step of a policy may be taken at all: its channel, its words, its template. Pure.

What depends on the member (following, opt-out, credit, window, caps) is the gate's to judge, when it is planned and
again when it is sent.
"""

from collections.abc import Iterator

from chalicelib.reactivation.filling import LONGEST_FACT, PLACEHOLDER, placeholders
from chalicelib.reactivation.policy_problem import (
    CUSTOMER_SERVICE,
    FIELDS,
    HONEST,
    MASSES,
    OURS,
    REFUSAL,
    TEMPLATES,
    Problem,
)
from chalicelib.sending import templates as fitting
from chalicelib.sending.content import marketing_word
from chalicelib.sending.fields import fitted
from chalicelib.sending.intents import Intent
from chalicelib.sending.reasons import in_words
from chalicelib.sending.rules import MARKETING
from chalicelib.sending.traits import TRAITS
from chalicelib.store.policy import Rung, Step
from chalicelib.store.push import Content
from chalicelib.store.templates import Templates
from chalicelib.wechat.reply import TEXT_BYTES

TEMPLATED = ("template", "subscribe")
REFUSE = "退订"
"""The word by which a follower ends all marketing; whoever may be told so must be told so."""
WIDEST = 3
"""Bytes of a Chinese character."""
SAMPLES = ("示例", "1", "2026-01-01", "2026-01-01 12:00", "12:00", "A", "!")
"""What may stand in a placeholder, as far as a field's type tells: it fits when one of them does."""


def step_problems(step: Step, rung: Rung, where: str, templates: Templates | None) -> Iterator[Problem]:
    yield from _channel(step, rung, where)
    yield from _placeholders(step, where)
    if step.channel in TEMPLATED:
        yield from _notice(step, where)
        yield from _template(step, where, templates)
    else:
        yield from _text(step, where)


def _channel(step: Step, rung: Rung, where: str) -> Iterator[Problem]:
    """Which class of content may go by which channel, at which time."""
    if step.content_class not in TRAITS[step.channel].classes:
        source = {"template": TEMPLATES, "kefu": CUSTOMER_SERVICE}.get(step.channel, OURS)
        yield Problem("class_not_allowed", where, in_words("class_not_allowed"), source)
    if step.channel == "kefu" and not rung.hours:
        words = "客服消息只能在对方说话之后 48 小时内发，要用按小时的一级"
        yield Problem("no_window", where, words, CUSTOMER_SERVICE)
    if rung.hours and step.channel not in ("kefu", "subscribe"):
        yield Problem("hours_channel", where, "按小时的一级只能用客服消息或订阅通知")
    if step.channel == "mass" and step.content_class == "service":
        words = "群发不能算服务通知：退订的人必须不再收到"
        yield Problem("mass_service", where, words, REFUSAL)
    if step.channel == "mass" and step.content_class == "product":
        words = "产品类只在工作日的上班时间发，群发又最多提前一天安排：在休息日满天数的人会错过这一级"
        yield Problem("mass_product", where, words, refused=False)


def _placeholders(step: Step, where: str) -> Iterator[Problem]:
    texts = (*step.data.values(), step.url, step.text)
    if any({"{", "}"} & set(PLACEHOLDER.sub("", text)) for text in texts):
        words = "占位符写法不对：应当像 {points}，花括号里 1–24 个小写字母或下划线"
        yield Problem("placeholder", where, words)
    if step.channel == "mass" and any(placeholders(step)):
        yield Problem("mass_placeholder", where, "群发的内容人人相同，不能用占位符", MASSES)


def _notice(step: Step, where: str) -> Iterator[Problem]:
    """Of a template message or a subscription notice."""
    if step.text:
        yield Problem("text", where, "模板消息和订阅通知没有 text，内容写在 data 里")
    if step.url and not step.url.startswith(("https://", "http://")):
        yield Problem("url", where, "网址应当以 https:// 开头")
    if step.channel != "template":
        return
    if word := marketing_word(step.data.values()):
        yield Problem("marketing_words", where, f"{in_words('marketing_words')}“{word}”", TEMPLATES)
    if step.content_class == "service" and not any(placeholders(step)):
        words = "模板消息只能通知会员自己的事（积分、订单、预约）：内容里没有用到会员自己的数据"
        yield Problem("not_their_own", where, words, TEMPLATES)


def _text(step: Step, where: str) -> Iterator[Problem]:
    """Of a customer-service message or a mass message."""
    if step.template or step.data or step.url:
        yield Problem("text", where, "客服消息和群发只有 text，没有 template、data、url")
    longest = len(PLACEHOLDER.sub("", step.text).encode()) + WIDEST * LONGEST_FACT * sum(1 for _ in placeholders(step))
    if not step.text.strip() or longest > TEXT_BYTES:
        yield Problem("text", where, f"text 应当有 1–{TEXT_BYTES} 字节，占位符按最长的算")
    if step.content_class not in MARKETING and (word := marketing_word([step.text])):
        classes = "、".join(sorted(MARKETING & TRAITS[step.channel].classes))
        words = f"写了“{word}”就是营销，类别要照实写（{classes}），退订的人才不会收到"
        yield Problem("hidden_marketing", where, words, HONEST)
    if step.content_class in MARKETING and REFUSE not in step.text:
        yield Problem("refusal", where, f"要告诉对方怎样不再收到，例如“不想再收到请回复“{REFUSE}””", REFUSAL)


def _template(step: Step, where: str, templates: Templates | None) -> Iterator[Problem]:
    """Against the account's own templates, and the types in the fields' keys."""
    sample = Content(step.template, {key: _sample(key, text, step, templates) for key, text in step.data.items()})
    intent = Intent("", "", "", step.channel, step.content_class, sample)
    for reason, detail in fitting.problems(intent, templates):
        yield Problem(reason, where, f"{in_words(reason)}（{detail}）", FIELDS)


def _sample(key: str, text: str, step: Step, templates: Templates | None) -> str:
    """The text with its placeholders filled, so that it fits if anything could make it fit."""
    template = templates.find(step.channel, step.template) if templates else None
    choices = next((field.choices for field in template.fields if field.key == key), ()) if template else ()
    filled = [PLACEHOLDER.sub(sample, text) for sample in (*choices, *SAMPLES)]
    return next((one for one in filled if not fitted(key, one).problem), filled[0])
