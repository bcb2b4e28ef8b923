"""Delivers in the background what is due by the simulator's clock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

from infra.local.wechat_simulator.simulator import Simulator

LOOK_EVERY_SECONDS = 0.05
DELIVERERS = 16


class Timekeeper:
    """Looks often, and at once when the clock was moved."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._wake = Event()
        self._stopped = False
        self._pool = ThreadPoolExecutor(max_workers=DELIVERERS, thread_name_prefix="wechat-delivery")
        self._thread = Thread(target=self._run, name="wechat-timekeeper", daemon=True)
        simulator.clock.subscribe(self._wake.set)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Deliver nothing more; what is under way may finish."""
        self._stopped = True
        self._wake.set()
        self._thread.join(timeout=5)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            for task in self._simulator.due_tasks():
                self._pool.submit(task)
            self._wake.wait(LOOK_EVERY_SECONDS)
