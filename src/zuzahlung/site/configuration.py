"""What the house decides for itself, read from one TOML file into typed values with the defaults of the code."""

from __future__ import annotations

import os
import secrets
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from zuzahlung.accounts.rules import Settings as AccountSettings
from zuzahlung.delivery.rules import Settings as DeliverySettings
from zuzahlung.exemptions.rules import Settings as ExemptionSettings
from zuzahlung.journal.rules import Settings as JournalSettings


class ConfigurationError(ImproperlyConfigured):
    """The settings file names something the house does not know."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """All settings of the house, each group owned by the business that uses it."""

    fund: Fund = field(default_factory=Fund)
    journal: JournalSettings = field(default_factory=JournalSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    accounts: AccountSettings = field(default_factory=AccountSettings)
    exemptions: ExemptionSettings = field(default_factory=ExemptionSettings)


def read(path: Path | None) -> Configuration:
    """Reads the settings file; without one the defaults hold. An unknown name is refused."""
    if path is None:
        return Configuration()
    return from_mapping(tomllib.loads(path.read_text(encoding="utf-8")))


def from_mapping(given: dict[str, Any]) -> Configuration:
    """Puts given values over the defaults, group by group."""
    base = Configuration()
    groups = {group.name: getattr(base, group.name) for group in fields(base)}
    for name, values in given.items():
        if name not in groups:
            raise ConfigurationError(f"unknown group [{name}]; known: {', '.join(groups)}")
        known = {item.name for item in fields(groups[name])}
        unknown = set(values) - known
        if unknown:
            raise ConfigurationError(f"unknown in [{name}]: {', '.join(sorted(unknown))}")
        as_given = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        groups[name] = replace(groups[name], **as_given)
    return Configuration(**groups)


def secret_key(path: Path) -> str:
    """Reads the secret that signs cookies, or makes it once; a file that others can read is refused."""
    if not path.exists():
        _make_secret(path)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"the file {path} is open to others; close it: chmod 600 {path}")
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
