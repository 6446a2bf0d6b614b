"""A person leaves alone, an institution as a whole; both at once and for good, and the journal keeps its time."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail

from tests.accounts.household import (
    IK,
    OTHER_IK,
    PASSWORD,
    Clock,
    Letters,
    Practice,
    ask_for_account,
    browser,
    enter,
    errors_of,
    known_practice,
    signed_in,
    text_of,
    work,
)
from zuzahlung.accounts.models import ApiKey, Institution, Invitation, Person, Secret
from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services import invitations, keys
from zuzahlung.accounts.services.invitations import Invited
from zuzahlung.journal.models import Entry
from zuzahlung.journal.services import acting_for

LEAVE, END = "/praxis/mein-zugang/verlassen/", "/praxis/teilnahme-beenden/"
WRONG = "Das Passwort stimmt nicht. Bitte prüfen Sie auch Groß- und Kleinschreibung."


def test_a_colleague_leaves_with_the_password_and_nobody_else_is_touched(
    practice: Practice, clock: Clock
) -> None:
    owner, anna = practice.person(), practice.person("anna", "reception", email="anna@example.org")
    here, there, other = signed_in(anna), signed_in(anna), signed_in(owner)
    assert "Ihr Zugang 260326822-anna endet sofort" in text_of(here.get(LEAVE))

    answer = here.post(LEAVE, {"current_password": PASSWORD}, follow=True)

    assert "Ihr Zugang ist beendet" in text_of(answer)
    assert [one.get("/abfrage/").status_code for one in (here, there, other)] == [302, 302, 200]
    assert enter(browser(), anna.sign_in).status_code == 200
    row = practice.row(anna)
    assert (row.state, row.left_at, row.email_sealed) == ("left", clock.now, None)
    assert practice.journal()[-1] == "person-left"


@pytest.mark.parametrize("page", [LEAVE, END])
def test_without_the_right_password_nobody_leaves(practice: Practice, clock: Clock, page: str) -> None:
    practice.person("bert", "owner")
    client = signed_in(practice.person())
    assert errors_of(client.post(page, {"current_password": "falsch falsch", "sure": "on"})) == [WRONG]
    assert errors_of(client.post(page, {"sure": "on"})) == ["Bitte geben Sie Ihr Passwort ein."]
    assert client.get("/praxis/").status_code == 200


def test_ending_the_participation_wants_a_clear_yes(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    assert "Das betrifft die ganze Praxis, nicht nur Sie." in text_of(client.get(END))
    assert errors_of(client.post(END, {"current_password": PASSWORD})) == [
        "Bitte bestätigen Sie, dass alle Zugänge enden sollen."
    ]
    assert client.get("/praxis/").status_code == 200


def test_the_end_of_the_participation_ends_every_way_in(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    owner, anna = practice.person(email="inhaberin@example.org"), practice.person("anna", "billing")
    working = [signed_in(owner), signed_in(anna)]
    _, token = keys.make_key(owner, "Praxissoftware", [keys.EXEMPTION_QUERIES], clock.now)
    invited = invitations.invite(owner, "bert", Role.OWNER, clock.now)
    assert isinstance(invited, Invited)
    client = signed_in(owner)
    clock.forward(days=8)
    enter(client, owner.sign_in)
    client.post("/praxis/pruefnummer/", {"current_password": PASSWORD})

    answer = client.post(END, {"current_password": PASSWORD, "sure": "on"}, follow=True)

    assert "Ihr Zugang ist beendet" in text_of(answer)
    assert [one.get("/abfrage/").status_code for one in (*working, client)] == [302, 302, 302]
    assert [enter(browser(), who.sign_in).status_code for who in (owner, anna)] == [200, 200]
    assert {row.state for row in practice.rows(Person)} == {"left"}
    assert all(row.email_sealed is None for row in practice.rows(Person))
    assert [row.revoked_at for row in practice.rows(ApiKey)] == [clock.now]
    assert all(row.revoked_at is not None for row in practice.rows(Invitation))
    assert "Einladung" in errors_of(browser().post("/einladung/", {"invitation": invited.code}))[0]
    asked = browser().post(
        "/api/v1/exemption-queries",
        "{}",
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    assert asked.status_code in {401, 404}
    # The letter and the mail that were ordered a moment ago do not go out any more.
    work(clock)
    assert letters.made == []
    assert mail.outbox == []
    assert practice.rows(Secret, state="valid") == []
    assert Institution.objects.using("operator").get(id=practice.id).left_at == clock.now


def test_the_journal_stays_and_keeps_its_time(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    client.post(END, {"current_password": PASSWORD, "sure": "on"})
    with acting_for(practice.id):
        rows = list(Entry.objects.order_by("id").values_list("action", "actor_name", "kept_until_on"))
    assert rows == [
        ("sign-in", IK, date(2029, 12, 31)),
        ("participation-ended", IK, date(2029, 12, 31)),
    ]


def test_the_end_of_one_participation_touches_no_other(practice: Practice, clock: Clock) -> None:
    other = known_practice(clock, OTHER_IK)
    stranger = signed_in(other.person())
    keys.make_key(other.person("bert", "owner"), "Praxissoftware", [keys.EXEMPTION_QUERIES], clock.now)
    client = signed_in(practice.person())
    client.post(END, {"current_password": PASSWORD, "sure": "on"})
    assert stranger.get("/praxis/").status_code == 200
    assert [row.revoked_at for row in other.rows(ApiKey)] == [None]
    assert {row.state for row in other.rows(Person)} == {"active"}


def test_after_the_end_a_registration_begins_anew(practice: Practice, clock: Clock, letters: Letters) -> None:
    client = signed_in(practice.person())
    client.post(END, {"current_password": PASSWORD, "sure": "on"})
    ask_for_account(clock)
    assert letters.kinds == ["Das Initialkennwort"]
    assert enter(browser(), IK, letters.initialkennwort)["Location"] == "/erste-anmeldung/"


def test_the_last_owner_reads_the_ways_out_before_any_password_is_asked(
    practice: Practice, clock: Clock
) -> None:
    client = signed_in(practice.person())
    page = client.get(LEAVE).content.decode()
    assert "Als letzte Inhaberin oder letzter Inhaber können Sie nicht gehen" in page
    assert f'href="{END}"' in page
    assert 'type="password"' not in page
    practice.person("bert", "owner")
    assert 'type="password"' in client.get(LEAVE).content.decode()


def test_the_last_owner_is_told_the_two_ways_out(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    (told,) = errors_of(client.post(LEAVE, {"current_password": PASSWORD}))
    assert told.startswith("Eine Person mit der Rolle „Inhaberin oder Inhaber“ muss bleiben.")
    assert told.endswith("Oder beenden Sie die Teilnahme der ganzen Praxis.")
