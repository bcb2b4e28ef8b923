"""Lambda execution environments: each has the app to itself and serves one request at a time."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import LifoQueue

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LocalGateway

APP = Path(__file__).parents[2] / "app.py"


class Environments:
    """A pool. Chalice keeps the request at hand on the app object, so no two requests may share one."""

    def __init__(self, size: int, *, stage: str) -> None:
        self._idle: LifoQueue[LocalGateway] = LifoQueue()
        config = Config.create(chalice_stage=stage, lambda_timeout=10, lambda_memory_size=512)
        for number in range(size):
            self._idle.put(LocalGateway(_load_app(number), config))

    @contextmanager
    def one(self) -> Iterator[LocalGateway]:
        """An environment of one's own; waits for one when all are busy."""
        gateway = self._idle.get()
        try:
            yield gateway
        finally:
            self._idle.put(gateway)


def _load_app(number: int) -> Chalice:
    """app.py as a module of its own, as a cold start loads it."""
    spec = importlib.util.spec_from_file_location(f"huiyuan_environment_{number}", APP)
    if spec is None or spec.loader is None:
        raise ImportError(f"{APP} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = module.app
    if not isinstance(app, Chalice):
        raise ImportError(f"{APP} has no Chalice app")
    return app
