"""Values worked out once and kept, since a delivery of a million lines repeats few of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

MOST = 100_000
Value = TypeVar("Value")


class Remembered(dict[Any, Value]):
    """Finds a value for each key once; forgets all of them rather than grow without end."""

    def __init__(self, find: Callable[[Any], Value]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: Any) -> Value:
        value = self._find(key)
        if len(self) >= MOST:
            self.clear()
        self[key] = value
        return value
