"""What the house decides for itself, read from one TOML file into typed values with the defaults of the code."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from django.core.exceptions import ImproperlyConfigured

from zuzahlung.accounts.rules import Settings as AccountSettings
from zuzahlung.delivery.rules import Settings as DeliverySettings
from zuzahlung.exemptions.rules import Settings as ExemptionSettings
from zuzahlung.journal.rules import Settings as JournalSettings
from zuzahlung.portal.theme import check_theme


class ConfigurationError(ImproperlyConfigured):
    """The settings say something the house does not know, or cannot go by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fund:
    """The health insurance fund whose insured are asked about: its name on pages and letters."""

    name: str = "Musterkasse"
    full_name: str = "Musterkasse – Die Gesundheitskasse zum Ausprobieren"
    telephone: str = "0800 0000000"
    telephone_note: str = "kostenfrei, Mo–Fr 8–18 Uhr"
    email: str = "service@musterkasse.example"
    web: str = "www.musterkasse.example"
    street: str = "Beispielstraße 1"
    postcode: str = "01067"
    city: str = "Dresden"
    represented_by: str = "Vorstand: N. N. (Beispiel)"
    supervised_by: str = "Beispiel-Aufsichtsbehörde"
    register: str = "Körperschaft des öffentlichen Rechts (Beispiel)"
    data_protection: str = "datenschutz@musterkasse.example"
    accent: str = "#0a5c4a"
    accent_dark: str = "#6fd0b8"

    def __post_init__(self) -> None:
        """Refuses a name that is empty, and colours in which words cannot be read."""
        if empty := [
            item.name
            for item in fields(self)
            if not getattr(self, item.name) and item.name != "telephone_note"
        ]:
            raise ValueError(f"{empty[0]} darf nicht leer sein.")
        if faults := check_theme(self.accent, self.accent_dark):
            raise ValueError(" ".join(faults))


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """All settings of the house, each group owned by the business that uses it."""

    fund: Fund = field(default_factory=Fund)
    journal: JournalSettings = field(default_factory=JournalSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    accounts: AccountSettings = field(default_factory=AccountSettings)
    exemptions: ExemptionSettings = field(default_factory=ExemptionSettings)


def read(path: Path | None) -> Configuration:
    """Reads the settings file; without one the defaults hold. What does not fit is refused with a sentence."""
    if path is None:
        return Configuration()
    try:
        return from_mapping(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ConfigurationError(f"Die Datei {path} gibt es nicht.") from None
    except OSError as error:
        raise ConfigurationError(f"Die Datei {path} lässt sich nicht lesen: {error.strerror}.") from None
    except ValueError as error:
        raise ConfigurationError(f"Die Datei {path} ist kein TOML: {_place_of(error)}.") from None
    except ConfigurationError as error:
        raise ConfigurationError(f"Datei {path}: {error}") from None


def _place_of(error: ValueError) -> str:
    """Where TOML ends to be TOML, in German; the words around it are those of the library."""
    if isinstance(error, UnicodeError):
        return "Sie ist nicht in UTF-8 geschrieben"
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return f"Zeile {found[1]}, Zeichen {found[2]} passt nicht" if found else "Am Ende fehlt etwas"


def from_mapping(given: dict[str, Any]) -> Configuration:
    """Puts given values over the defaults, group by group."""
    base = Configuration()
    groups = {group.name: getattr(base, group.name) for group in fields(base)}
    for name, values in given.items():
        if name not in groups:
            raise ConfigurationError(f"Die Gruppe [{name}] gibt es nicht. Es gibt: {', '.join(groups)}.")
        if not isinstance(values, dict):
            known = ", ".join(item.name for item in fields(groups[name]))
            raise ConfigurationError(
                f"{name} ist eine Gruppe und wird so geschrieben: [{name}]. Darin gibt es: {known}."
            )
        groups[name] = _with_values(name, groups[name], values)
    return Configuration(**groups)


def _with_values(name: str, group: Any, values: dict[str, Any]) -> Any:
    kinds = get_type_hints(type(group))
    for key, value in values.items():
        if key not in kinds:
            raise ConfigurationError(f"In [{name}] gibt es {key} nicht. Es gibt: {', '.join(kinds)}.")
        if fault := _fault_of_value(value, kinds[key]) or _fault_of_size(key, value):
            raise ConfigurationError(f"In [{name}] muss {key} {fault} sein, nicht {_shown(value)}.")
    if isinstance(group, Fund):
        _refuse_half_a_fund(values)
    as_given = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    try:
        return replace(group, **as_given)
    except ValueError as error:
        raise ConfigurationError(f"In [{name}]: {error}") from None


def _fault_of_value(value: object, kind: Any) -> str | None:
    """What a value of this kind must be, in words, or None when it is that."""
    if get_origin(kind) is Literal:
        # Python counts true as 1 and 3.0 as 3.
        return (
            None
            if type(value) is int and value in get_args(kind)
            else " oder ".join(map(str, get_args(kind)))
        )
    words, is_right = _KINDS[kind]
    return None if is_right(value) else words


_SIZES: Mapping[str, tuple[float, float]] = {
    "_share": (0, 1), "_years": (1, 100), "_days": (0, 3650), "_hours": (1, 8760), "_minutes": (1, 1440),
    "_seconds": (0.1, 86_400), "_bytes": (1, 10**12), "_rows": (1, 10_000), "_tries": (1, 100), "_month": (0, 13),
    # Without a single day nobody could ask, or sign in the first time.
    "series_days": (1, 366), "initial_valid_days": (1, 366), "sleep_after_days": (1, 3650),
}  # fmt: skip
"""The smallest and the largest value, by the whole name or by how it ends: a share is no percentage."""


def _fault_of_size(key: str, value: object) -> str | None:
    """Within which bounds a number must lie, or None when it does."""
    low, high = _SIZES.get(key) or _SIZES.get(f"_{key.rpartition('_')[2]}") or (0, float("inf"))
    if type(value) not in {int, float} or low <= cast("float", value) <= high:
        return None
    return f"eine Zahl von {_german(low)} bis {_german(high)}"


def _german(value: float) -> str:
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def _is_line(value: object) -> bool:
    return isinstance(value, str) and len(value.splitlines()) <= 1


def _is_number(value: object) -> bool:
    return type(value) in {int, float} and 0 <= cast("float", value) < float("inf")


def _are_lines(value: object) -> bool:
    return isinstance(value, list) and all(_is_line(one) for one in value)


_KINDS: Mapping[Any, tuple[str, Callable[[object], bool]]] = {
    str: ("ein Text in einer Zeile", _is_line),
    bool: ("true oder false", lambda value: isinstance(value, bool)),
    int: ("eine ganze Zahl ab 0", lambda value: type(value) is int and value >= 0),
    float: ("eine Zahl ab 0", _is_number),
    tuple[str, ...]: ("eine Liste von Texten", _are_lines),
}


def _shown(value: object) -> str:
    """A value as it may stand in a sentence: short, whatever it is."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _refuse_half_a_fund(values: dict[str, Any]) -> None:
    """Refuses a fund of which some is told: the rest would be that of the invented one, in imprint and letters."""
    may_stay = {"telephone_note", "accent", "accent_dark"}
    who = {item.name: None for item in fields(Fund) if item.name not in may_stay}
    missing = [name for name in who if name not in values]
    if missing and len(missing) < len(who):
        raise ConfigurationError(f"In [fund] fehlt noch: {', '.join(missing)}.")


def refuse_example_fund(fund: Fund) -> None:
    """Refuses the invented fund of the defaults: nobody may read its address in a real imprint or letter."""
    example, may_stay = Fund(), {"telephone_note", "accent", "accent_dark"}
    left = [
        item.name
        for item in fields(Fund)
        if item.name not in may_stay and getattr(fund, item.name) == getattr(example, item.name)
    ]
    if left:
        raise ConfigurationError(
            "ZUZAHLUNG_URL beginnt mit https://, aber unter [fund] stehen noch Beispielwerte: "
            f"{', '.join(left)}. Bitte tragen Sie Ihre Kasse in die Datei ein, die ZUZAHLUNG_SETTINGS nennt."
        )


def secret_key(path: Path) -> str:
    """Reads the secret that signs cookies, or makes it once; a file that others can read is refused."""
    if not path.exists():
        _make_secret(path)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(
            f"Die Datei {path} ist für andere lesbar. Bitte schließen Sie sie: chmod 600 {path}"
        )
    return path.read_text(encoding="ascii").strip()


def _make_secret(path: Path) -> None:
    """Writes a new secret beside the file and gives it its name when it is whole; of two at once one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
