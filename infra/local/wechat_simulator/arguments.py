"""Reads the fields of a control request and refuses, in Chinese, what does not fit."""

from collections.abc import Mapping
from typing import Any

from infra.local.wechat_simulator.refusal import Refused

LARGEST = 1e12


class Arguments:
    """The JSON object of a request. A default of None means: needed."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def text(self, name: str, default: str | None = None) -> str:
        value = self._get(name, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise Refused(f"{name} 应为文字")
        return value

    def words(self, name: str) -> str:
        """A text that says something."""
        value = self.text(name)
        if not value.strip():
            raise Refused(f"{name} 不能为空")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
            raise Refused(f"{name} 应为数字")
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise Refused(f"{name} 应为 true 或 false")
        return value

    def texts(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self._get(name, default)
        if not isinstance(value, list | tuple) or not all(isinstance(item, str | int) for item in value):
            raise Refused(f"{name} 应为列表")
        return tuple(str(item) for item in value)

    def _get(self, name: str, default: object) -> Any:
        value = self.given.get(name)
        if value is None:
            if default is None:
                raise Refused(f"缺少 {name}")
            return default
        return value
