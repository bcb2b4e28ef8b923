"""Change sets on moto: its CloudFormation carries them out, but forgets outputs, parameters and conditions, and what
an earlier stack has left stands in its way."""

import json
from collections.abc import Mapping
from typing import Any

from moto.cloudformation.models import Change, ChangeSet, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.ec2.models.route_tables import RouteTable
from moto.logs.models import logs_backends

Template = Mapping[str, Any]


def know_change_sets() -> None:
    """Have moto carry a change set out as it carries out CreateStack and UpdateStack. Safe to call again."""
    setattr(ChangeSet, "diff", _diff)  # noqa: B010 - moto is typed, its methods are not to be assigned
    setattr(ChangeSet, "apply", _apply)  # noqa: B010
    setattr(RouteTable, "delete", _delete_routes)  # noqa: B010


def _diff(change_set: ChangeSet) -> list[Change]:
    found = change_set.stack.resource_map.build_change_set_actions(dict(_wanted(change_set)))
    return [
        Change(action=action, logical_resource_id=name, resource_type=resource["ResourceType"])
        for action, resources in found.items()
        for name, resource in resources.items()
    ]


def _apply(change_set: ChangeSet) -> None:
    stack, wanted = change_set.stack, json.dumps(_wanted(change_set))
    if change_set.change_set_type != "CREATE":
        before, resources = dict(stack.resource_map._parsed_resources), stack.template_dict["Resources"]
        stack.update(wanted, parameters=change_set.parameters)
        _remember(stack, before)
        for name in resources.keys() - stack.template_dict["Resources"].keys():
            stack.resource_map._parsed_resources.pop(name, None)
        return
    stack.template = wanted
    stack._parse_template()
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    _take_in(stack)
    stack.resource_map.create(stack.template_dict)


def _wanted(change_set: ChangeSet) -> Template:
    """The template without the resources whose condition does not hold."""
    stack, template = change_set.stack, change_set.template_dict
    known = ResourceMap(
        stack.stack_id,
        stack.name,
        change_set.parameters,
        {},
        region_name=stack.region_name,
        account_id=stack.account_id,
        template=template,
        cross_stack_resources=None,
    )
    known.load_parameters()
    known.load_conditions()
    held = {
        name: resource
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or known.lazy_condition_map[resource["Condition"]]
    }
    return {**template, "Resources": held}


def _take_in(stack: Stack) -> None:
    """ImportExistingResources: what is there under its static name becomes part of the stack as it is."""
    tables = dynamodb_backends[stack.account_id][stack.region_name].tables
    groups = logs_backends[stack.account_id][stack.region_name].groups
    for name, resource in stack.template_dict["Resources"].items():
        given = resource.get("Properties", {})
        found: Any = tables.get(str(given.get("TableName"))) or groups.get(str(given.get("LogGroupName")))
        if found is not None and resource.get("DeletionPolicy") == "Retain":
            found.cf_resource_type, found.logical_resource_id = resource["Type"], name
            stack.resource_map._parsed_resources[name] = found


def _remember(stack: Stack, before: Mapping[str, Any]) -> None:
    """What it cannot update, a table for one, it forgets: it is still there, as it was."""
    made = stack.resource_map._parsed_resources
    for name, resource in before.items():
        if name in stack.template_dict["Resources"] and made.get(name) is None:
            made[name] = resource


def _delete_routes(table: RouteTable, account_id: str, region_name: str) -> None:
    """It lets a stack's route tables lie, and then refuses to delete their network."""
    ec2_backends[account_id][region_name].route_tables.pop(table.id, None)
