"""A planned file becomes Nutzdaten with exactly the numbers, time and phase it is given, and with its own sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.interchanges import samples
from tests.standards.sgbv302.test_grouping import (
    ABRECHNUNGSSTELLE,
    ANOTHER,
    TWO_PRACTICES,
    WITH_ALL,
    auftrag,
    batches,
    large,
    planned,
)
from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.sgbv302 import files, grouping, slga
from zuzahlung.standards.sgbv302.building import nutzdaten
from zuzahlung.standards.sgbv302.files import Nutzdaten, UnknownVersion
from zuzahlung.standards.sgbv302.grouping import Lieferung, Rechnungsschluessel
from zuzahlung.standards.sgbv302.numbering import Dateiart, MonatVon

MORNING = datetime(2026, 10, 5, 8, 40, tzinfo=UTC)


def numbers(lieferung: Lieferung) -> dict[Rechnungsschluessel, str]:
    """Return A-1, A-2 … for the invoices of a file."""
    return {one.schluessel: f"A-{place}" for place, one in enumerate(lieferung.rechnungen, start=1)}


def built(lieferung: Lieferung, **options: Any) -> Nutzdaten:
    return nutzdaten(
        lieferung,
        **{
            "sammelnummern": numbers(lieferung),
            "datenaustauschreferenz": "00118",
            "at": MORNING,
            "dateiart": Dateiart.TEST,
            **options,
        },
    )


def written(datei: Nutzdaten, *tags: str) -> list[str]:
    """Return the segments of a file that have these tags."""
    return [line.removesuffix("'") for line in files.write(datei).splitlines() if line.startswith(tags)]


def test_the_head_says_who_sends_what_when_in_german_time() -> None:
    (file,) = planned(auftrag())
    assert written(built(file), "UNB", "UNZ") == [
        "UNB+UNOC:3+440301798+660999007+20261005:1040+00118+B+SL030179S10+0",
        "UNZ+000002+00118",
    ]


def test_a_file_made_at_midnight_in_germany_bears_the_german_day() -> None:
    (file,) = planned(auftrag())
    made = built(file, at=datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    assert written(made, "UNB") == ["UNB+UNOC:3+440301798+660999007+20270101:0000+00118+B+SL030179S01+0"]


@pytest.mark.parametrize(
    ("dateiart", "sign"), [(Dateiart.TEST, "0"), (Dateiart.ERPROBUNG, "1"), (Dateiart.ECHT, "2")]
)
def test_the_phase_is_the_last_element_of_the_head(dateiart: Dateiart, sign: str) -> None:
    (file,) = planned(auftrag())
    assert built(file, dateiart=dateiart).unb.testindikator == sign


@pytest.mark.parametrize(
    ("monat_von", "name"),
    [
        (MonatVon.ERSTELLUNG, "SL030179S11"),
        (MonatVon.RECHNUNG, "SL030179S10"),
        (MonatVon.LEISTUNG, "SL030179S09"),
    ],
)
def test_the_month_of_the_file_name_is_a_setting(monat_von: MonatVon, name: str) -> None:
    (file,) = planned(auftrag())
    made = built(file, at=datetime(2026, 11, 2, 8, 40, tzinfo=UTC), monat_von=monat_von)
    assert made.unb.anwendungsreferenz == name


def test_the_file_of_an_abrechnungsstelle_is_named_so() -> None:
    (file,) = planned(auftrag(rechnungsart="2"), absender=ABRECHNUNGSSTELLE)
    assert built(file).unb.anwendungsreferenz == "SL030186A10"


def test_each_invoice_alone_has_a_number_of_its_own_and_nought_behind_it() -> None:
    (file,) = planned(auftrag(), auftrag(ik_krankenkasse="109990029"))
    assert written(built(file), "FKT", "REC", "UNH") == [
        "UNH+00001+SLGA:21:0:0",
        "FKT+01++440301798+109990018+109990018+440301798",
        "REC+A-1:0+20261005+1",
        "UNH+00002+SLLA:21:0:0",
        "FKT+01++440301798+109990018+109990018",
        "REC+A-1:0+20261005+1",
        "UNH+00003+SLGA:21:0:0",
        "FKT+01++440301798+109990018+109990029+440301798",
        "REC+A-2:0+20261005+1",
        "UNH+00004+SLLA:21:0:0",
        "FKT+01++440301798+109990018+109990029",
        "REC+A-2:0+20261005+1",
    ]


def test_an_abrechnungsstelle_with_inkasso_stands_in_its_sammelrechnung_and_in_each_slla() -> None:
    (file,) = planned(
        *(replace(one, rechnungsart="3") for one in TWO_PRACTICES[:3]), absender=ABRECHNUNGSSTELLE
    )
    assert written(built(file), "FKT", "REC", "GES", "NAM") == [
        "FKT+01+J+590301867+109990018++590301867",
        "REC+A-1:0+20261005+3",
        "GES+00+22,77+25,29+2,52",
        "GES+11+22,77+25,29+2,52",
        "NAM+Abrechnungszentrum Muster",
        "FKT+01++440301798+109990018+109990018+590301867",
        "REC+A-1:1+20261005+3",
        "GES+00+7,59+8,43+0,84",
        "GES+11+7,59+8,43+0,84",
        "NAM+Physiotherapie Mustermann+Frau Muster 0300000000++info@example.org",
        "FKT+01++440301798+109990018+109990018+590301867",
        "REC+A-1:1+20261005+3",
        "FKT+01++440301798+109990018+109990029+590301867",
        "REC+A-1:2+20261005+3",
        "GES+00+7,59+8,43+0,84",
        "GES+11+7,59+8,43+0,84",
        "NAM+Physiotherapie Mustermann+Frau Muster 0300000000++info@example.org",
        "FKT+01++440301798+109990018+109990029+590301867",
        "REC+A-1:2+20261005+3",
        "FKT+01++440301801+109990018+109990018+590301867",
        "REC+A-1:3+20261005+3",
        "GES+00+7,59+8,43+0,84",
        "GES+11+7,59+8,43+0,84",
        "NAM+Ergotherapie Beispiel",
        "FKT+01++440301801+109990018+109990018+590301867",
        "REC+A-1:3+20261005+3",
    ]


def test_a_sammelrechnung_of_rechnungsart_2_names_the_leistungserbringer_and_the_sender() -> None:
    (file,) = planned(
        auftrag(rechnungsart="2", leistungserbringer=ANOTHER),
        with_sammelrechnung=True,
        absender=ABRECHNUNGSSTELLE,
    )
    assert written(built(file), "FKT", "NAM") == [
        "FKT+01+J+440301801+109990018++590301867",
        "NAM+Ergotherapie Beispiel",
        "FKT+01++440301801+109990018+109990018+590301867",
        "NAM+Ergotherapie Beispiel",
        "FKT+01++440301801+109990018+109990018",
    ]


def test_tax_number_and_skonto_stand_in_the_invoice_and_not_in_the_sammelrechnung() -> None:
    taxed = replace(samples.PRAXIS, ust=slga.UST(steuernummer="12/345/67890", befreiung="J"))
    skonto = (slga.SKO(prozent=Decimal("2.00"), zahlungsziel=14),)
    (file,) = planned(auftrag(leistungserbringer=taxed, sko=skonto), with_sammelrechnung=True)
    assert written(built(file), "UNH", "UST", "SKO") == [
        "UNH+00001+SLGA:21:0:0",
        "UNH+00002+SLGA:21:0:0",
        "UST+12/345/67890+J",
        "SKO+2,00+14",
        "UNH+00003+SLLA:21:0:0",
    ]


def test_the_segments_a_case_is_counted_with_are_those_that_are_written() -> None:
    (file,) = planned(auftrag(vkz="02", fall=WITH_ALL))
    (slla,) = [line for line in written(built(file), "UNT") if line.endswith("+00002")]
    assert slla == f"UNT+{grouping._segments_in(WITH_ALL) + 4:06}+00002" == "UNT+000020+00002"


def test_the_largest_invoice_that_is_taken_is_counted_with_six_digits() -> None:
    (file,) = planned(large("1", 999_995))
    *_, unt, unz = files.segments_of(built(file))
    assert getattr(unt, "anzahl_einheiten", None) == 999_999
    assert type(unz).__name__ == "UNZ"


@pytest.mark.parametrize(
    ("given_numbers", "error", "sentence"),
    [
        (("A-1", "A-1"), NumberError, "Die Rechnungsnummer A-1 ist für zwei Rechnungen vorgesehen."),
        (("A-1", "A 2"), InvalidCharacters, None),
        (("A-1", "A-2 "), InvalidCharacters, "Vor oder nach einer Rechnungsnummer steht ein Leerzeichen."),
        (("A-1", ""), InvalidLength, "Bitte geben Sie eine Rechnungsnummer an."),
    ],
)
def test_numbers_that_may_not_stand_there_are_refused(
    given_numbers: tuple[str, str], error: type[NumberError], sentence: str | None
) -> None:
    (file,) = planned(auftrag(), auftrag(ik_krankenkasse="109990029"))
    keys = [rechnung.schluessel for rechnung in file.rechnungen]
    with pytest.raises(error) as refused:
        built(file, sammelnummern=dict(zip(keys, given_numbers, strict=True)))
    assert sentence is None or refused.value.text == sentence


def test_an_invoice_without_a_number_is_refused() -> None:
    (file,) = planned(auftrag())
    nothing: Mapping[Rechnungsschluessel, str] = {}
    with pytest.raises(ValueError, match="needs a number"):
        built(file, sammelnummern=nothing)


@pytest.mark.parametrize("reference", ["118", "00000", "000118", ""])
def test_a_malformed_datenaustauschreferenz_is_refused(reference: str) -> None:
    (file,) = planned(auftrag())
    with pytest.raises(NumberError) as refused:
        built(file, datenaustauschreferenz=reference)
    assert refused.value.text == "Eine Datenaustauschreferenz hat fünf Ziffern und beginnt bei 00001."


def test_a_time_without_a_zone_is_refused() -> None:
    (file,) = planned(auftrag())
    with pytest.raises(ValueError, match="time zone"):
        built(file, at=MORNING.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("version", "made_on"),
    [
        (None, date(2025, 9, 30)),  # Only V20 is in force, and its tables are not held.
        (None, date(2019, 1, 1)),
        ("21", date(2025, 9, 30)),
        ("20", date(2025, 10, 1)),
        ("22", date(2026, 10, 5)),
    ],
)
def test_a_version_that_is_not_in_force_or_not_held_is_refused(version: str | None, made_on: date) -> None:
    (file,) = planned(auftrag())
    at = datetime(made_on.year, made_on.month, made_on.day, 10, 0, tzinfo=UTC)
    with pytest.raises(UnknownVersion) as refused:
        built(file, version=version, at=at)
    assert refused.value.text == (
        "Für diesen Tag ist die gewünschte Fassung der Technischen Anlage nicht hinterlegt."
    )


def test_the_german_day_decides_which_version_is_in_force() -> None:
    (file,) = planned(auftrag())
    assert built(file, at=datetime(2025, 9, 30, 22, 0, tzinfo=UTC)).version == "21"
    with pytest.raises(UnknownVersion):
        built(file, at=datetime(2025, 9, 30, 21, 59, tzinfo=UTC))


def test_a_version_may_be_asked_for_that_is_in_force() -> None:
    (file,) = planned(auftrag())
    assert built(file, version="21") == built(file)


@given(auftraege=batches(), with_sammelrechnung=st.booleans())
def test_two_runs_over_equal_cases_give_equal_files_that_can_be_read_back(
    auftraege: list[grouping.Auftrag], with_sammelrechnung: bool
) -> None:
    options: dict[str, Any] = {"absender": ABRECHNUNGSSTELLE, "with_sammelrechnung": with_sammelrechnung}
    first = [files.write(built(file)) for file in planned(*auftraege, **options)]
    second = [files.write(built(file)) for file in planned(*auftraege, **options)]
    assert first == second
    for text in first:
        again = files.read([text.encode("latin-1")], lambda chunk: chunk.decode("latin-1"))
        assert files.write(again) == text


@given(auftraege=batches(), with_sammelrechnung=st.booleans())
def test_the_sums_of_an_invoice_are_those_of_its_cases_and_of_a_sammelrechnung_those_under_it(
    auftraege: list[grouping.Auftrag], with_sammelrechnung: bool
) -> None:
    for file in planned(*auftraege, absender=ABRECHNUNGSSTELLE, with_sammelrechnung=with_sammelrechnung):
        whole = {"sammel": Decimal(0), "einzel": Decimal(0), "cases": Decimal(0)}
        for inhalt in built(file).nachrichten:
            if isinstance(inhalt, files.Gesamtaufstellung):
                kind = "sammel" if inhalt.fkt.sammelrechnung else "einzel"
                whole[kind] += inhalt.ges[0].gesamtrechnungsbetrag
            else:
                whole["cases"] += sum((to_pay(one) for one in inhalt.faelle), Decimal(0))
        assert whole["einzel"] == whole["cases"]
        is_gathered = with_sammelrechnung or file.schluessel.rechnungsart == "3"
        assert whole["sammel"] == (whole["cases"] if is_gathered else 0)


def to_pay(fall: files.Abrechnungsfall) -> Decimal:
    summe = fall.summe
    if hasattr(summe, "forderung"):
        return summe.forderung
    return summe.brutto - (summe.zuzahlung or 0)
