"""Targets: what operators write, as it is read."""

import time
from collections.abc import Callable, Mapping, Sequence
from random import Random

from chalicelib.credentials import Accounts, Credentials
from chalicelib.errors import BadContent, CredentialsError
from chalicelib.faq import publishing
from chalicelib.faq.engine import compile_release
from chalicelib.store.release import Release
from chalicelib.tokens import app_secret
from infra import faq_file
from tests.builders import NOON
from tests.fuzz import oracles, texts, values
from tests.fuzz.arena import Arena, shop
from tests.fuzz.cases import Case, Finding, Ran
from tests.fuzz.mutations import mutated
from tests.support.workroom import PARAMETER

CREDENTIALS = {
    "appid": "wx0123456789abcdef",
    "token": texts.SECRET,
    "aes_key": "a" * 43,
    "previous_aes_key": "b" * 43,
    "data_key": "5a" * 32,
    "mode": "safe",
    "secret": "0123456789abcdef0123456789abcdef",
}
YAML = """welcome: 欢迎
service: {from: "09:00", until: "21:00"}
channels:
  - {scene: poster-1, name: 海报, welcome: 你好}
entries:
  - id: hours
    title: 几点开门
    answer: |
      每天 7:00 到 22:00
    questions: [营业时间是几点, 你们几点关门]
    exact: [营业时间]
    contains: [开门]
    priority: 3
    human: false
    add_tags: [新客]
  - id: human
    title: 找人
    human: 是
"""
ASKED = ("几点开门", "满39减12", "满" + "1" * 699, "1" * 700 + "减")
"""What a release that can be published is asked: a regular expression of an operator's may be slow to fail."""
RICH = """words: {price: 价格}
channels: [{scene: poster-1, name: 海报}]
entries:
  - id: offer
    title: 有什么优惠
    prefix: [优惠]
    regex: ['满(\\d+)减(\\d+)']
    unless: [没有优惠]
    answers:
      - 满 39 减 12
      - {image: media-1, channel: poster-1}
      - article: {title: 优惠, url: "https://example.com/", description: 见内, picture: "https://example.com/p.png"}
    valid_from: 2026-03-01
    valid_until: 2026-03-31
    hours: {from: "09:00", until: "02:00"}
    only_tags: [新客]
    not_tags: [员工]
"""


class Searched:
    """The FAQ engine with the demo shop's release."""

    name = "faq"
    callbacks = 0
    limit = 0.05

    def __init__(self) -> None:
        self._faq = compile_release(shop())

    def draw(self, random: Random, _seeds: Sequence[Case]) -> Case:
        return Case(self.name, {"text": texts.raw(texts.said(random))})

    def run(self, case: Case) -> Ran:
        text = case.parts["text"].decode("utf-8", "surrogatepass")
        began = time.process_time()
        verdict = self._faq.search(text, now=NOON)
        seconds = time.process_time() - began
        least, most = {"answer": (1, 1), "clarify": (1, 3), "miss": (0, 0)}[verdict.outcome]
        if not least <= len(verdict.entries) <= most or not 0 <= verdict.confidence <= 1:
            raise Finding("a verdict that is none")
        if self._faq.search(text, now=NOON) != verdict:
            raise Finding("another verdict on the same question")
        return Ran(verdict.outcome, seconds)


class Parameter:
    """The parameters of an account, as an operator may have stored them."""

    name = "credentials"
    callbacks = 0
    limit = 0.05

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case:
        return Case(self.name, {"text": values.bent(random, CREDENTIALS, [case.parts["text"] for case in seeds])})

    def run(self, case: Case) -> Ran:
        text = case.parts["text"].decode(errors="replace")
        parameters = Kept(text)
        accounts = Accounts(parameters, name=lambda _account: "good", now=lambda: NOON)
        began = time.process_time()
        outcome = "read"
        try:
            Credentials.from_json("shop", text, parameter="/p")
        except CredentialsError as error:
            outcome = "refused"
            oracles.tells_nothing(str(error))
        try:
            app_secret.read("secret", accounts=accounts, parameters=parameters, name=str)
        except CredentialsError as error:
            oracles.tells_nothing(str(error))
        return Ran(outcome, time.process_time() - began)


class Kept:
    """Implements `Parameters`: good credentials, and the text that is tried as the AppSecret's parameter."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get(self, name: str) -> str | None:
        return PARAMETER if name == "good" else self._text


class Operators:
    """FAQ files as operators may hand them in."""

    name = "faq files"
    callbacks = 0
    limit = 0.5

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case:
        found = [case.parts["text"] for case in seeds]
        base = random.choice(found) if found and random.random() < 0.5 else random.choice((YAML, RICH)).encode()
        if random.random() < 0.4:
            line = random.choice(base.split(b"\n"))
            base = base.replace(line, line + texts.raw(texts.text(random)[:3000]), 1)
        return Case(self.name, {"text": mutated(random, base, found[-20:])[:20_000]})

    def run(self, case: Case) -> Ran:
        text = case.parts["text"].decode(errors="replace")
        began = time.process_time()
        try:
            release = faq_file.parse(text)
        except BadContent:
            return Ran("refused", time.process_time() - began)
        outcome = _published(release)
        return Ran(outcome, time.process_time() - began)


def _published(release: Release) -> str:
    """What publishing would say; a release that it takes can be searched."""
    if publishing.check(release):
        return "checked and refused"
    faq = compile_release(release)
    for asked in ASKED:
        faq.search(asked, now=NOON)
    return "publishable"


TARGETS: Mapping[str, Callable[[Arena], Searched | Parameter | Operators]] = {
    "faq": lambda _arena: Searched(),
    "credentials": lambda _arena: Parameter(),
    "faq files": lambda _arena: Operators(),
}
