"""Our lists of codes are exactly those of the machine-readable form of TA1 and TA3."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Any

import pytest

from zuzahlung.standards.keys import (
    abrechnung,
    leistungserbringer,
    verarbeitung,
    verordnung,
    versichertenstatus,
)
from zuzahlung.standards.keys.leistungserbringer import is_tarifkennzeichen
from zuzahlung.standards.keys.zuzahlung import ZUZAHLUNG

pytestmark = pytest.mark.official

SCHEMA = Path(__file__).parents[3] / "shared" / "domain" / "ta1_schema.json"

OURS: dict[str, Iterable[str]] = {
    "8.1.2": verordnung.UNFALL,
    "8.1.2.1": verordnung.BVG_SER,
    "8.1.3": ZUZAHLUNG,
    "8.1.4": abrechnung.RECHNUNGSART,
    "8.1.5.1_B": leistungserbringer.ABRECHNUNGSCODE,
    "8.1.5.2_prefix": leistungserbringer.TARIFBEREICH,
    "8.1.6": versichertenstatus.SUMMENSTATUS,
    "8.1.7": verarbeitung.VERARBEITUNGSKENNZEICHEN,
    "8.1.11": verordnung.VERORDNUNGSBESONDERHEITEN,
    "8.1.11_B": verordnung.VERORDNUNGSBESONDERHEITEN_HEILMITTEL,
    "8.1.12": verordnung.VERORDNUNGSART,
    "8.1.14_B": [leistungserbringer.HEILMITTEL],
    "8.1.17_B": verordnung.ART_DER_GENEHMIGUNG,
    "8.1.18": abrechnung.BELEGINFORMATION,
    "Heilmittel-Bereich": verordnung.HEILMITTELBEREICH,
    "Testindikator": abrechnung.TESTINDIKATOR,
}


def schema() -> dict[str, Any]:
    if not SCHEMA.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def test_every_list_of_codes_is_ours_in_the_same_order() -> None:
    assert {name: list(codes) for name, codes in OURS.items()} == schema()["keys"]


def test_the_last_three_signs_of_the_tarifkennzeichen_follow_the_pattern() -> None:
    pattern = re.compile(schema()["patterns"]["8.1.5.2_suffix"])
    every = ("".join(signs) for signs in product(digits + ascii_uppercase, repeat=3))
    assert [
        signs for signs in every if is_tarifkennzeichen(f"00{signs}") != bool(pattern.search(signs))
    ] == []


def test_the_leitsymptomatik_follows_the_pattern() -> None:
    pattern = re.compile(schema()["patterns"]["Leitsymptomatik"])
    every = ("".join(signs) for signs in product(digits, repeat=4))
    assert [
        signs for signs in every if (signs in verordnung.LEITSYMPTOMATIK) != bool(pattern.search(signs))
    ] == []
