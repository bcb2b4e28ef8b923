"""A table that stands still: it answers at once from what stood in it, and forgets what is written.

It stands for boto3 and the network where only the handler's own work is to be seen: a table that does its work in the
same process would be in the handler's way, in the caches of the processor if nowhere else.
"""

from typing import Any

from infra.local.memory.world import MemoryRuntime, MemoryWorld


class StillDynamo:
    """The two calls of a callback."""

    def __init__(self, world: MemoryWorld) -> None:
        self._table = world.runtime.settings.table_name
        self._items = {(item["pk"]["S"], item["sk"]["S"]): item for item in world.items()}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        places = ((key["pk"]["S"], key["sk"]["S"]) for key in RequestItems[self._table]["Keys"])
        found = [self._items[place] for place in places if place in self._items]
        return {"Responses": {self._table: found}, "UnprocessedKeys": {}}

    def transact_write_items(self, *, TransactItems: list[Any]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        del TransactItems
        return {}


class StillRuntime(MemoryRuntime):
    """The world's runtime, from the moment at which it was taken."""

    def __init__(self, world: MemoryWorld) -> None:
        super().__init__(world)
        self._still = StillDynamo(world)

    def _client(self, service: Any, *, read_seconds: float = 1) -> Any:
        return self._still if service == "dynamodb" else super()._client(service, read_seconds=read_seconds)
