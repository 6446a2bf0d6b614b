"""What a source of exemption data is: the registry of the house, or a fund's own system behind the same interface."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Protocol

from django.utils.module_loading import import_string

from zuzahlung.exemptions.rules import Insured
from zuzahlung.standards.numbers.kvnr import KVNR


class RegistryUnavailable(Exception):
    """The source gives no answer at present; what follows is „zurzeit keine Auskunft" and never a guess."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the source said: the day its data speak of, and the insured, or None if it holds none."""

    stand: date
    insured: Insured | None


class Registry(Protocol):
    """A source of exemption data: a class that is made once in a process, without arguments, when it is first asked.

    It is asked outside of any transaction, by many threads at once.
    """

    def find(self, kvnr: KVNR) -> Found:
        """What is known of this insured; raises `RegistryUnavailable`."""

    def stand(self) -> date:
        """The day its data speak of, for the page „Status“; raises `RegistryUnavailable`."""


@lru_cache(maxsize=4)
def kind_of(dotted: str) -> type[Registry]:
    """The class of this name."""
    kind: type[Registry] = import_string(dotted)
    return kind


_making = Lock()
_made: dict[str, Registry] = {}


def made(dotted: str) -> Registry:
    """The source of this name, made the first time."""
    with _making:
        if dotted not in _made:
            _made[dotted] = kind_of(dotted)()
        return _made[dotted]


def fault_of_source(dotted: str) -> str | None:
    """Why this cannot be the source, as a sentence, or None. Nothing of it is made or asked yet."""
    try:
        kind: object = kind_of(dotted)
    except Exception as error:  # noqa: BLE001 - it is a fund's module, and may fail in any way
        why = str(error) if isinstance(error, ImportError) else type(error).__name__
        return f"Die Quelle der Auskünfte „{dotted}“ lässt sich nicht laden: {why}."
    if not inspect.isclass(kind):
        return f"Die Quelle der Auskünfte „{dotted}“ ist keine Klasse."
    if not _can_be_called(kind):
        return f"Die Quelle der Auskünfte „{dotted}“ muss sich ohne Angaben anlegen lassen."
    for name, given in (("find", ("self", "kvnr")), ("stand", ("self",))):
        if not _can_be_called(getattr(kind, name, None), *given):
            words = ", ".join(given[1:])
            return f"Die Quelle der Auskünfte „{dotted}“ braucht eine Methode {name}({words})."
    return None


def _can_be_called(what: object, *given: str) -> bool:
    if not callable(what):
        return False
    try:
        inspect.signature(what).bind(*given)
    except (TypeError, ValueError):
        return False
    return True
