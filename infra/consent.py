"""Asking an operator before something that cannot be taken back."""

import sys


def agrees(question: str) -> bool:
    """Takes silence for no."""
    print(question, file=sys.stderr)
    try:
        return input("输入 yes 继续：").strip() == "yes"
    except EOFError:
        return False
