"""What the demo account says: a shop's FAQ and its custom menu."""

from pathlib import Path
from typing import Any

import yaml

from chalicelib.store.release import Release
from infra import faq_file

HERE = Path(__file__).parent


def shop() -> Release:
    """Not numbered yet: publishing does that."""
    return faq_file.read(HERE / "shop.yaml")


def menu() -> dict[str, Any]:
    """The body of WeChat's ``menu/create``."""
    body: dict[str, Any] = yaml.safe_load((HERE / "menu.yaml").read_text(encoding="utf-8"))
    return body
