"""What each function may do: one IAM policy per function and stage, written to `.chalice/`.

What they grant is what the functions were seen to do, no more and no less: `tests/unit/test_least_privilege.py`. IAM
knows no TransactWriteItems, but the actions that a transaction is made of.

Chalice uploads these files as they are. They are written before any account or region is known, so partition, region
and account stay open in the ARNs, and a condition keeps every grant inside the function's own account.

python -m infra.policies
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

CHALICE = Path(__file__).parent.parent / ".chalice"
Statement = Mapping[str, Any]


SEND_MESSAGES = ("GetQueueUrl", "SendMessage")
NETWORK_INTERFACES = (
    "AssignPrivateIpAddresses",
    "CreateNetworkInterface",
    "DeleteNetworkInterface",
    "DescribeNetworkInterfaces",
    "DescribeSubnets",
    "UnassignPrivateIpAddresses",
)
TAKE_MESSAGES = ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
"""What Lambda's poller does with the function's role."""


@dataclass(frozen=True, slots=True)
class Function:
    """A deployed function, and the names of what belongs to its stage."""

    name: str
    stage: str

    @property
    def prefix(self) -> str:
        return f"huiyuan-{self.stage}"

    @property
    def deployed_name(self) -> str:
        """As Chalice names it: the function of the routes bears the name of app and stage alone."""
        return self.prefix if self.name == "api_handler" else f"{self.prefix}-{self.name}"

    @property
    def table(self) -> str:
        return f"arn:*:dynamodb:*:*:table/{self.prefix}"

    @property
    def work_queue(self) -> str:
        return f"arn:*:sqs:*:*:{self.prefix}-work"

    @property
    def push_queue(self) -> str:
        return f"arn:*:sqs:*:*:{self.prefix}-push.fifo"

    def parameters(self, kind: str) -> str:
        return f"arn:*:ssm:*:*:parameter/huiyuan/{self.stage}/{kind}"


def write_logs(function: Function) -> Statement:
    """Into the group that the stack has made: one that Lambda made would be kept for ever."""
    streams = f"arn:*:logs:*:*:log-group:/aws/lambda/{function.deployed_name}:*"
    return _allow("logs", ("CreateLogStream", "PutLogEvents"), (streams,))


def use_items(*actions: str) -> "Grant":
    """These actions on items of every kind."""
    return lambda function: _allow("dynamodb", actions, (function.table,))


def find_due(function: Function) -> Statement:
    return _allow("dynamodb", ("Query",), (f"{function.table}/index/by_due",))


def find_silent(function: Function) -> Statement:
    return _allow("dynamodb", ("Query",), (f"{function.table}/index/by_activity",))


def list_policies(function: Function) -> Statement:
    """With the daily figures, which tell whether a policy drives followers away."""
    accounts_only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["A#*", "D#*"]}}
    return _allow("dynamodb", ("Query",), (function.table,), accounts_only)


def keep_tokens(function: Function) -> Statement:
    """Items of an account itself, no member's: see the partitions in `chalicelib/store/keys.py`."""
    accounts_only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["A#*"]}}
    return _allow("dynamodb", ("GetItem", "PutItem"), (function.table,), accounts_only)


def read_journal(function: Function) -> Statement:
    journal_only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["L#*"]}}
    return _allow("dynamodb", ("Query",), (function.table,), journal_only)


def keep_figures(function: Function) -> Statement:
    figures_only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["D#*"]}}
    return _allow("dynamodb", ("GetItem", "PutItem", "Query"), (function.table,), figures_only)


def keep_watch(function: Function) -> Statement:
    """The switches, the state of the watch and the token of an account, and its quotas; nothing of members."""
    accounts_only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["A#*", "Q#*"]}}
    return _allow("dynamodb", ("GetItem", "PutItem", "Query", "UpdateItem"), (function.table,), accounts_only)


def wake_work(function: Function) -> Statement:
    return _allow("sqs", SEND_MESSAGES, (function.work_queue,))


def wake_pushes(function: Function) -> Statement:
    return _allow("sqs", SEND_MESSAGES, (function.push_queue,))


def take_work(function: Function) -> Statement:
    return _allow("sqs", TAKE_MESSAGES, (function.work_queue,))


def take_pushes(function: Function) -> Statement:
    return _allow("sqs", TAKE_MESSAGES, (function.push_queue,))


def ask_for_token(function: Function) -> Statement:
    refresher = replace(function, name="token_refresh")
    return _allow("lambda", ("InvokeFunction",), (f"arn:*:lambda:*:*:function:{refresher.deployed_name}",))


def list_accounts(function: Function) -> Statement:
    return _list_names(function.parameters("accounts"))


def list_secrets(function: Function) -> Statement:
    return _list_names(function.parameters("secrets"))


def read_accounts(function: Function) -> Statement:
    return _allow("ssm", ("GetParameter",), (function.parameters("accounts/*"),))


def read_secrets(function: Function) -> Statement:
    return _allow("ssm", ("GetParameter",), (function.parameters("secrets/*"),))


def read_event_keys(function: Function) -> Statement:
    return _allow("ssm", ("GetParameter",), (function.parameters("events/*"),))


def decrypt_event_keys(function: Function) -> Statement:
    return _decrypt(function.parameters("events/*"))


def decrypt_accounts(function: Function) -> Statement:
    return _decrypt(function.parameters("accounts/*"))


def decrypt_secrets(function: Function) -> Statement:
    return _decrypt(function.parameters("secrets/*"))


def enter_network(function: Function) -> tuple[Statement, Statement]:
    """What Lambda does in the name of a function that has subnets, and the function itself may not.

    EC2 knows no narrower resource for these (Lambda's guide on VPCs, which also has the second statement).
    """
    actions = [f"ec2:{action}" for action in NETWORK_INTERFACES]
    by_itself = {"ArnLike": {"lambda:SourceFunctionArn": f"arn:*:lambda:*:*:function:{function.deployed_name}"}}
    return (
        {"Effect": "Allow", "Action": actions, "Resource": "*"},
        {"Effect": "Deny", "Action": actions, "Resource": "*", "Condition": by_itself},
    )


Grant = Callable[[Function], Statement]
GRANTS: Mapping[str, tuple[Grant, ...]] = {
    "api_handler": (
        write_logs,
        use_items("BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        wake_work,
        wake_pushes,
        read_accounts,
        decrypt_accounts,
        read_event_keys,
        decrypt_event_keys,
    ),
    "work_do": (
        write_logs,
        use_items("BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        find_due,
        find_silent,
        take_work,
        wake_pushes,
        read_accounts,
        decrypt_accounts,
        ask_for_token,
    ),
    "push_send": (
        write_logs,
        use_items("BatchGetItem", "ConditionCheckItem", "GetItem", "PutItem", "UpdateItem"),
        take_pushes,
        wake_work,
        read_accounts,
        decrypt_accounts,
        ask_for_token,
    ),
    "push_watch": (write_logs, read_journal, keep_watch, list_accounts, ask_for_token),
    "reactivation_plan": (
        write_logs,
        use_items("BatchGetItem", "ConditionCheckItem", "GetItem", "PutItem"),
        find_silent,
        list_policies,
        wake_work,
        list_accounts,
        read_accounts,
        decrypt_accounts,
    ),
    "tick": (write_logs, find_due, wake_work, wake_pushes),
    "token_refresh": (
        write_logs,
        keep_tokens,
        list_secrets,
        read_accounts,
        decrypt_accounts,
        read_secrets,
        decrypt_secrets,
    ),
    "journal_roll": (write_logs, read_journal, keep_figures, list_accounts),
}


def policy(function: Function) -> Mapping[str, Any]:
    """The function's policy as IAM reads it."""
    return {"Version": "2012-10-17", "Statement": [grant(function) for grant in GRANTS[function.name]]}


def files(stages: Iterable[str]) -> Mapping[str, str]:
    """File name and text of every policy of these stages."""
    functions = [Function(name, stage) for stage in stages for name in GRANTS]
    return {
        f"policy-{function.stage}-{function.name}.json": json.dumps(policy(function), indent=2) + "\n"
        for function in functions
    }


def stages() -> tuple[str, ...]:
    """The stages that `.chalice/config.json` knows."""
    return tuple(json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))["stages"])


def _allow(
    service: str, actions: Iterable[str], resources: Iterable[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    own_account = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
    return {
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": list(resources),
        "Condition": {**own_account, **(condition or {})},
    }


def _list_names(parameters: str) -> Statement:
    """Values come encrypted with the names, and no key to them is granted here."""
    return _allow("ssm", ("GetParametersByPath",), (parameters, f"{parameters}/*"))


def _decrypt(parameters: str) -> Statement:
    """Needed when the parameters have a key of the operator's own: its id is not known here, its use is."""
    for_these = {
        "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": parameters, "kms:ViaService": "ssm.*.amazonaws.com*"}
    }
    return _allow("kms", ("Decrypt",), ("arn:*:kms:*:*:key/*",), for_these)


def main(into: Path = CHALICE) -> None:
    """Write the policies of every stage."""
    for name, text in files(stages()).items():
        (into / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
