"""Targets: what the edge makes of deliveries, right and wrong ones."""

import time
from collections.abc import Callable, Mapping, Sequence
from random import Random

from chalicelib.web import Answer, Request
from chalicelib.wechat.inbound import parse
from tests.fuzz import documents, oracles, parcels, queries, texts
from tests.fuzz.arena import MODES, Arena, appid
from tests.fuzz.cases import Case, Finding, Ran
from tests.fuzz.mutations import mutated

Draw = Callable[[Random, Sequence[Case]], bytes]
AGAIN = 0.125
"""Share of the deliveries that come once more when they were answered, as WeChat's retries do."""


class Sealed:
    """A delivery that is signed and sealed as it must be, whatever is inside: from who knows the keys."""

    callbacks = 1
    limit = 0.05
    """Seconds of CPU for one callback: design, bar for input."""

    def __init__(self, name: str, arena: Arena, draw: Draw) -> None:
        self.name = name
        self._arena = arena
        self._draw = draw

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case:
        account, key = random.choice(tuple(MODES)), random.choice(("current", "current", "previous"))
        again = b"yes" if random.random() < AGAIN else b"no"
        parts = {"account": account.encode(), "key": key.encode(), "again": again, "xml": self._draw(random, seeds)}
        return Case(self.name, parts)

    def run(self, case: Case) -> Ran:
        account, key, xml = (case.parts[name] for name in ("account", "key", "xml"))
        request = parcels.parcel(account.decode(), xml, key=key.decode())
        calls = self._arena.calls
        answer, seconds = timed(self._arena, request)
        if answer.status == 200:
            self._is_answered(request, answer, case)
            return Ran("silence" if answer.body == "success" else "reply", seconds)
        oracles.is_refused_silently(answer, calls=self._arena.calls - calls)
        return Ran("too large" if answer.status == 413 else "refused", seconds)

    def _is_answered(self, request: Request, answer: Answer, case: Case) -> None:
        account, key = case.parts["account"].decode(), parcels.KEYS[case.parts["key"].decode()]
        xml = case.parts["xml"]
        event, again = parse(xml, appid=appid(account)), parse(xml, appid=appid(account))
        if event.receipt_id != again.receipt_id:
            raise Finding("two receipts for one delivery")
        reply = oracles.is_a_reply(answer, to=event.sender, sender=event.recipient, account=account, key=key)
        if case.parts.get("again") == b"yes":
            oracles.is_discreet(self._arena.journalled(account, event.receipt_id))
            self._is_answered_alike(case, reply, to=event.sender, sender=event.recipient)

    def _is_answered_alike(self, case: Case, reply: str, *, to: str, sender: str) -> None:
        """A retry gets the same answer, and nothing more than one look into the table is done for it."""
        account, key = case.parts["account"].decode(), case.parts["key"].decode()
        request = parcels.parcel(account, case.parts["xml"], key=key, nonce="another-nonce")
        written = self._arena.world.dynamo.counts.items_written
        answer, _ = timed(self._arena, request)
        if self._arena.world.dynamo.counts.items_written != written:
            raise Finding("a retry writes")
        if oracles.is_a_reply(answer, to=to, sender=sender, account=account, key=parcels.KEYS[key]) != reply:
            raise Finding("a retry is answered differently")


class Forged:
    """A delivery of which one part or more is wrong outside: from someone who has seen one, perhaps."""

    name = "forged"
    callbacks = 1
    limit = 0.05

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case:
        account = random.choice((*MODES, *MODES, "nobody", "SAFE", "safe/..", "", texts.text(random)))
        whole = parcels.parcel(account if account in MODES else "safe", documents.message(random))
        query, body = queries.bent(random, whole.query), whole.body
        if random.random() < 0.4:
            body = mutated(random, body, [case.parts["body"] for case in seeds[-20:]])
        return Case(self.name, {"account": texts.raw(account), "query": query, "body": body})

    def run(self, case: Case) -> Ran:
        account, query, body = (case.parts[name] for name in ("account", "query", "body"))
        request = Request(account.decode(errors="replace"), parcels.read(query), body)
        calls = self._arena.calls
        answer, seconds = timed(self._arena, request)
        oracles.is_bounded(request, answer)
        oracles.is_not_believed(request, answer)
        if answer.status == 200:
            return Ran("harmless change", seconds)
        oracles.is_refused_silently(answer, calls=self._arena.calls - calls)
        return Ran({403: "refused", 404: "no such account", 413: "too large"}[answer.status], seconds)


class Verified:
    """WeChat's check of the address, and everything that looks like one."""

    name = "verify"
    callbacks = 1
    limit = 0.05

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    def draw(self, random: Random, _seeds: Sequence[Case]) -> Case:
        query = parcels.greeting().query
        account = random.choice((*MODES, *MODES, texts.text(random)))
        bent = queries.bent(random, query) if random.random() < 0.9 else parcels.written(query)
        return Case(self.name, {"account": texts.raw(account), "query": bent})

    def run(self, case: Case) -> Ran:
        request = Request(case.parts["account"].decode(errors="replace"), parcels.read(case.parts["query"]))
        calls = self._arena.calls
        answer, seconds = timed(self._arena, request, verify=True)
        if answer.status != 200:
            oracles.is_refused_silently(answer, calls=self._arena.calls - calls)
            return Ran("refused" if answer.status == 403 else "no such account", seconds)
        if not parcels.is_checked(request) or (answer.body,) != request.query.get("echostr"):
            raise Finding("an echo for someone else")
        return Ran("echo", seconds)


def timed(arena: Arena, request: Request, *, verify: bool = False) -> tuple[Answer, float]:
    """The answer, and the CPU time it took. What was logged meanwhile is judged here."""
    serve = arena.doors.verify if verify else arena.doors.receive
    began = time.process_time()
    answer = serve(request)
    seconds = time.process_time() - began
    oracles.tells_nothing(arena.heard())
    return answer, seconds


def drawn_bytes(random: Random, seeds: Sequence[Case]) -> bytes:
    """What was found interesting before, or a drawn message, changed without regard to what it means."""
    found = [case.parts["xml"] for case in seeds]
    base = random.choice(found) if found and random.random() < 0.5 else documents.message(random)
    return mutated(random, base, found[-20:])


TARGETS: Mapping[str, Callable[[Arena], Sealed | Forged | Verified]] = {
    "message": lambda arena: Sealed("message", arena, lambda random, _seeds: documents.message(random)),
    "chat": lambda arena: Sealed("chat", arena, lambda random, _seeds: documents.chat(random)),
    "bytes": lambda arena: Sealed("bytes", arena, drawn_bytes),
    "forged": Forged,
    "verify": Verified,
}
