"""What operators do from the command line: ``python -m infra.ops …``.

It ends with 0 when done, 1 when the content is wrong (nothing was changed; `faq import` and `push import` do what is
right all the same), 2 when the command is wrong, and 3 when AWS could not be reached or refused.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import BadContent, Conflict, SettingsError, Unavailable
from chalicelib.runtime import runtime, use
from chalicelib.settings import Settings
from chalicelib.store.table import Table
from infra import (
    ops_account,
    ops_faq,
    ops_figures,
    ops_followers,
    ops_jobs,
    ops_keys,
    ops_members,
    ops_push,
    ops_reactivation,
    ops_tickets,
)
from infra.patience import OperatorRuntime, Patience
from infra.push_names import credentials

SECONDS = 20.0
"""How long the table may not answer, each time."""
DONE, WRONG_CONTENT, UNREACHED = 0, 1, 3
OF_NEW_ACCOUNTS = ("account",)
"""Commands whose account need not be known yet."""


def main(
    arguments: Sequence[str],
    *,
    open_table: Callable[[], Table],
    ensure_account: Callable[[str], object] = lambda _account: None,
) -> int:
    """Run one command; `open_table` is called only when the command needs it. `ensure_account` raises BadContent for
    an account that is not known: nobody shall believe to have paused what was only misspelt."""
    options = _parser().parse_args(arguments)
    try:
        if (account := getattr(options, "account", None)) and arguments[0] not in OF_NEW_ACCOUNTS:
            ensure_account(account)
        code: int = options.run(options, open_table) or DONE
        return code
    except BadContent as error:
        return _failed(f"没有改动任何内容：\n{error}", WRONG_CONTENT)
    except Conflict:
        return _failed("刚才有人同时在发布，这次没有切换。请看一下 versions，再重新运行。", WRONG_CONTENT)
    except SettingsError as error:
        return _failed(f"环境变量不完整：{error}", UNREACHED)
    except Unavailable:
        return _failed("数据表暂时连不上，请稍后再试。", UNREACHED)
    except (BotoCoreError, ClientError) as error:
        return _failed(f"AWS 没有受理：{_reason(error)}", UNREACHED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.ops", description="会员服务的运营命令")
    commands = parser.add_subparsers(required=True, metavar="命令")
    ops_account.add_commands(commands)
    ops_faq.add_commands(commands)
    ops_figures.add_commands(commands)
    ops_followers.add_commands(commands)
    ops_push.add_commands(commands)
    ops_keys.add_commands(commands)
    ops_tickets.add_commands(commands)
    ops_jobs.add_commands(commands)
    ops_members.add_commands(commands)
    ops_reactivation.add_commands(commands)
    return parser


def _failed(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _reason(error: BotoCoreError | ClientError) -> str:
    """Its code or class; the texts of AWS may name resources at length."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def _open_table() -> Table:
    return runtime().table(Patience(SECONDS))


def _quiet() -> None:
    """Log lines and metrics are the functions': here they would stand among what the operator reads."""
    logging.disable(logging.CRITICAL)
    os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")


if __name__ == "__main__":
    _quiet()
    with suppress(SettingsError):  # the command that needs them says so
        use(OperatorRuntime(Settings.read()))
    try:
        sys.exit(main(sys.argv[1:], open_table=_open_table, ensure_account=credentials))
    except BrokenPipeError:  # whoever reads along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
