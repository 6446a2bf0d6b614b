"""Deliveries of a fund as tests write them, and what the house says of the insured in them afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from zuzahlung.cli.demo_data import as_operator
from zuzahlung.exemptions.imports import AnotherRuns, Imported, NotImported, import_delivery
from zuzahlung.exemptions.models import Stand
from zuzahlung.exemptions.registry import HouseRegistry
from zuzahlung.exemptions.rules import Insured
from zuzahlung.standards.days import german_day
from zuzahlung.standards.numbers.kvnr import KVNR

NOW = datetime(2026, 11, 22, 9, 42, tzinfo=UTC)
MAX, EVA, LEA, TOM = KVNR("X000079196"), KVNR("X618113183"), KVNR("X236147171"), KVNR("X854181169")
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


def line(kvnr: str, *periods: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """One insured as NDJSON says it: an adult with the initials M. M., unless something else is told."""
    return {"kvnr": kvnr, "initials": "M. M.", "birthDate": "1961-04-17", "periods": list(periods), **changes}


def ndjson(path: Path, lines: Iterable[dict[str, Any] | str]) -> Path:
    """Writes lines; a text stands there as it is."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def csv(path: Path, *lines: str) -> Path:
    """Writes lines below the header."""
    path.write_text("\n".join(("kvnr;initials;birthDate;from;to;revokedOn", *lines)), encoding="utf-8")
    return path


def delivered(
    path: Path, *, day: date | None = None, now: datetime = NOW
) -> Imported | NotImported | AnotherRuns:
    """Imports a file as the command does."""
    with as_operator():
        return import_delivery(path, day=day or german_day(now), now=now)


def served(
    path: Path, *lines: dict[str, Any] | str, day: date | None = None, now: datetime = NOW
) -> Imported:
    """Imports lines, which must be served at once."""
    done = delivered(ndjson(path, lines), day=day, now=now)
    assert isinstance(done, Imported), done
    assert not done.waits, done.waits
    return done


def insured(kvnr: KVNR) -> Insured | None:
    """What the portal finds in the served stand."""
    return HouseRegistry().find(kvnr).insured


def states() -> list[str]:
    """The state of every stand, oldest first."""
    return list(Stand.objects.order_by("id").values_list("state", flat=True))
