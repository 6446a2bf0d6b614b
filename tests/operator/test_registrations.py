"""Requests for accounts that could not be settled: letters after the address is there, closing, objection."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.operator.conftest import Client, institution, registered
from tests.operator.role import operator_role
from zuzahlung.standards.numbers.ik import IK


def state_of(registration: UUID) -> str:
    from zuzahlung.accounts.models import Registration

    with operator_role():
        return str(Registration.objects.values_list("state", flat=True).get(id=registration))


def work() -> None:
    from zuzahlung.site import worker

    worker.run(wait=False)


def letters() -> list[tuple[str, str]]:
    from zuzahlung.delivery.models import Outgoing

    with operator_role():
        rows = Outgoing.objects.order_by("made_at", "kind").values_list("kind", "state")
        return [(kind.removeprefix("accounts."), state) for kind, state in rows]


def details(action: str) -> list[dict[str, Any]]:
    from zuzahlung.journal.models import Entry

    with operator_role():
        return list(Entry.objects.filter(action=action).order_by("id").values_list("detail", flat=True))


def test_letters_follow_when_the_address_was_corrected(client: Client) -> None:
    practice = institution(street="")
    request = registered()
    assert state_of(request) == "no-address"
    page = client.get(f"/accounts/registration/{request}/change/")
    assert "Bitte klären Sie die Anschrift und tragen Sie sie ein: Verzeichnis öffnen" in page.words

    too_early = client.post(f"/accounts/registration/{request}/entscheiden/", at=page.url, decision="letters")
    assert "Im Verzeichnis fehlt noch die vollständige Anschrift." in too_early.words
    client.post(
        f"/accounts/institution/{practice}/change/", name="Praxis am Park", street="Parkweg 1", postcode="01067",
        city="Dresden", service_kinds="heilmittel", _continue="1",
    )  # fmt: skip
    page = client.get(f"/accounts/registration/{request}/change/")
    assert "Anschrift Parkweg 1, 01067 Dresden" in page.words
    page = client.post(f"/accounts/registration/{request}/entscheiden/", at=page.url, decision="letters")
    assert "Die Registrierung ist wieder beim Arbeiter; er bestellt jetzt die Briefe." in page.words
    work()
    assert state_of(request) == "letters"
    assert [kind for kind, _ in letters()] == ["initialkennwort", "pruefnummer"]


def test_an_unknown_institution_is_added_by_hand_and_gets_its_letters(client: Client) -> None:
    request = registered("440000011")
    assert state_of(request) == "unknown"
    form = client.get("/accounts/institution/add/", ik="440000011").text
    assert 'value="440000011"' in form
    assert "<title>Einrichtung aufnehmen – Betrieb" in form
    page = client.post(
        "/accounts/institution/add/", ik="440 000 011", name="Praxis Neu", street="Weg 2", postcode="04109", city="Leipzig",
        service_kinds=["heilmittel", "hilfsmittel"], _continue="1",
    )  # fmt: skip
    assert "Praxis Neu IK 440 000 011" in page.words
    assert "Die Einrichtung „Praxis Neu“ ist im Verzeichnis." in page.words
    assert "Eine Registrierung wartet. Die Anschrift liegt jetzt vor" in page.words
    assert f"/accounts/registration/{request}/entscheiden/" in page.text
    page = client.post(f"/accounts/registration/{request}/entscheiden/", at=page.url, decision="letters")
    assert "Die Registrierung ist wieder beim Arbeiter; er bestellt jetzt die Briefe." in page.words
    work()
    assert state_of(request) == "letters"
    assert details("institution-added")[0]["ik"] == "440000011"


def test_letters_of_many_requests_are_ordered_from_the_list(client: Client) -> None:
    practice = institution("440000011", street="")
    request = registered("440000011")
    from zuzahlung.accounts.models import Institution

    with operator_role():
        Institution.objects.filter(id=practice).update(street="Weg 2")
    page = client.post(
        "/accounts/registration/", action="order_letters", index="0", _selected_action=[str(request)]
    )
    assert "Wieder beim Arbeiter, er bestellt die Briefe: 1." in page.words


def test_a_request_is_closed_with_a_reason_and_not_without(client: Client) -> None:
    request = registered("440000011")
    there = f"/accounts/registration/{request}/change/"
    decide = f"/accounts/registration/{request}/entscheiden/"
    assert (
        "Bitte geben Sie einen Grund an. Es ist nichts geschehen."
        in client.post(decide, at=there, decision="close", reason=" ").words
    )
    assert state_of(request) == "unknown"
    assert "Geschlossen." in client.post(decide, at=there, decision="close", reason="Anruf vom 22.11.").words
    assert state_of(request) == "closed"
    assert details("registration-closed") == [{"ik": "440000011", "reason": "Anruf vom 22.11."}]
    assert "0 Einträge" in client.get("/accounts/registration/").words


def test_a_request_that_waits_is_not_done_with_yet(client: Client) -> None:
    request = registered("440000011")
    assert "Erledigt –" in client.get(f"/accounts/registration/{request}/change/").words
    decide = f"/accounts/registration/{request}/entscheiden/"
    client.post(decide, at="/accounts/registration/", decision="close", reason="Anruf")
    assert re.search(r"Erledigt \d\d\.", client.get(f"/accounts/registration/{request}/change/").words)


def test_many_requests_are_closed_with_one_reason_and_not_without(client: Client) -> None:
    requests = [str(registered(ik)) for ik in ("440000011", "109905003")]
    there, given = "/accounts/registration/", {"action": "close", "index": "0"}
    page = client.post(there, **given, _selected_action=requests)
    assert "2 Registrierungen ohne Briefe schließen?" in page.words
    page = client.post(there, **given, _selected_action=requests, bestaetigt="1", reason=" ")
    assert "Bitte geben Sie einen Grund an." in page.words
    assert [state_of(UUID(one)) for one in requests] == ["unknown", "unknown"]
    page = client.post(there, **given, _selected_action=requests, bestaetigt="1", reason="Betrug, Vorgang 12")
    assert "Ohne Briefe geschlossen: 2." in page.words
    assert {one["reason"] for one in details("registration-closed")} == {"Betrug, Vorgang 12"}


def test_a_search_looks_through_requests_of_all_states(client: Client) -> None:
    institution()
    registered()
    assert "0 Einträge" in client.get("/accounts/registration/").words
    assert "1 Eintrag" in client.get("/accounts/registration/", q="260326822").words


def test_an_objection_takes_the_letters_back_kills_the_secrets_and_makes_new_requests_wait_longer(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    from zuzahlung.accounts.models import Registration, Secret
    from zuzahlung.accounts.services import registration as registrations
    from zuzahlung.delivery import services as delivery

    settings.LETTERS = tmp_path / "letters"
    institution()
    request = registered()
    delivery.print_due(datetime.now(UTC))
    there = f"/accounts/registration/{request}/change/"
    page = client.post(
        f"/accounts/registration/{request}/entscheiden/",
        at=there,
        decision="object",
        reason="Schreiben vom 20.11.",
    )
    assert "Der Widerspruch ist eingetragen: Briefe zurückgezogen, Geheimnisse ungültig." in page.words
    assert {state for _, state in letters()} == {"cancelled"}
    with operator_role():
        assert set(Secret.objects.values_list("state", flat=True)) == {"withdrawn"}
    delivery.tidy_print_folder(datetime.now(UTC))
    assert list(settings.LETTERS.glob("*.pdf")) == []
    assert details("registration-objected") == [{"reason": "Schreiben vom 20.11."}]

    limits = replace(settings.HOUSE.accounts, registration_cooldown_days=14, objection_cooldown_days=90)
    settings.HOUSE = replace(settings.HOUSE, accounts=limits)
    for days, expected in ((15, "cooling"), (89, "cooling"), (91, "letters")):
        later = datetime.now(UTC) + timedelta(days=days)
        registrations.ask_for_account(IK("260326822"), email="", terms_version="2026-11", now=later)
        again = Registration.objects.latest("asked_at").id
        registrations.settle(again, later)
        assert state_of(again) == expected, days


def test_nobody_objects_to_an_account_in_use(client: Client) -> None:
    from zuzahlung.accounts.models import Person
    from zuzahlung.journal.services import acting_for

    practice = institution()
    request = registered()
    there = f"/accounts/registration/{request}/change/"
    assert "Widerspruch eintragen" in client.get(there).words
    with acting_for(practice):
        Person.objects.update(state="active")
    assert "Widerspruch eintragen" not in client.get(there).words
    decide = f"/accounts/registration/{request}/entscheiden/"
    page = client.post(decide, at="/accounts/registration/?stand=alle", decision="object", reason="zu spät")
    assert "Das Konto ist schon in Gebrauch." in page.words
    assert state_of(request) == "letters"
