"""Values that come again and again, made once: what reading and writing segments keep, in bounded memory.

Source: house, how speed is gained without growing with the file.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

MOST_KEPT: Final = 20_000
"""How many values a cache keeps before it begins anew; a file of any size needs no more memory for them."""


class Kept(dict[Any, Any]):
    """A cache of bounded size: `kept[key]` makes a value at most once as long as it is kept.

    `always` is in it from the beginning, for example that an empty text means that there is no value.
    """

    def __init__(self, make: Callable[[Any], Any], always: dict[Any, Any]) -> None:
        super().__init__(always)
        self._always = always
        self._make = make

    def __missing__(self, key: Any) -> Any:
        """Make the value; what making it raises is raised."""
        value = self._make(key)
        if len(self) >= MOST_KEPT:
            self.clear()
            self.update(self._always)
        self[key] = value
        return value


def once(make: Callable[P, R]) -> Callable[P, R]:
    """Return the function so that it is asked once for each class; mypy takes no class for hashable."""
    return cast("Callable[P, R]", functools.cache(cast("Callable[..., R]", make)))
