"""The road from WeChat to the edge: every delivery and its answer is written down on the way."""

from collections.abc import Callable, Mapping

from infra.local.memory.courier import EdgeCourier
from infra.local.wechat_simulator import (
    Account,
    CallbackResponse,
    CallbackTimeout,
    CallbackUnreachable,
    crypto,
    markup,
)
from tests.simulation.evidence import Answer, Content, Evidence, Item, Push
from tests.simulation.invocations import Invocations
from tests.simulation.variants import Receive


class Road:
    """Implements the simulator's `Courier`."""

    def __init__(
        self,
        account: Account,
        receive: Receive,
        *,
        evidence: Evidence,
        invocations: Invocations,
        items: Callable[[], list[Item]],
    ) -> None:
        self.is_hostile = False
        """Whether what comes now is not WeChat's."""
        self._account = account
        self._evidence = evidence
        self._invocations = invocations
        self._items = items
        self._edge = EdgeCourier(receive=receive, died=lambda: invocations.world.restart())

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        return self._edge.get(url, query=query, headers=headers, timeout=timeout)

    def post(
        self, url: str, *, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        """One delivery. An answer that comes when WeChat has given up waiting is lost."""

        def carry() -> CallbackResponse:
            return self._edge.post(url, query=query, body=body, headers=headers, timeout=timeout)

        return self._attacked(carry) if self.is_hostile else self._delivered(self._push(body), carry)

    def _delivered(self, push: Push, carry: Callable[[], CallbackResponse]) -> CallbackResponse:
        with self._invocations.begun(lambda: self._deliver_elsewhere(push, carry)) as invocation:
            response = carry()
            from_memory = invocation.printed.degraded > 0
            push.answers.append(Answer(response.status, self._content(response.body), from_memory))
        if invocation.was_paused:
            raise CallbackTimeout("the process stood still")
        return response

    def _deliver_elsewhere(self, push: Push, carry: Callable[[], CallbackResponse]) -> None:
        with self._invocations.world.elsewhere():
            try:
                self._delivered(push, carry)
            except (CallbackUnreachable, CallbackTimeout):
                return

    def _attacked(self, carry: Callable[[], CallbackResponse]) -> CallbackResponse:
        before = self._items()
        with self._invocations.begun(lambda: None):
            response = carry()
        self._evidence.hostile.append((response.status, self._items() != before))
        return response

    def _push(self, body: bytes) -> Push:
        xml = self._opened(body)
        return self._evidence.pushes.setdefault(xml, Push(markup.read(xml)))

    def _content(self, body: bytes) -> Content:
        if body in (b"", b"success"):
            return None
        fields = markup.read(self._opened(body))
        return tuple((name, str(value)) for name, value in fields.items() if name != "CreateTime")

    def _opened(self, body: bytes) -> bytes:
        xml, _ = crypto.decrypt(str(markup.read(body)["Encrypt"]), key=self._account.key)
        return xml
