"""Carries pushes to the account's server: deadline, retries, circuit breaker, and what the follower sees."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from infra.local.wechat_simulator.account import Account, letters
from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.courier import CallbackResponse, CallbackTimeout, CallbackUnreachable, Courier
from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.parcel import Parcel, Seal, wrap
from infra.local.wechat_simulator.person import Message
from infra.local.wechat_simulator.push import Push
from infra.local.wechat_simulator.reply import BadReply, Reply, read_reply
from infra.local.wechat_simulator.tampering import spoil_parcel, spoil_push, spoil_seal
from infra.local.wechat_simulator.verdict import Delivery, Kind, Outcome, Verdict
from infra.local.wechat_simulator.world import World

MEDIA_FIELDS = ("media_id", "thumb_media_id")
Task = Callable[[], Verdict]
Together = Callable[[Sequence[Task]], Sequence[Verdict]]


@dataclass(frozen=True, slots=True)
class Trip:
    """One push under way: the (perhaps spoilt) push, its account, the faults that strike it."""

    push: Push
    state: AccountState
    faults: Sequence[Fault]
    seal: Seal

    def struck_by(self, kind: str, attempt: int = 1) -> Fault | None:
        return next((one for one in self.faults if one.kind == kind and one.touches(attempt)), None)


class Postman:
    """Thread-safe: each push is one call of `deliver`, which may take as long as its retries."""

    def __init__(
        self,
        world: World,
        courier: Courier,
        *,
        timer: Callable[[], float],
        together: Together,
    ) -> None:
        self._world = world
        self._courier = courier
        self._timer = timer
        self._together = together

    def deliver(self, push: Push) -> Outcome:
        """Push until WeChat is content or gives up, then what a fault held back for this moment."""
        world = self._world
        state = world.account(push.account)
        faults = world.faults.for_push(push)
        trip = Trip(spoil_push(push, faults), state, faults, self._seal(state.account))
        for kind in ("reordered", "delayed"):
            if fault := trip.struck_by(kind):
                due = world.now() + timedelta(seconds=fault.seconds)
                world.agenda.hold(due, push, waits_for_next=kind == "reordered")
                return Outcome()
        outcome = self._deliver_now(trip)
        if not push.was_held:
            for held in world.agenda.released(push.account):
                self.deliver(held)
        return outcome

    def _deliver_now(self, trip: Trip) -> Outcome:
        if trip.state.breaker.is_open(self._world.now()):
            verdict = Verdict("paused", Delivery(0, None, 0.0, "MarkFail：推送暂停中，这个推送丢失了"))
            self._record(trip, None, verdict, None)
            message = self._shown(trip, [verdict])
            return Outcome((message,) if message else (), (verdict.delivery,))
        if fault := trip.struck_by("concurrent"):
            verdicts = list(self._at_once(trip, fault.copies))
        else:
            verdicts = self._until_content(trip)
        message = self._shown(trip, verdicts)
        if fault := trip.struck_by("duplicate"):
            first = len(verdicts) + 1
            verdicts += [self._attempt(trip, first + number) for number in range(fault.copies - 1)]
        deliveries = tuple(verdict.delivery for verdict in verdicts)
        return Outcome((message,) if message else (), deliveries)

    def _until_content(self, trip: Trip) -> list[Verdict]:
        """One attempt after the other, about five seconds apart."""
        switches = self._world.switches
        verdicts: list[Verdict] = []
        while True:
            verdict = self._attempt(trip, len(verdicts) + 1)
            verdicts.append(verdict)
            if not verdict.is_retried(switches) or len(verdicts) >= switches.deliveries:
                return verdicts
            self._world.pause(max(0.0, switches.retry_spacing_seconds - verdict.delivery.seconds))

    def _at_once(self, trip: Trip, count: int) -> Sequence[Verdict]:
        def task(number: int) -> Task:
            return lambda: self._attempt(trip, number)

        return self._together([task(number + 1) for number in range(count)])

    def _shown(self, trip: Trip, verdicts: Sequence[Verdict]) -> Message | None:
        """What appears in the chat: the first valid reply, or the error text."""
        world, push = self._world, trip.push
        person = world.people.get(push.openid)
        reply = next((one.reply for one in verdicts if one.reply), None)
        if person is None or person.closed:
            return None
        if reply is None:
            if not push.shows_failure(world.switches):
                return None
            message = {"type": "error", "text": world.switches.error_text}
            world.show(person, "system", message)
            return message
        if reply.message is None or not push.may_be_answered(world.switches) or not person.following:
            return None
        world.show(person, "system" if reply.message["type"] == "system" else "account", reply.message)
        return reply.message

    def _attempt(self, trip: Trip, number: int) -> Verdict:
        """One request, judged and written down."""
        account = trip.state.account
        signs_again = number > 1 and self._world.switches.retry_signs_again
        struck = [one for one in trip.faults if one.touches(number)]
        seal = spoil_seal(self._seal(account) if signs_again else trip.seal, account, struck)
        parcel = spoil_parcel(wrap(account, trip.push, seal), struck)
        started = self._timer()
        response, failure = self._carry(trip, parcel, number)
        seconds = round(self._timer() - started, 6)
        verdict = self._judge(trip, response, failure, seal.nonce, Delivery(number, None, seconds))
        if verdict.is_failure:
            with self._world.lock:
                trip.state.breaker.note_failure(self._world.now(), self._world.switches)
        self._record(trip, parcel, verdict, response)
        return verdict

    def _carry(self, trip: Trip, parcel: Parcel, number: int) -> tuple[CallbackResponse | None, Exception | None]:
        deadline = self._world.switches.delivery_deadline_seconds
        try:
            if trip.struck_by("unreachable", number):
                raise CallbackUnreachable("连接失败（故障）")
            if fault := trip.struck_by("slow", number):
                self._world.pause(min(fault.seconds, deadline))
                deadline -= fault.seconds
            if deadline <= 0:
                raise CallbackTimeout("连接太慢（故障）")
            headers = parcel.headers
            answer = self._courier.post(
                parcel.url, query=parcel.query, body=parcel.body, headers=headers, timeout=deadline
            )
        except (CallbackTimeout, CallbackUnreachable) as failure:
            return None, failure
        return answer, None

    def _judge(
        self,
        trip: Trip,
        response: CallbackResponse | None,
        failure: Exception | None,
        nonce: str,
        delivery: Delivery,
    ) -> Verdict:
        switches = self._world.switches
        if response is None:
            kind: Kind = "timeout" if isinstance(failure, CallbackTimeout) else "unreachable"
            return Verdict(kind, delivery.ended(None, str(failure) or kind))
        if delivery.seconds > switches.delivery_deadline_seconds:
            return Verdict("timeout", delivery.ended(response.status, "回应超时，已丢弃"))
        if trip.struck_by("reply_lost", delivery.attempt):
            return Verdict("timeout", delivery.ended(response.status, "回应丢失（故障）"))
        if response.status != 200:
            return Verdict("status", delivery.ended(response.status, f"回应失败：HTTP {response.status}"))
        try:
            reply = self._read(trip, response, nonce)
        except BadReply as error:
            return Verdict("invalid", delivery.ended(response.status, str(error)))
        return Verdict("content", delivery.ended(response.status), reply)

    def _read(self, trip: Trip, response: CallbackResponse, nonce: str) -> Reply:
        account = trip.state.account
        reply = read_reply(
            response.body,
            trip.push,
            account=account,
            keys=account.keys,
            nonce=nonce,
            switches=self._world.switches,
        )
        if reply.message and self._world.switches.unknown_media_refused:
            self._check_media(trip.state, reply.message)
        return reply

    def _check_media(self, state: AccountState, message: Message) -> None:
        named = [message[name] for name in MEDIA_FIELDS if name in message]
        if not all(state.has_media(media_id, self._world.now()) for media_id in named):
            raise BadReply("回复的 MediaId 不存在或已过期")

    def _seal(self, account: Account) -> Seal:
        random = self._world.random
        wall = self._world.switches.sign_with_wall_clock
        now = datetime.now(UTC) if wall else self._world.now()
        nonce, prefix = letters(random, 10, "0123456789"), random.randbytes(16)
        return Seal(int(now.timestamp()), nonce, prefix, account.key, account.appid)

    def _record(self, trip: Trip, parcel: Parcel | None, verdict: Verdict, response: CallbackResponse | None) -> None:
        push, delivery = trip.push, verdict.delivery
        request: dict[str, object] = {"xml": readable(push.xml)}
        if parcel:
            request |= {"url": parcel.url, "query": dict(parcel.query), "body": readable(parcel.body)}
        answer = None
        if response:
            answer = {"status": response.status, "body": readable(response.body)}
            if verdict.reply and verdict.reply.xml:
                answer["xml"] = verdict.reply.xml
        self._world.record(
            "delivery",
            account=push.account,
            title=push.title,
            openid=push.openid,
            attempt=delivery.attempt,
            status=delivery.status,
            seconds=delivery.seconds,
            request=request,
            response=answer,
            error=delivery.error,
        )


def readable(body: bytes, limit: int = 8_000) -> str:
    """For the log: text, and not too much of it."""
    text = body[:limit].decode("utf-8", "replace")
    return text if len(body) <= limit else f"{text}…（共 {len(body)} 字节）"
