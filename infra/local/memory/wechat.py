"""From the API client straight into the simulated WeChat."""

from collections import Counter
from collections.abc import Mapping

from chalicelib.wechat.connection import Connection
from chalicelib.wechat.errors import UnknownOutcome, Unreachable
from infra.local.memory.faults import Faults
from infra.local.wechat_simulator import Simulator


class SimulatorConnection(Connection):
    """The product's connection, but for its transport. Faults strike calls to WeChat as they strike those to AWS."""

    def __init__(self, simulator: Simulator, faults: Faults) -> None:
        super().__init__("http://wechat.invalid")
        self._simulator = simulator
        self._faults = faults
        self.calls: Counter[str] = Counter()
        """How often each path was called."""

    def _exchange(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> bytes:
        from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

        self.calls[path] += 1
        try:
            answer = self._faults.around("WeChat", lambda: self._simulator.call(method, path, query, body or b""))
        except ConnectTimeoutError:
            raise Unreachable("no connection") from None
        except (ReadTimeoutError, ClientError):
            raise UnknownOutcome("timeout") from None
        if answer.lost:
            raise UnknownOutcome(answer.lost)
        if answer.status != 200:
            raise UnknownOutcome(f"HTTP {answer.status}")
        return answer.body
