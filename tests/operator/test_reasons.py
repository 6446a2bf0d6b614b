"""No reason that an operator types brings the number of an insured into the journal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connections

from tests.operator import stage
from tests.operator.conftest import Client, institution, registered
from tests.operator.role import operator_role
from zuzahlung.journal import services as journal
from zuzahlung.journal.rules import fault_of_reason
from zuzahlung.standards.numbers.kvnr import stands_in

SENTENCE = (
    "Darin steht eine Krankenversichertennummer, und die gehört nicht ins Journal. Bitte nennen Sie stattdessen den "
    "Vorgang, zum Beispiel mit Aktenzeichen oder Datum."
)
NUMBER = "a123 456 780"
REASON = f"Anruf zu {NUMBER}"


@pytest.mark.parametrize(
    "reason",
    [
        "A123456780",
        "Anruf zu a123 456 780, Vorgang 4711",
        "KVNRA123456780",
        "Schreiben zu A 123 456 780 vom 20.11.2026",
        "A-123-456-780",
        "A123\u00a0456\u202f780",
        "zweite: A123456781, erste: A123456780.",
    ],
)
def test_a_number_is_found_however_it_is_written(reason: str) -> None:
    assert fault_of_reason(reason) == SENTENCE


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "Auskunftsverlangen vom 20.11.2026, Vorgang 4711",
        "vom 20 11 2026 9 Uhr",
        "IK 260326822",
        "A123456781",
        "A1234567801",
        "Telefon 0800 0000000",
    ],
)
def test_what_is_none_is_no_fault(reason: str) -> None:
    assert fault_of_reason(reason) is None
    assert not stands_in(reason)


def journalled() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from journal_entry where action <> 'operator-sign-in'")
        found: int = cursor.fetchone()[0]
        return found


def test_the_search_for_an_insured_refuses_such_a_reason_and_searches_nothing(client: Client) -> None:
    before = journalled()
    for form in ("", "csv"):
        words = client.post("/auskunft/", kvnr=stage.KVNR, reason=REASON, form=form).words
        assert SENTENCE in words
        assert "Das Journal kennt keinen Zugriff" not in words
    assert journalled() == before


def test_quotas_refuse_it(client: Client) -> None:
    there = f"/exemptions/quota/{institution()}/change/"
    before = journalled()
    words = client.post(there, per_day="5", per_burst="", unknown_per_day="", reason=REASON).words
    assert SENTENCE in words
    afresh = there.replace("change", "von-vorn")
    assert f"{SENTENCE} Es ist nichts geschehen." in client.post(afresh, at=there, reason=REASON).words
    assert journalled() == before


@pytest.mark.parametrize("decision", ["close", "object"])
def test_decisions_on_requests_refuse_it(client: Client, decision: str) -> None:
    if decision == "object":
        institution()
    there = f"/accounts/registration/{registered()}/change/"
    before = journalled()
    words = client.post(
        there.replace("change", "entscheiden"), at=there, decision=decision, reason=REASON
    ).words
    assert f"{SENTENCE} Es ist nichts geschehen." in words
    assert journalled() == before


@pytest.mark.parametrize("decision", ["remove", "readmit"])
def test_taking_an_institution_out_or_in_refuses_it(client: Client, decision: str) -> None:
    there = f"/accounts/institution/{institution()}/change/"
    before = journalled()
    words = client.post(
        there.replace("change", "teilnahme"), at=there, decision=decision, reason=REASON
    ).words
    assert f"{SENTENCE} Es ist nichts geschehen." in words
    assert journalled() == before


def test_a_page_that_forgets_to_look_meets_the_journal_itself(client: Client) -> None:
    before = journalled()
    with operator_role(), pytest.raises(ValueError, match="names no insured"):
        journal.add(
            "quota-reset",
            actor=journal.SYSTEM,
            institution=None,
            now=datetime.now(UTC),
            detail={"reason": REASON},
        )
    assert journalled() == before
