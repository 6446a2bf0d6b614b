"""Whom the operator takes out of the directory is let in nowhere, and told so only after the right secret.

A file that does not name an institution cuts nobody off, and one that names it lets nobody back in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from tests.accounts.household import (
    IK,
    NEW_PASSWORD,
    PASSWORD,
    Letters,
    Practice,
    ask_for_account,
    browser,
    enter,
    receive_letters,
    signed_in,
    text_of,
    work,
)
from tests.operator.role import operator_role
from zuzahlung.accounts.models import Institution, Notice, Person, Registration, Secret
from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services import directory, invitations, keys
from zuzahlung.delivery.models import Outgoing
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.vault import codes

OPERATOR = Actor(kind="operator", id=None, name="erika.muster")
TITLE = "Ihre Einrichtung ist nicht mehr im Verzeichnis"
REFUSED = "Benutzername und Passwort passen nicht zusammen."


def remove(practice: Practice) -> bool:
    with operator_role():
        return directory.remove(
            practice.id, reason="Praxis geschlossen", actor=OPERATOR, now=practice.clock.now
        )


def readmit(practice: Practice) -> bool:
    with operator_role():
        return directory.readmit(practice.id, reason="Irrtum", actor=OPERATOR, now=practice.clock.now)


def opens(token: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select key_name from institution_of_key(%s)", [keys.token_hash(token)])
        return cursor.fetchone() is not None


def test_the_right_password_leads_to_a_page_that_says_whom_to_ask(practice: Practice) -> None:
    owner = practice.person()
    assert remove(practice)
    client = browser()
    answer = enter(client, owner.sign_in)
    assert answer.status_code == 403
    assert TITLE in text_of(answer)
    assert "Bitte wenden Sie sich an uns: 0800 0000000" in text_of(answer)
    assert client.get("/abfrage/").status_code == 302
    assert "sign-in" not in practice.journal()


def test_a_wrong_password_tells_nothing_of_it(practice: Practice) -> None:
    owner = practice.person()
    remove(practice)
    words = text_of(enter(browser(), owner.sign_in, "falsch falsch falsch"))
    assert REFUSED in words
    assert "Verzeichnis" not in words


def test_whoever_is_signed_in_is_out_with_the_next_click(practice: Practice) -> None:
    client = signed_in(practice.person())
    assert client.get("/abfrage/").status_code == 200
    remove(practice)
    assert client.get("/abfrage/").status_code == 302
    assert client.get("/verlauf/").status_code == 302


def test_its_programs_are_let_in_no_more(practice: Practice) -> None:
    _, token = keys.make_key(practice.person(), "Programm", [keys.EXEMPTION_QUERIES], practice.clock.now)
    assert opens(token)
    remove(practice)
    assert not opens(token)


def test_a_sleeping_account_hears_the_same_and_is_sent_for_no_pruefnummer(practice: Practice) -> None:
    owner = practice.person()
    practice.clock.forward(days=400)
    remove(practice)
    assert TITLE in text_of(enter(browser(), owner.sign_in))


def test_the_initialkennwort_leads_no_further_than_to_that_page(practice: Practice, letters: Letters) -> None:
    receive_letters(practice.clock)
    client = browser()
    assert enter(client, IK, letters.initialkennwort)["Location"] == "/erste-anmeldung/"
    # Both letters were posted, so their codes are good.
    with acting_for(practice.id):
        Outgoing.objects.update(state="posted")
    remove(practice)
    assert client.get("/erste-anmeldung/")["Location"].startswith("/anmelden/")
    assert TITLE in text_of(enter(browser(), IK, letters.initialkennwort))


def test_the_pruefnummer_wakes_nobody_and_is_not_used_up(practice: Practice, letters: Letters) -> None:
    receive_letters(practice.clock)
    with acting_for(practice.id):
        Outgoing.objects.update(state="posted")
        Person.objects.update(state=Person.ACTIVE)
    remove(practice)
    form = {
        "name": IK, "pruefnummer": letters.pruefnummer, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD,
    }  # fmt: skip
    assert TITLE in text_of(browser().post("/passwort-vergessen/", form))
    assert [one.state for one in practice.rows(Secret, kind="pruefnummer")] == ["valid"]
    assert readmit(practice)
    assert browser().post("/passwort-vergessen/", form).status_code == 302


def test_an_invitation_leads_nowhere(practice: Practice) -> None:
    now = practice.clock.now
    invited = invitations.invite(practice.person(), "anna", Role.RECEPTION, now)
    assert isinstance(invited, invitations.Invited)
    remove(practice)
    bare = codes.parse(invited.code, codes.EINLADUNGSCODE)
    assert invitations.find_invitation(bare, network="192.0.2.1", now=now) == invitations.NoInvitation(
        why="removed"
    )


def test_letters_that_are_still_here_are_taken_back_and_a_new_request_waits_for_the_operator(
    practice: Practice,
) -> None:
    ask_for_account(practice.clock)
    remove(practice)
    assert {one.state for one in practice.rows(Outgoing)} == {"cancelled"}
    assert {one.state for one in practice.rows(Secret)} == {"withdrawn"}
    practice.clock.forward(days=30)
    ask_for_account(practice.clock)
    states = Registration.objects.order_by("asked_at").values_list("state", flat=True)
    assert list(states) == ["no-address", "unknown"]


def test_taken_in_again_everything_is_as_it_was(practice: Practice) -> None:
    owner = practice.person()
    _, token = keys.make_key(owner, "Programm", [keys.EXEMPTION_QUERIES], practice.clock.now)
    assert remove(practice)
    assert not remove(practice)
    assert readmit(practice)
    assert not readmit(practice)
    assert signed_in(owner).get("/abfrage/").status_code == 200
    assert opens(token)


def test_owners_hear_of_both_by_mail_and_the_journal_has_the_reason(practice: Practice) -> None:
    practice.person(email="praxis@example.org")
    mail.outbox = []
    remove(practice)
    work(practice.clock)
    readmit(practice)
    work(practice.clock)
    assert [one.subject.split(": ")[1] for one in mail.outbox] == [
        "Ihre Einrichtung wurde aus dem Verzeichnis genommen",
        "Ihre Einrichtung steht wieder im Verzeichnis",
    ]
    assert practice.journal() == ["institution-removed", "institution-readmitted"]
    assert sorted(one.kind for one in practice.rows(Notice)) == [
        "institution-readmitted",
        "institution-removed",
    ]


@pytest.fixture
def take_in(practice: Practice, tmp_path: Path) -> Any:
    """Plays a complete directory in that names these institutions."""

    def played(*iks: str) -> directory.ImportReport:
        path = tmp_path / "verzeichnis.csv"
        rows = "".join(f"{ik};Praxis am Markt;Marktplatz 3;01067;Dresden;heilmittel\n" for ik in iks)
        path.write_text(f"IK;Name;Straße;PLZ;Ort;Leistungsarten\n{rows}", encoding="utf-8")
        with operator_role():
            return directory.import_institutions(
                path, is_complete=True, may_miss_many=True, actor=OPERATOR, now=practice.clock.now,
                progress=lambda *_: None,
            )  # fmt: skip

    return played


def test_a_complete_file_that_misses_an_institution_cuts_nobody_off(practice: Practice, take_in: Any) -> None:
    owner = practice.person()
    _, token = keys.make_key(owner, "Programm", [keys.EXEMPTION_QUERIES], practice.clock.now)
    take_in(IK)
    assert take_in("109905003").missing == 1
    row = Institution.objects.using("operator").get(ik=IK)
    assert (row.missing_at, row.removed_at) == (practice.clock.now, None)
    assert signed_in(owner).get("/abfrage/").status_code == 200
    assert opens(token)


def test_a_file_that_still_names_an_institution_lets_nobody_back_in(practice: Practice, take_in: Any) -> None:
    owner = practice.person()
    remove(practice)
    take_in(IK)
    assert TITLE in text_of(enter(browser(), owner.sign_in, PASSWORD))
