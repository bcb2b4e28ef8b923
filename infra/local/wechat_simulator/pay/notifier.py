"""Carries notices to the merchant, again and again by the platform's table (official docs, payment notice)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.api.wire import parse
from infra.local.wechat_simulator.courier import CallbackResponse, CallbackTimeout, CallbackUnreachable, Courier
from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.pay import letter
from infra.local.wechat_simulator.pay.letter import Letter
from infra.local.wechat_simulator.pay.notice import Notice
from infra.local.wechat_simulator.postman import readable
from infra.local.wechat_simulator.verdict import Delivery, Outcome
from infra.local.wechat_simulator.world import World

CONTENT = (200, 204)


class Notifier:
    """Thread-safe: each attempt is one call of `deliver`; the next one waits on the agenda."""

    def __init__(self, world: World, courier: Courier, *, timer: Callable[[], float]) -> None:
        self._world = world
        self._courier = courier
        self._timer = timer

    def deliver(self, notice: Notice) -> Outcome:
        """One attempt, with the probe before it and the copies behind it. Delivery 0 is the probe."""
        world = self._world
        faults = {one.kind: one for one in world.faults.for_notice(notice)}
        if "pay_lost" in faults:
            lost = Delivery(notice.attempt, None, 0.0, "通知丢失（故障）：不会再来")
            self._record(notice, None, lost, None)
            return Outcome((), (lost,), notice.told)
        deliveries = [self._probe(notice)] if self._is_probed(faults) else []
        first = self._attempt(notice, faults)
        copies = faults["pay_duplicate"].copies if "pay_duplicate" in faults else 1
        deliveries += [first, *(self._attempt(notice, {}) for _ in range(copies - 1))]
        if first.error:
            self._try_later(notice)
        return Outcome((), tuple(deliveries), notice.told)

    def _is_probed(self, faults: Mapping[str, Fault]) -> bool:
        rate = self._world.switches.pay_probe_rate
        return "pay_probe" in faults or (rate > 0 and self._world.random.random() < rate)

    def _try_later(self, notice: Notice) -> None:
        waits = self._world.switches.pay_retry_seconds
        if notice.attempt <= len(waits):
            due = self._world.now() + timedelta(seconds=waits[notice.attempt - 1])
            self._world.agenda.add(due, replace(notice, attempt=notice.attempt + 1))

    def _attempt(self, notice: Notice, faults: Mapping[str, Fault]) -> Delivery:
        sent = letter.write(self._world, self._account(notice), notice, faults)
        response, delivery = self._carried(notice, sent, Delivery(notice.attempt, None, 0.0), faults)
        if response and not delivery.error:
            delivery = delivery.ended(response.status, self._complaint(response))
        self._record(notice, sent, delivery, response)
        return delivery

    def _probe(self, notice: Notice) -> Delivery:
        """A merchant who accepts it does not check signatures."""
        world = self._world
        sent = letter.probe(world, letter.write(world, self._account(notice), notice, {}))
        response, delivery = self._carried(notice, sent, Delivery(0, None, 0.0), {})
        if response and not delivery.error:
            accepted = self._complaint(response) is None
            delivery = delivery.ended(response.status, "验签探测应当拒绝，却被接受了" if accepted else None)
        self._record(notice, sent, delivery, response)
        return delivery

    def _carried(
        self, notice: Notice, sent: Letter, delivery: Delivery, faults: Mapping[str, Fault]
    ) -> tuple[CallbackResponse | None, Delivery]:
        """The answer that came in time, and how the road was."""
        deadline = self._world.switches.pay_deadline_seconds
        started = self._timer()
        try:
            if "pay_unreachable" in faults:
                raise CallbackUnreachable("连接失败（故障）")
            response = self._courier.post(
                notice.notify_url, query={}, body=sent.body, headers=sent.headers, timeout=deadline
            )
        except (CallbackTimeout, CallbackUnreachable) as failure:
            return None, replace(delivery, seconds=self._since(started), error=str(failure) or "没有回应")
        delivery = replace(delivery, seconds=self._since(started))
        if delivery.seconds > deadline:
            return response, delivery.ended(response.status, "回应超时，已丢弃")
        if "pay_reply_lost" in faults:
            return response, delivery.ended(response.status, "回应丢失（故障）")
        return response, delivery

    def _complaint(self, response: CallbackResponse) -> str | None:
        """Why the answer does not count as received."""
        if response.status not in CONTENT:
            return f"回应失败：HTTP {response.status}"
        said, _ = parse(response.body)
        if self._world.switches.pay_reads_fail and said.get("code") == "FAIL":
            return "回应失败：FAIL"
        return None

    def _since(self, started: float) -> float:
        return round(self._timer() - started, 6)

    def _account(self, notice: Notice) -> Account:
        return self._world.account(notice.account).account

    def _record(
        self, notice: Notice, sent: Letter | None, delivery: Delivery, response: CallbackResponse | None
    ) -> None:
        request: dict[str, object] = {"json": notice.resource, "url": notice.notify_url}
        if sent:
            request |= {"headers": dict(sent.headers), "body": readable(sent.body)}
        self._world.record(
            "delivery",
            account=notice.account,
            title=f"支付通知 {notice.event_type}" if delivery.attempt else "支付通知的验签探测",
            openid=notice.openid,
            attempt=delivery.attempt,
            status=delivery.status,
            seconds=delivery.seconds,
            request=request,
            response={"status": response.status, "body": readable(response.body)} if response else None,
            error=delivery.error,
        )
