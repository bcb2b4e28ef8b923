"""Change sets on moto: its CloudFormation carries them out, but forgets outputs, parameters and conditions."""

from collections.abc import Mapping
from typing import Any

from moto.cloudformation.models import ChangeSet, Stack


def know_change_sets() -> None:
    """Have moto carry a change set out as it carries out CreateStack and UpdateStack. Safe to call again."""
    setattr(ChangeSet, "apply", _apply)  # noqa: B010 - moto is typed, its methods are not to be assigned


def _apply(change_set: ChangeSet) -> None:
    stack = change_set.stack
    if change_set.change_set_type != "CREATE":
        before = dict(stack.resource_map._parsed_resources)
        stack.update(change_set.template, parameters=change_set.parameters)
        _remember(stack, before)
        return
    stack.template = change_set.template
    stack._parse_template()
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    stack.resource_map.create(stack.template_dict)


def _remember(stack: Stack, before: Mapping[str, Any]) -> None:
    """What it cannot update, a table for one, it forgets: it is still there, as it was."""
    made = stack.resource_map._parsed_resources
    for name, resource in before.items():
        if name in stack.template_dict["Resources"] and made.get(name) is None:
            made[name] = resource
