"""Letters: printed ones are reported as posted or returned in bulk; files vanish, secrets die, people hear of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.operator import stage
from tests.operator.conftest import Client, institution, registered
from tests.operator.role import operator_role


@pytest.fixture
def printed(client: Client, tmp_path: Path, settings: Any) -> list[str]:
    """Both letters of an institution lie in the print folder."""
    from zuzahlung.delivery import services as delivery
    from zuzahlung.delivery.models import Outgoing

    settings.LETTERS = tmp_path / "letters"
    institution()
    registered()
    assert delivery.print_due(datetime.now(UTC) + timedelta(days=2)) == 2
    with operator_role():
        return [str(one) for one in Outgoing.objects.order_by("kind").values_list("id", flat=True)]


def states() -> dict[str, tuple[str, str]]:
    """For each kind of letter its state and that of its secret."""
    from zuzahlung.accounts.models import Secret
    from zuzahlung.delivery.models import Outgoing

    with operator_role():
        letters = list(Outgoing.objects.filter(channel="letter").values_list("id", "kind", "state"))
        secrets = dict(Secret.objects.values_list("letter", "state"))
    return {kind.removeprefix("accounts."): (state, secrets[one]) for one, kind, state in letters}


def journalled() -> list[tuple[str, str]]:
    from zuzahlung.journal.models import Entry

    with operator_role():
        rows = Entry.objects.filter(actor_kind="operator").exclude(institution=None).order_by("id")
        return list(rows.values_list("action", "actor_name"))


def test_posted_letters_leave_the_list_and_the_folder_and_keep_their_secrets(
    client: Client, printed: list[str], settings: Any
) -> None:
    from zuzahlung.delivery import services as delivery

    assert (
        "Praxis am Park IK 260326822 Parkweg 1 01067 Dresden Prüfnummer"
        in client.get("/delivery/letterout/").words
    )
    assert len(list(settings.LETTERS.glob("*.pdf"))) == 2
    page = client.post(
        "/delivery/letterout/", action="post", index="0", bestaetigt="1", _selected_action=printed
    )
    assert "2 Briefe sind verschickt." in page.words
    assert "Hier ist nichts." in page.words
    delivery.tidy_print_folder(datetime.now(UTC))
    assert list(settings.LETTERS.glob("*.pdf")) == []
    assert states() == {"initialkennwort": ("posted", "valid"), "pruefnummer": ("posted", "valid")}
    assert journalled() == [("letter-posted", "erika.muster")] * 2


def test_before_files_are_erased_the_operator_is_asked_once_with_their_number(
    client: Client, printed: list[str], settings: Any
) -> None:
    there = "/delivery/letterout/"
    page = client.post(there, action="post", index="0", _selected_action=printed)
    assert "2 Briefe als verschickt melden?" in page.words
    assert "Ihre 2 PDF-Dateien werden dann im Druckordner gelöscht." in page.words
    assert {state for state, _ in states().values()} == {"printed"}
    one = client.post(there, action="post", index="0", _selected_action=printed[:1])
    assert "1 Brief als verschickt melden?" in one.words
    assert "Seine PDF-Datei wird dann im Druckordner gelöscht." in one.words
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', one.text))
    button = re.search(r'<button[^>]+name="(\w+)" value="(\w+)">Verschickt, Dateien löschen', one.text)
    assert button is not None
    del sent["csrfmiddlewaretoken"]
    page = client.post(there, **sent, **{button[1]: button[2]})
    assert "1 Brief ist verschickt." in page.words
    assert sorted(state for state, _ in states().values()) == ["posted", "printed"]


def test_an_action_without_letters_says_so_in_plain_words(client: Client, printed: list[str]) -> None:
    page = client.post("/delivery/letterout/", action="post", index="0")
    assert "Bitte wählen Sie zuerst mindestens eine Zeile aus. Es ist nichts geschehen." in page.words
    assert "Objekte" not in page.words


def test_a_search_looks_through_letters_of_all_states(client: Client, printed: list[str]) -> None:
    client.post("/delivery/letterout/", action="post", index="0", bestaetigt="1", _selected_action=printed)
    assert "Hier ist nichts." in client.get("/delivery/letterout/").words
    found = client.get("/delivery/letterout/", q="260326822")
    assert "2 Einträge" in found.words
    assert 'aria-current="true">alle<' in found.text
    narrowed = client.get("/delivery/letterout/", q="260326822", stand="returned")
    assert "Zu „260326822“ ist nichts da." in narrowed.words
    assert 'name="stand"' not in narrowed.text, "the next search would be narrowed too"


def test_a_returned_letter_kills_its_secret_and_no_other(client: Client, printed: list[str]) -> None:
    client.post("/delivery/letterout/", action="post", index="0", bestaetigt="1", _selected_action=printed)
    found = client.get("/delivery/letterout/", stand="alle", q=printed[0][-12:].upper())
    assert "1 Eintrag" in found.words
    page = client.post(
        "/delivery/letterout/?stand=posted", action="take_back", index="0", _selected_action=printed[:1]
    )
    assert "1 Brief kam zurück, sein Geheimnis gilt nicht mehr." in page.words
    assert states() == {"initialkennwort": ("returned", "returned"), "pruefnummer": ("posted", "valid")}
    assert "1 zurückgekommen, noch ohne neuen Brief" in client.get("/").words
    assert journalled()[-1] == ("letter-returned", "erika.muster")


def test_the_people_of_an_institution_hear_of_a_returned_letter(client: Client, printed: list[str]) -> None:
    from zuzahlung.accounts.models import Notice, Person
    from zuzahlung.journal.services import acting_for

    with operator_role():
        practice = Person.objects.only("institution").get().institution
    with acting_for(practice):
        Person.objects.update(state="active", email_confirmed_at=datetime.now(UTC))
    client.post("/delivery/letterout/", action="take_back", index="0", _selected_action=printed[:1])
    with acting_for(practice):
        assert list(Notice.objects.values_list("kind", flat=True)) == ["letter-returned"]
    assert "Hinweis zum Konto" in client.get("/delivery/mailout/", stand="waiting").words


def test_an_action_leaves_letters_alone_whose_state_it_does_not_fit(
    client: Client, printed: list[str]
) -> None:
    client.post("/delivery/letterout/", action="take_back", index="0", _selected_action=printed[:1])
    page = client.post(
        "/delivery/letterout/?stand=alle", action="post", index="0", bestaetigt="1", _selected_action=printed
    )
    assert "1 Brief ist verschickt." in page.words
    assert "Bei 1 passte das nicht zum Stand; dort bleibt alles, wie es war." in page.words
    assert states()["initialkennwort"] == ("returned", "returned")


def test_a_letter_that_could_not_be_made_is_told_on_the_first_page(client: Client) -> None:
    from zuzahlung.delivery.models import Outgoing

    institution()
    registered()
    assert "gescheitert" not in client.get("/").words
    with operator_role():
        Outgoing.objects.filter(kind="accounts.pruefnummer").update(state="failed")
    page = client.get("/")
    assert "1 gescheitert: Anschrift berichtigen, neu bestellen" in page.words
    assert "/delivery/letterout/?stand=failed" in page.text
    assert "1 Eintrag" in client.get("/delivery/letterout/", stand="failed").words


def test_a_failed_mail_is_tried_again(client: Client) -> None:
    from zuzahlung.delivery.models import Outgoing

    practice = institution()
    mail = stage.failed_mail(practice, datetime.now(UTC))
    assert "1 gescheitert" in client.get("/").words
    page = client.get("/delivery/mailout/")
    assert "260326822 Praxis am Park Hinweis zum Konto gescheitert" in page.words
    page = client.post("/delivery/mailout/", action="once_more", index="0", _selected_action=[str(mail)])
    assert "1 E-Mail wird noch einmal versucht." in page.words
    with operator_role():
        assert Outgoing.objects.values_list("state", "reason", "next_attempt_at").get(id=mail) == (
            "waiting",
            "",
            None,
        )
    assert journalled() == [("mail-again", "erika.muster")]
