"""The shipped price lists give price and Zuzahlung of the treatment day, or say why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from zuzahlung.standards.keys import positionen, preise
from zuzahlung.standards.keys.preise import (
    VERGUETUNGSLISTEN,
    Grund,
    Preis,
    Verguetungsliste,
    find,
    has_list,
    listed_from,
    why_none,
)

TODAY = date(2026, 11, 2)
PHYSIO, ERGO, SPRACHE, PODOLOGIE = VERGUETUNGSLISTEN

each_list = pytest.mark.parametrize("liste", VERGUETUNGSLISTEN, ids=lambda liste: liste.bereich)


def rows(liste: Verguetungsliste) -> Iterator[tuple[str, Preis]]:
    """Every row with every number it stands for."""
    for preis in preise._rows(liste):
        for number in preise._numbers(preis.positionsnummer, liste.statusziffern):
            yield number, preis


def test_a_price_is_found_with_all_its_contract_says() -> None:
    assert find("2200501", "20501", TODAY) == Preis(
        positionsnummer="X0501",
        bezeichnung=(
            "Allgemeine Krankengymnastik (KG) (auch auf neurophysiologischer Grundlage): Einzelbehandlung"
        ),
        preis=Decimal("29.63"),
        hoechstpreis=None,
        zuzahlung=Decimal("2.96"),
        gueltig_ab=date(2026, 1, 1),
        gueltig_bis=None,
        fundstelle="Physio-A2, A, Seite 3",
        verordnung_ab=None,
        verordnung_bis=None,
    )


@pytest.mark.parametrize(
    ("legs", "number", "price", "zuzahlung"),
    [
        ("2100501", "10106", "21.63", "2.16"),
        ("2700511", "62001", "70.45", "7.05"),
        ("2800511", "80102", "33.75", "3.38"),
        ("2900511", "21901", "11.40", "None"),
        ("2600501", "54105", "87.95", "8.80"),
        ("2700531", "69701", "1.11", "None"),
        ("2300501", "33010", "120.86", "12.09"),
        ("2700521", "63302", "6.72", "None"),
        ("7100501", "78020", "51.92", "5.19"),
        ("2800541", "88220", "55.66", "None"),
    ],
)
def test_each_contract_gives_its_price_and_zuzahlung(
    legs: str, number: str, price: str, zuzahlung: str
) -> None:
    preis = find(legs, number, TODAY)
    assert preis is not None
    assert (str(preis.preis), str(preis.zuzahlung)) == (price, zuzahlung)


def test_the_same_position_has_its_own_price_in_each_contract() -> None:
    physio, ergo = find("2200501", "29701", TODAY), find("2600501", "59701", TODAY)
    assert physio is not None
    assert ergo is not None
    assert [physio.preis, ergo.preis] == [Decimal("1.40"), Decimal("1.11")]
    assert find("2700511", "69701", TODAY) == physio
    assert find("2700531", "69701", TODAY) == ergo


def test_the_price_of_the_treatment_day_counts() -> None:
    before, after = (
        find("7100501", "78010", date(2026, 6, 30)),
        find("7100501", "78010", date(2026, 7, 1)),
    )
    assert before is not None
    assert after is not None
    assert [before.preis, after.preis] == [Decimal("35.16"), Decimal("36.10")]


def test_a_splint_has_no_fixed_price_and_bears_no_zuzahlung() -> None:
    until, above = find("2600501", "54405", TODAY), find("2600501", "54406", TODAY)
    assert until is not None
    assert above is not None
    assert (until.preis, until.hoechstpreis, until.zuzahlung) == (None, Decimal("400.00"), None)
    assert (above.preis, above.hoechstpreis, above.zuzahlung) == (None, None, None)
    assert why_none("2600501", "54406", TODAY) is None


@each_list
def test_every_other_position_has_a_fixed_price(liste: Verguetungsliste) -> None:
    without = {preis.positionsnummer for preis in preise._rows(liste) if preis.preis is None}
    assert without == ({"X4405", "X4406"} if liste is ERGO else set())


@pytest.mark.parametrize(
    ("legs", "number", "on", "reason"),
    [
        # Ernährungstherapie and Blankoverordnung: no list is at hand.
        ("7300501", "A5001", TODAY, Grund.KEINE_LISTE),
        ("7400501", "A5001", TODAY, Grund.KEINE_LISTE),
        ("2700551", "65001", TODAY, Grund.KEINE_LISTE),
        ("2600502", "54142", TODAY, Grund.KEINE_LISTE),
        ("22:00501", "20501", TODAY, Grund.KEINE_LISTE),
        ("", "20501", TODAY, Grund.KEINE_LISTE),
        # The day before the list.
        ("2200501", "20501", date(2025, 12, 31), Grund.KEINE_LISTE_AN_DIESEM_TAG),
        ("2200501", "29933", date(2025, 12, 31), Grund.KEINE_LISTE_AN_DIESEM_TAG),
        ("2600501", "54102", date(2024, 5, 31), Grund.KEINE_LISTE_AN_DIESEM_TAG),
        ("2300501", "33102", date(2026, 6, 30), Grund.KEINE_LISTE_AN_DIESEM_TAG),
        ("7100501", "78010", date(2025, 6, 30), Grund.KEINE_LISTE_AN_DIESEM_TAG),
        # Renamed, of another contract, with a digit the contract does not name, or no number at all.
        ("2200501", "29933", TODAY, Grund.NICHT_IN_DER_LISTE),
        ("2200501", "20522", TODAY, Grund.NICHT_IN_DER_LISTE),
        ("2200501", "54102", TODAY, Grund.NICHT_IN_DER_LISTE),
        ("2200501", "30501", TODAY, Grund.NICHT_IN_DER_LISTE),
        ("2200501", "X0501", TODAY, Grund.NICHT_IN_DER_LISTE),
        ("2100501", "11901", TODAY, Grund.NICHT_IN_DER_LISTE),
        ("2600501", "59950", TODAY, Grund.NICHT_IN_DER_LISTE),
    ],
)
def test_where_there_is_no_price_the_reason_is_told(legs: str, number: str, on: date, reason: Grund) -> None:
    assert find(legs, number, on) is None
    assert why_none(legs, number, on) is reason


def test_where_there_is_a_price_there_is_no_reason() -> None:
    assert why_none("2200501", "20501", date(2026, 1, 1)) is None


def test_a_list_is_held_for_eighteen_leistungserbringergruppen() -> None:
    every = [legs for liste in VERGUETUNGSLISTEN for legs in liste.legs]
    assert len(every) == len(set(every)) == 18
    assert [legs for legs in every if not has_list(legs, TODAY)] == []
    assert not has_list("7300501", TODAY)


@pytest.mark.parametrize(
    ("legs", "first"),
    [
        ("2200501", date(2026, 1, 1)),
        ("2600501", date(2024, 6, 1)),
        ("2500501", date(2026, 7, 1)),
        ("7200501", date(2025, 7, 1)),
    ],
)
def test_a_list_is_in_force_from_its_first_day_on(legs: str, first: date) -> None:
    assert listed_from(legs) == first
    assert [has_list(legs, first - timedelta(days=1)), has_list(legs, first)] == [False, True]


def test_where_no_list_is_held_it_has_no_first_day() -> None:
    assert listed_from("7300501") is None


@pytest.mark.parametrize(
    ("number", "last", "first"),
    [("78300", "2025-09-30", None), ("78610", None, "2025-10-01"), ("78100", None, None)],
)
def test_a_position_is_agreed_for_verordnungen_of_certain_days_only(
    number: str, last: str | None, first: str | None
) -> None:
    preis = find("7100501", number, TODAY)
    assert preis is not None
    assert preis.is_agreed_for(date(2025, 9, 30)) is (first is None)
    assert preis.is_agreed_for(date(2025, 10, 1)) is (last is None)


@each_list
def test_every_zuzahlung_is_ten_percent_of_the_price_rounded_half_up(liste: Verguetungsliste) -> None:
    bearing = [preis for preis in preise._rows(liste) if preis.zuzahlung is not None]
    assert bearing
    for preis in bearing:
        assert preis.preis is not None
        assert preis.zuzahlung == (preis.preis / 10).quantize(Decimal("0.01"), ROUND_HALF_UP), preis


@pytest.mark.parametrize(
    ("liste", "numbers"),
    [
        (PHYSIO, "X0708 X0728 X0709 X0805 X9701 X1906 21901 21904"),
        (ERGO, "X4405 X4406 X9701"),
        (SPRACHE, "33302 63302 83302 33303 63303 83303"),
        (PODOLOGIE, "78220 68220 88220 78530 68530 88530"),
    ],
    ids=lambda value: value.bereich if isinstance(value, Verguetungsliste) else "",
)
def test_these_positions_and_no_others_bear_no_zuzahlung(liste: Verguetungsliste, numbers: str) -> None:
    free = {preis.positionsnummer for preis in preise._rows(liste) if preis.zuzahlung is None}
    assert free == set(numbers.split())


@each_list
def test_a_number_has_one_price_a_day(liste: Verguetungsliste) -> None:
    spans: dict[str, list[Preis]] = {}
    for number, preis in rows(liste):
        spans.setdefault(number, []).append(preis)
    for steps in spans.values():
        assert steps[-1].gueltig_bis is None
        for earlier, later in pairwise(steps):
            assert earlier.gueltig_bis == later.gueltig_ab - timedelta(days=1)


@each_list
def test_every_number_with_a_price_exists_in_the_directory_from_that_day_on(liste: Verguetungsliste) -> None:
    unknown = [number for number, preis in rows(liste) if not positionen.find(number, preis.gueltig_ab)]
    assert unknown == []


# What the directory calls otherwise: a slip of the pen in it, and words that only one of the two adds.
OTHER_WORDS = {
    "20507": "gerätegestützekrankengymnastikkggerätparalleleeinzelbehandlungbiszu3patienten",
    "21104": "traktionsbehandlungmitgerät",
    "29922": (
        "hausbesuchinkurzzeitverhinderungsundtagespflegefürpatientendiesichinkurzzeitoderverhinderungspflegeis"
        "des42abs13sgbxibefindenoderimrahmendertagespflegeisdes41abs1sgbxibehandeltwerden"
    ),
}


def plain(label: str) -> str:
    """A label without blanks, signs, times of treatment and ways of writing one word."""
    label = re.sub(r",? ?\(regel[^)]*\)", "", label.casefold())
    for one, other in {
        "regelbehandlungszeit": "",
        "minuten": "min",
        "inclusive": "inklusive",
        "absatz": "abs",
    }.items():
        label = label.replace(one, other)
    return re.sub(r"[^a-z0-9äöüß]", "", label)


@each_list
def test_a_price_stands_beside_the_label_the_directory_has_for_its_number(liste: Verguetungsliste) -> None:
    practice = {PHYSIO: "2", ERGO: "5", SPRACHE: "3", PODOLOGIE: "7"}[liste]
    compared = 0
    for number, preis in rows(liste):
        if number.startswith(practice):
            position = positionen.find(number, TODAY)
            assert position is not None
            expected = OTHER_WORDS.get(number, plain(preis.bezeichnung))
            assert (number, plain(position.leistung)) == (number, expected)
            compared += 1
    assert compared == {PHYSIO: 58, ERGO: 40, SPRACHE: 19, PODOLOGIE: 36}[liste]


@each_list
def test_every_price_cites_a_registered_document_with_chapter_and_page(liste: Verguetungsliste) -> None:
    register = (Path(__file__).parents[3] / "docs" / "sources.md").read_text(encoding="utf-8")
    document = {PHYSIO: "Physio-A2", ERGO: "Ergo-A2", SPRACHE: "SSSST-A2", PODOLOGIE: "Podo-A2"}[liste]
    assert f"| `{document}` |" in register
    for preis in preise._rows(liste):
        assert re.fullmatch(rf"{document}, .+, Seite \d+", preis.fundstelle)


def test_every_shipped_price_list_belongs_to_a_contract() -> None:
    shipped = Path(preise.__file__).parent / "tables"
    assert sorted(file.stem for file in shipped.glob("preise_*.csv")) == sorted(
        liste.tabelle for liste in VERGUETUNGSLISTEN
    )
