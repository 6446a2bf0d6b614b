"""A new version of the Nutzungsbedingungen: an owner agrees before going on, others work on, the journal knows who."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import zuzahlung.portal
from tests.accounts.household import IK, Clock, Practice, browser, enter, known_practice, signed_in, text_of
from tests.stories.newer_terms import newer_terms
from zuzahlung.accounts import rules
from zuzahlung.accounts.models import Person
from zuzahlung.journal.models import Entry

PAGE = "/nutzungsbedingungen/neue-fassung/"


@pytest.fixture
def newer() -> Iterator[str]:
    with newer_terms() as version:
        yield version


def agree(client: Client, version: str, goal: str = "") -> Any:
    return client.post(PAGE, {"fassung": version, "weiter": goal})


def test_every_version_has_its_text_and_every_newer_one_says_what_is_new() -> None:
    folder = Path(zuzahlung.portal.__file__).parent / "templates" / "portal" / "terms"
    files = {path.name for path in folder.iterdir()}
    texts = {f"{version}.html" for version in rules.TERMS_VERSIONS}
    news = {f"{version}-neu.html" for version in rules.TERMS_VERSIONS[1:]}
    assert files == texts | news


def test_the_versions_after_the_accepted_one_are_told_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TERMS_VERSIONS", ("2026-11", "2027-03", "2028-01"))
    assert rules.terms_since("2026-11") == ("2028-01", "2027-03")
    assert rules.terms_since("2027-03") == ("2028-01",)
    assert rules.terms_since("2028-01") == ()
    assert rules.terms_since("") == ()


@pytest.mark.parametrize(
    ("role", "accepted", "owes"),
    [
        ("owner", "2026-11", False),
        ("owner", "2026-05", True),
        ("owner", "", True),
        ("billing", "2026-05", False),
        ("reception", "2026-05", False),
        ("auditor", "", False),
    ],
)
def test_only_an_owner_owes_agreement_and_only_to_what_is_not_accepted(
    role: str, accepted: str, owes: bool
) -> None:
    assert rules.owes_agreement(role, accepted) is owes


def test_without_a_new_version_nobody_sees_the_page(practice: Practice) -> None:
    practice.person()
    client = browser()
    assert enter(client, IK)["Location"] == "/abfrage/"
    assert client.get("/abfrage/").status_code == 200
    assert client.get(PAGE)["Location"] == "/abfrage/"
    assert client.get(PAGE, {"weiter": PAGE})["Location"] == "/abfrage/"


def test_an_owner_sees_the_new_version_after_the_sign_in_and_agrees_once(
    practice: Practice, clock: Clock, newer: str
) -> None:
    who = practice.person()
    client = browser()
    at_sign_in = client.post("/anmelden/", {"name": IK, "password": "blauer zaun tanzt leise"}, follow=True)

    assert at_sign_in.redirect_chain[-1] == (f"{PAGE}?weiter=%2Fabfrage%2F", 302)
    words = text_of(at_sign_in)
    assert "Neue Nutzungsbedingungen" in words
    assert "Es gibt eine neue Fassung: 2027-03." in words
    assert "Sie bewahren sie drei Jahre auf" in words
    assert "Bisher gilt für Sie die Fassung 2026-11." in words

    clock.forward(minutes=3)
    assert agree(client, newer, "/verlauf/")["Location"] == "/verlauf/"
    assert client.get("/abfrage/").status_code == 200
    person = practice.row(who)
    assert (person.terms_version, person.terms_accepted_at) == ("2027-03", clock.now)

    agree(client, newer)
    assert practice.journal() == ["sign-in", "terms-accepted"]
    entry = practice.rows(Entry, action="terms-accepted")[0]
    assert (entry.actor, entry.actor_name, entry.at) == (who.id, IK, clock.now)
    assert entry.detail == {"version": "2027-03", "before": "2026-11"}


def test_until_then_an_owner_reaches_nothing_but_this_page_and_the_ways_out(
    practice: Practice, newer: str
) -> None:
    practice.person()
    client = signed_in_owner()
    for path in ("/abfrage/", "/verlauf/", "/verlauf/ausgabe.csv", "/listenabfrage/", "/praxis/schluessel/"):
        assert client.get(path)["Location"] == f"{PAGE}?weiter={path.replace('/', '%2F')}"
    for path in ("/praxis/mein-zugang/verlassen/", "/praxis/teilnahme-beenden/", "/nutzungsbedingungen/"):
        assert client.get(path).status_code == 200
    assert client.post("/abmelden/")["Location"] == "/abgemeldet/"


def signed_in_owner() -> Client:
    client = browser()
    enter(client, IK)
    return client


def test_the_page_offers_no_menu_that_leads_nowhere(practice: Practice, newer: str) -> None:
    practice.person()
    page = signed_in_owner().get(PAGE).content.decode()
    assert "Hauptmenü" not in page
    assert "Abmelden" in page


@pytest.mark.parametrize("role", ["billing", "reception", "auditor"])
def test_others_than_owners_work_on_and_are_not_asked(practice: Practice, newer: str, role: str) -> None:
    practice.person()
    client = signed_in(practice.person("anna", role))
    home = client.get("/")["Location"]
    assert client.get(home).status_code == 200
    assert client.get(PAGE)["Location"] == home
    agree(client, newer)
    assert {one.terms_version for one in practice.rows(Person)} == {"2026-11"}


def test_who_becomes_owner_is_asked_with_the_next_click(practice: Practice, newer: str) -> None:
    practice.person()
    colleague = practice.person("anna", "billing")
    client = signed_in(colleague)
    assert client.get("/abfrage/").status_code == 200
    row = practice.row(colleague)
    row.role = "owner"
    save(practice, row)
    assert client.get("/abfrage/")["Location"] == f"{PAGE}?weiter=%2Fabfrage%2F"


def save(practice: Practice, row: Person) -> None:
    from zuzahlung.journal.services import acting_for

    with acting_for(practice.id):
        row.save()


def test_what_was_sent_when_the_new_version_came_is_still_there_after_agreeing(practice: Practice) -> None:
    practice.person()
    client = signed_in_owner()
    client.get("/praxis/mein-zugang/e-mail/")
    with newer_terms() as version:
        sent = client.post("/praxis/mein-zugang/e-mail/", {"email": "neu@example.org"})
        assert sent["Location"] == f"{PAGE}?weiter=%2Fpraxis%2Fmein-zugang%2Fe-mail%2F"
        assert "Ihre Angaben sind noch da" not in text_of(client.get(sent["Location"]))
        on = agree(client, version, "/praxis/mein-zugang/e-mail/")
        page = client.get(on["Location"]).content.decode()
    assert 'value="neu@example.org"' in page
    assert "Ihre Angaben sind noch da" in page
    assert practice.journal() == ["sign-in", "terms-accepted"]


def test_nobody_agrees_to_a_version_that_was_not_shown(practice: Practice, newer: str) -> None:
    who = practice.person()
    client = signed_in_owner()
    for shown in ("2026-11", ""):
        answer = agree(client, shown)
        assert answer.status_code == 200
        assert "ist noch eine neuere Fassung erschienen" in text_of(answer)
    assert practice.row(who).terms_version == "2026-11"


@pytest.mark.parametrize("goal", ["https://example.org/", "//example.org/", "/gibt-es-nicht/", PAGE])
def test_agreeing_leads_nowhere_but_to_a_page_of_ours(practice: Practice, newer: str, goal: str) -> None:
    practice.person()
    assert agree(signed_in_owner(), newer, goal)["Location"] == "/abfrage/"


def test_agreeing_is_a_matter_of_one_institution(practice: Practice, clock: Clock, newer: str) -> None:
    practice.person()
    other = known_practice(clock, "109905003", name="Praxis am Park")
    other.person()
    agree(signed_in_owner(), newer)
    assert {one.terms_version for one in other.rows(Person)} == {"2026-11"}
    assert other.journal() == []


def test_another_owner_is_asked_too(practice: Practice, newer: str) -> None:
    practice.person()
    second = practice.person("erika", "owner")
    agree(signed_in_owner(), newer)
    assert signed_in(second).get("/abfrage/").status_code == 302


def test_a_key_of_a_program_asks_on_under_the_version_before(practice: Practice, newer: str) -> None:
    from zuzahlung.accounts.services import keys

    who = practice.person()
    _, token = keys.make_key(who, "Praxissoftware", [keys.EXEMPTION_QUERIES], practice.clock.now)
    answer = browser().post(
        "/api/v1/exemption-queries",
        "{}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["title"]) == (422, "The question has findings")
