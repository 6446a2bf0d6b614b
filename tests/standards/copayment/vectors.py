"""The worked cases under tests/cases/copayment: one folder a law, one file a day it is in force from."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zuzahlung.standards.copayment.periods import Period, effective

FOLDER = Path(__file__).parents[2] / "cases" / "copayment"


def cases(law: str) -> list[Any]:
    """Return every case of one law as a pytest parameter that is named by its sentence."""
    found = []
    for file in sorted((FOLDER / law).glob("*.toml")):
        read = tomllib.loads(file.read_text(encoding="utf-8"))
        assert read["in_force_from"] == date.fromisoformat(file.stem), f"{file} is filed under a wrong day"
        found += [pytest.param(case, id=case["says"]) for case in read["case"]]
    assert found, f"no case of {law}"
    return found


def periods(case: dict[str, Any]) -> list[Period]:
    """Return the periods of a case as they count after revocation."""
    given = (effective(one["from"], one["to"], one.get("revoked_on")) for one in case["periods"])
    return [period for period in given if period is not None]
