"""The directory on the operator's pages: found by IK and name, mended with a journal entry, letters ordered again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.operator.conftest import Client, institution, registered
from tests.operator.role import operator_role


def change(client: Client, practice: object, **values: str) -> str:
    given = {
        "name": "Praxis am Park",
        "street": "Parkweg 1",
        "postcode": "01067",
        "city": "Dresden",
        **values,
    }
    return client.post(
        f"/accounts/institution/{practice}/change/", service_kinds="heilmittel", _continue="1", **given
    ).words


def entries(action: str) -> list[tuple[str, dict[str, Any]]]:
    from zuzahlung.journal.models import Entry

    with operator_role():
        return list(Entry.objects.filter(action=action).order_by("id").values_list("actor_name", "detail"))


def test_an_institution_is_found_by_its_ik_with_spaces_and_by_a_part_of_its_name(client: Client) -> None:
    institution()
    institution("440000011", name="Sanitätshaus Sonnenschein")
    assert "1 Eintrag" in client.get("/accounts/institution/", q="260 326 822").words
    assert "1 Eintrag" in client.get("/accounts/institution/", q="2603").words
    assert "Sanitätshaus" in client.get("/accounts/institution/", q="sonnen").words
    assert "0 Einträge" in client.get("/accounts/institution/", q="gibtesnicht").words


def test_a_change_of_address_is_journalled_with_before_and_after(client: Client) -> None:
    practice = institution()
    words = change(client, practice, street="Neue Straße 5")
    assert "Die Angaben sind gespeichert." in words
    assert entries("address-changed") == [
        ("erika.muster", {"changes": {"street": ["Parkweg 1", "Neue Straße 5"]}})
    ]
    change(client, practice, street="Neue Straße 5")
    assert len(entries("address-changed")) == 1


def test_letters_still_here_are_ordered_to_the_new_address(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    from zuzahlung.delivery import services as delivery
    from zuzahlung.delivery.models import Outgoing

    settings.LETTERS = tmp_path / "letters"
    practice = institution()
    registered()
    delivery.print_due(datetime.now(UTC))
    assert "zurückgezogen und, wo möglich, neu bestellt: 2." in change(
        client, practice, street="Neue Straße 5"
    )
    delivery.print_due(datetime.now(UTC) + timedelta(days=2))
    with operator_role():
        rows = Outgoing.objects.filter(state="printed").values_list("kind", "recipient__street")
        assert sorted(rows) == [
            ("accounts.initialkennwort", "Neue Straße 5"),
            ("accounts.pruefnummer", "Neue Straße 5"),
        ]
    assert len(list(settings.LETTERS.glob("*.pdf"))) == 2


def decide(client: Client, practice: object, decision: str, reason: str) -> str:
    return client.post(
        f"/accounts/institution/{practice}/teilnahme/",
        at=f"/accounts/institution/{practice}/change/",
        decision=decision,
        reason=reason,
    ).words


def test_an_institution_is_taken_out_and_in_again_with_a_reason(client: Client) -> None:
    practice = institution()
    assert "Bitte geben Sie einen Grund an. Es ist nichts geschehen." in decide(
        client, practice, "remove", " "
    )
    words = decide(client, practice, "remove", "Schließung am 20.11.")
    assert "Niemand der Einrichtung kommt mehr hinein, auch kein Programm." in words
    assert "IK 260 326 822 · aus dem Verzeichnis genommen" in words
    assert "1 Eintrag" in client.get("/accounts/institution/", zeigen="fort").words
    assert "Das war schon so." in decide(client, practice, "remove", "noch einmal")
    assert "Anmeldungen und Schlüssel gelten wie vorher." in decide(client, practice, "readmit", "Irrtum")
    assert "0 Einträge" in client.get("/accounts/institution/", zeigen="fort").words
    assert entries("institution-removed") == [("erika.muster", {"reason": "Schließung am 20.11."})]
    assert entries("institution-readmitted") == [("erika.muster", {"reason": "Irrtum"})]


def test_institutions_that_the_last_complete_file_misses_are_found(client: Client) -> None:
    practice = institution(missing_at=datetime.now(UTC))
    page = client.get("/accounts/institution/", zeigen="fehlt")
    assert "1 Eintrag" in page.words
    assert "fehlt im Verzeichnis" in page.words
    words = client.get(f"/accounts/institution/{practice}/change/").words
    assert "Die letzte vollständige Datei nannte die Einrichtung nicht mehr" in words
    assert "meldet sich aber weiter an" in words


def test_a_faulty_address_is_refused_at_its_field(client: Client) -> None:
    practice = institution()
    assert "Eine deutsche Postleitzahl hat fünf Ziffern" in change(client, practice, postcode="1067")
    assert "Die Anschrift ist unvollständig. Bitte ergänzen Sie sie" in change(client, practice, city="")
    assert "Bitte geben Sie den Namen ein." in change(client, practice, name="")
    assert entries("address-changed") == []
    added = client.post(
        "/accounts/institution/add/", ik="260326823", name="X", service_kinds="heilmittel", _continue="1"
    )
    assert "Die Prüfziffer passt nicht: Nach 26032682 müsste eine 2 stehen." in added.words


def test_letters_are_ordered_again_with_new_secrets(client: Client, tmp_path: Path, settings: Any) -> None:
    from zuzahlung.accounts.models import Secret
    from zuzahlung.delivery import services as delivery
    from zuzahlung.delivery.models import Outgoing

    settings.LETTERS = tmp_path / "letters"
    practice = institution()
    registered()
    delivery.print_due(datetime.now(UTC) + timedelta(days=2))
    page = client.post(
        f"/accounts/institution/{practice}/briefe/", at=f"/accounts/institution/{practice}/change/"
    )
    assert "Die Briefe sind bestellt." in page.words
    with operator_role():
        assert sorted(Outgoing.objects.values_list("state", flat=True)) == [
            "cancelled",
            "cancelled",
            "waiting",
            "waiting",
        ]
        assert set(Secret.objects.values_list("state", flat=True)) == {"withdrawn"}
    delivery.print_due(datetime.now(UTC) + timedelta(days=2))
    with operator_role():
        assert sorted(Secret.objects.values_list("state", flat=True)) == [
            "valid",
            "valid",
            "withdrawn",
            "withdrawn",
        ]
    assert [name for name, _ in entries("letters-ordered-again")] == ["erika.muster"]


def test_a_letter_lost_in_the_post_is_worth_nothing_once_new_ones_are_ordered(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    from zuzahlung.accounts.models import Secret
    from zuzahlung.delivery import operating
    from zuzahlung.delivery import services as delivery
    from zuzahlung.delivery.models import Outgoing
    from zuzahlung.journal.services import SYSTEM

    settings.LETTERS = tmp_path / "letters"
    practice = institution()
    registered()
    now = datetime.now(UTC) + timedelta(days=2)
    delivery.print_due(now)
    with operator_role():
        printed = list(Outgoing.objects.values_list("id", flat=True))
        assert operating.mark_posted(printed, actor=SYSTEM, now=now) == 2
        assert set(Secret.objects.values_list("state", flat=True)) == {"valid"}
    client.post(f"/accounts/institution/{practice}/briefe/", at=f"/accounts/institution/{practice}/change/")
    with operator_role():
        assert set(Secret.objects.values_list("state", flat=True)) == {"replaced"}


def test_an_account_in_use_gets_a_new_pruefnummer_alone(client: Client) -> None:
    from zuzahlung.accounts.models import Person
    from zuzahlung.delivery.models import Outgoing
    from zuzahlung.journal.services import acting_for

    practice = institution()
    registered()
    with acting_for(practice):
        Person.objects.update(state="active")
    there = f"/accounts/institution/{practice}/change/"
    client.post(f"/accounts/institution/{practice}/briefe/", at=there)
    with operator_role():
        assert list(Outgoing.objects.filter(state="waiting").values_list("kind", "recipient__occasion")) == [
            ("accounts.pruefnummer", "replacement")
        ]


def test_without_account_or_address_no_letter_is_ordered(client: Client) -> None:
    practice = institution()
    there = f"/accounts/institution/{practice}/change/"
    page = client.post(f"/accounts/institution/{practice}/briefe/", at=there)
    assert "Diese Einrichtung hat noch kein Konto beantragt." in page.words
    registered()
    change(client, practice, street="", postcode="", city="")
    page = client.post(f"/accounts/institution/{practice}/briefe/", at=there)
    assert "Ohne vollständige Anschrift im Verzeichnis gehen keine Briefe hinaus." in page.words


def test_a_key_that_leaked_is_revoked_with_a_reason_and_the_owners_hear_of_it(client: Client) -> None:
    from zuzahlung.accounts.models import ApiKey, Notice, Person
    from zuzahlung.accounts.services import keys
    from zuzahlung.accounts.services.people import member
    from zuzahlung.journal.services import acting_for

    practice = institution()
    registered()
    now = datetime.now(UTC)
    with acting_for(practice):
        Person.objects.update(state="active", email_confirmed_at=now)
        person = Person.objects.get()
    made, token = keys.make_key(member(person), "Praxissoftware", [keys.EXEMPTION_QUERIES], now)
    page = client.get(f"/accounts/institution/{practice}/change/")
    assert f"Praxissoftware {made.prefix}… angelegt" in page.words
    assert token not in page.text
    there = f"/accounts/institution/{practice}/schluessel/{made.id}/"
    assert "Schlüssel „Praxissoftware“ widerrufen?" in client.get(there).words
    assert "Bitte geben Sie einen Grund an." in client.post(there, reason=" ").words
    with acting_for(practice):
        assert ApiKey.objects.get().revoked_at is None
    page = client.post(there, reason="stand in einem öffentlichen Archiv")
    assert "Der Schlüssel gilt nicht mehr." in page.words
    assert made.prefix not in page.words
    with acting_for(practice):
        assert ApiKey.objects.get().revoked_at is not None
        assert "key-revoked-by-us" in Notice.objects.values_list("kind", flat=True)
    ((who, detail),) = entries("key-revoked")
    assert (who, detail["name"], detail["reason"]) == (
        "erika.muster", "Praxissoftware", "stand in einem öffentlichen Archiv",
    )  # fmt: skip
    assert "Diesen Schlüssel gibt es nicht mehr." in client.get(there).words
