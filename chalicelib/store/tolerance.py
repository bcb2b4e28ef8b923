"""Reading what a later version wrote: what this version does not know is left alone."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any


def known(entity: type[Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """The item's values for the dataclass's own fields, so that a rollback can read it."""
    names = {field.name for field in fields(entity)}
    return {name: value for name, value in item.items() if name in names}
