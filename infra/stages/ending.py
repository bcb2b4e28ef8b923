"""How `deploy`, `provision` and `destroy` end when AWS refuses or the operator interrupts: one line, no traceback."""

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

UNREACHED, INTERRUPTED = 3, 130
MOST = 300
"""Letters of what AWS says: an answer that nobody can read is shown in full by botocore."""


def ended(command: Callable[[], int]) -> int:
    """The command's exit code; 3 when AWS could not be reached or refused, 130 after Ctrl-C."""
    try:
        return command()
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        print(f"AWS 没有受理：{_told(error)}。排除原因后重新运行同一条命令。", file=sys.stderr)
        return UNREACHED
    except KeyboardInterrupt:
        print("\n已中断；再运行一次会接着做。", file=sys.stderr)
        return INTERRUPTED


def _told(error: Exception) -> str:
    """In one line. Whose permission to do what is missing stands in AWS's own words."""
    said = " ".join(str(error).split()).rstrip(".")
    return said if len(said) <= MOST else f"{said[:MOST]}……"
