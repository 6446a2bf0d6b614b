"""Claim: a receipt shows the answer that was given, to whom, when and on which permission, and nothing else."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from tests.delivery.reading import description_of, findings_of, tags_of, text_of
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.receipts import receipt_pdf
from zuzahlung.exemptions.services import DayGiven, Given
from zuzahlung.journal.services import Actor
from zuzahlung.portal import answers
from zuzahlung.site.configuration import Fund
from zuzahlung.standards.copayment.status import Status

ASKED_AT = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
DAY = date(2026, 12, 31)
LONG_NAME = "Praxis für Physiotherapie Doppelname-Schmidt-Rodríguez & Partner mbB"


def answer(*days: DayGiven, **changed: Any) -> Given:
    given: dict[str, Any] = {
        "id": UUID("01a20114-f974-7040-a873-f4e170139e97"),
        "number": "BVXKN-BS75E-S3V6G",
        "at": ASKED_AT,
        "institution": UUID("01a20114-0000-7000-8000-000000000001"),
        "ik": "260326822",
        "institution_name": LONG_NAME,
        "actor": Actor(kind="person", id=UUID("01a20114-0000-7000-8000-000000000002"), name="anna.schmidt"),
        "kvnr": "A123456780",
        "initials": "M. K.",
        "result": "exempt",
        "days": days,
        "key": 1,
        "reason": "31.12.2026 befreit: von der Zuzahlung befreit.",
        "stand": date(2026, 12, 30),
        "permission": Permission.IN_PERSON,
        "permission_text": "2026-11",
        "permission_until_on": None,
    }
    return Given(**{**given, **changed})


def one(status: Status | None, day: date = DAY, *, is_forecast: bool = False) -> DayGiven:
    until = None if status is None else date(2027, 3, 31)
    return DayGiven(day=day, status=status, valid_until=until, is_forecast=is_forecast)


EXEMPT = answer(one(Status.EXEMPT))
NEUTRAL = answer(one(None), result="unknown", initials="", key=None, reason="")
SERIES = answer(
    *(
        one(
            Status.LIABLE if number < 40 else Status.EXEMPT,
            DAY + timedelta(days=number),
            is_forecast=number > 0,
        )
        for number in range(60)
    ),
    result="mixed",
    permission=Permission.SERIES,
    permission_until_on=date(2027, 6, 30),
    key=4,
    reason="Bis 08.02.2027 nicht befreit, dann befreit: Übergang zu zuzahlungsfrei.",
)
ALL = [
    pytest.param(EXEMPT, id="exempt"),
    pytest.param(answer(one(Status.LIABLE), result="liable"), id="liable"),
    pytest.param(answer(one(Status.MINOR), result="minor"), id="minor"),
    pytest.param(NEUTRAL, id="neutral"),
    pytest.param(SERIES, id="series"),
]


def printed(of: Given) -> bytes:
    return receipt_pdf(of, fund=Fund())


def test_a_receipt_says_what_was_answered_to_whom_and_when() -> None:
    text = text_of(printed(EXEMPT))
    for part in (
        "Nachweis über die Auskunft zum Zuzahlungsstatus",
        "Befreit – keine Zuzahlung für Donnerstag, 31.12.2026 · gilt bis zum 31.03.2027",
        "Krankenversichertennummer A123 456 780",
        "Initialen M. K.",
        "Status am 31.12.2026 befreit",
        "Auskunft-Nummer BVXKN-BS75E-S3V6G",
        # One second before midnight in Germany it is still the old year.
        "Abgefragt am 31.12.2026, 23:59 Uhr",
        "Abgefragt von anna.schmidt",
        f"Einrichtung {LONG_NAME}, IK 260 326 822",
        "Erlaubnis zur Abfrage mündlich, hier vor Ort, Textfassung 2026-11",
        "Stand der Daten 30.12.2026",
        "Zuzahlungskennzeichen für die Abrechnung 1 – zuzahlungsbefreit 31.12.2026 befreit: von der Zuzahlung befreit.",
        "Ein späterer Stand der Daten oder ein späterer Widerruf der Befreiung ändert diese Auskunft nicht.",
        "Der Nachweis ist kein Befreiungsausweis.",
        "Seite 1 von 1",
    ):
        assert part in text


def test_without_an_answer_the_receipt_is_neutral_and_tells_what_to_do() -> None:
    text = text_of(printed(NEUTRAL))
    assert "Keine Auskunft möglich für Donnerstag, 31.12.2026" in text
    assert (
        "Das sagt nicht, ob eine Befreiung besteht. Bitte lassen Sie sich den Befreiungsausweis zeigen"
        in text
    )
    for absent in ("Initialen", "Zuzahlungskennzeichen", "Status am", "gilt bis", "Widerruf"):
        assert absent not in text


def test_a_series_has_a_row_for_each_day_and_says_which_lie_ahead() -> None:
    text = text_of(printed(SERIES))
    assert (
        "Wechsel in der Serie – bitte die Tage beachten "
        "60 Tage, vom 31.12.2026 bis zum 28.02.2027: 40 Tage nicht befreit, 20 Tage befreit" in text
    )
    assert "Tag der Abgabe Wochentag Status gilt bis 31.12.2026 Donnerstag nicht befreit 31.03.2027 " in text
    assert "08.02.2027 Montag nicht befreit, nach heutigem Stand 31.03.2027" in text
    assert "09.02.2027 Dienstag befreit, nach heutigem Stand 31.03.2027" in text
    assert text.count("nach heutigem Stand") == 59
    assert "„Nach heutigem Stand“ heißt: nach dem Stand der Daten vom 30.12.2026." in text
    assert "für die ganze Behandlungsserie, bis 30.06.2027, Textfassung 2026-11" in text
    assert "Musterkasse · Auskunft BVXKN-BS75E-S3V6G" in text
    assert "Seite 2 von 2" in text


def test_a_key_that_the_official_list_does_not_have_is_told_as_none() -> None:
    made = printed(answer(one(Status.EXEMPT), key=None, reason="Mehr als ein Wechsel."))
    assert "Zuzahlungskennzeichen für die Abrechnung keines Mehr als ein Wechsel." in text_of(made)


@pytest.mark.parametrize("of", ALL)
def test_page_and_receipt_give_the_answer_in_the_same_words(of: Given) -> None:
    assert answers.show(of).words.replace("\u00a0", " ") in text_of(printed(of))


@pytest.mark.parametrize("of", ALL)
def test_every_receipt_passes_the_checks_for_accessible_files(of: Given) -> None:
    made = printed(of)
    described = description_of(made)
    assert findings_of(made) == ()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described


def test_the_table_of_days_has_header_cells_for_screen_readers() -> None:
    names = tags_of(printed(SERIES))
    assert names.count("TH") == 4
    assert names.count("TD") == 4 * 60
    assert [name for name in names if name.startswith("H")] == ["H1", "H2", "H2", "H2"]


@pytest.mark.parametrize("of", ALL)
def test_a_receipt_printed_again_has_the_same_bytes(of: Given) -> None:
    assert printed(of) == printed(of)


def test_the_title_of_the_file_names_the_query_and_not_the_insured() -> None:
    metadata = PdfReader(io.BytesIO(printed(EXEMPT))).metadata
    assert metadata is not None
    assert metadata.title == "Nachweis über die Auskunft zum Zuzahlungsstatus BVXKN-BS75E-S3V6G"
    assert b"A123" not in printed(EXEMPT)


def test_hostile_names_are_printed_as_they_are() -> None:
    name = '#read("/etc/passwd") $x$ *b* @ref <label> \\ "x"'
    assert f"Einrichtung {name}, IK 260 326 822" in text_of(
        printed(answer(one(Status.EXEMPT), institution_name=name))
    )
