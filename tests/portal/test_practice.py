"""The page „Praxis“ shows secrets once and nowhere else, and no form loses what somebody typed into it."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.test import Client

from tests.accounts.household import (
    HOME,
    IK,
    NEW_PASSWORD,
    PASSWORD,
    Clock,
    Letters,
    Practice,
    browser,
    enter,
    errors_of,
    known_practice,
    receive_letters,
    signed_in,
    text_of,
    work,
)
from zuzahlung.accounts.models import ApiKey, Session
from zuzahlung.accounts.services import notices
from zuzahlung.journal.services import acting_for

KVNR = "A123456780"
QUERY = {"kvnr": KVNR, "permission": "telephone", "day": "2026-11-18", "more_days": "", "form_id": "0" * 32}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
CODE = re.compile(r"(?:[2-9A-Z]{5}-){5}[2-9A-Z]{5}")


def value_of(page: Any, field: str) -> str | None:
    """What stands in a field of a page."""
    html = page.content.decode()
    tag = re.search(rf'<(?:input|textarea)[^>]*name="{field}"[^>]*>', html)
    if tag is None:
        return None
    found = re.search(r'value="([^"]*)"', tag.group())
    return found.group(1) if found else ""


def stored_sessions() -> str:
    """All that the database keeps of sessions, decoded."""
    from zuzahlung.accounts.sessions import SessionStore

    return " ".join(
        str(SessionStore().decode(row.session_data)) for row in Session.objects.using("owner").all()
    )


# Secrets that are shown once.


def test_the_code_of_an_invitation_stands_in_one_answer_and_in_no_address_log_line_or_session(
    practice: Practice, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    owner = signed_in(practice.person())
    page = owner.post("/praxis/einladen/", {"short_name": "anna", "role": "reception"})
    code = CODE.search(page.content.decode()).group()  # type: ignore[union-attr]

    assert f"http://127.0.0.1:8000/einladung/#{code}" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert code not in owner.get("/praxis/").content.decode()
    assert code not in owner.get("/praxis/einladen/").content.decode()
    guest = browser("198.51.100.7")
    answers = [guest.get("/einladung/"), guest.post("/einladung/", {"invitation": code})]
    answers.append(guest.get(answers[-1]["Location"]))
    form = {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD, "terms": "on"}
    answers.append(guest.post("/einladung/annehmen/", form))
    for answer in answers:
        assert code not in answer.get("Location", "") + answer.content.decode()
    for written in (code, code.replace("-", "")):
        assert written not in stored_sessions()
        assert written not in caplog.text


def test_no_address_of_the_portal_takes_a_code() -> None:
    from zuzahlung.portal import urls

    kinds = {
        name: type(converter).__name__
        for pattern in urls.urlpatterns
        for name, converter in pattern.pattern.converters.items()
    }
    assert set(kinds.values()) == {"UUIDConverter", "SlugConverter"}
    assert [name for name, kind in kinds.items() if kind == "SlugConverter"] == ["slug"]


def test_a_key_is_shown_once_listed_by_its_beginning_and_revoked(practice: Practice, clock: Clock) -> None:
    owner = signed_in(practice.person())
    page = owner.post("/praxis/schluessel/", {"name": "Empfang,  Rechner 2"})
    token = re.search(r"zuz_[0-9A-Za-z]{49}", page.content.decode()).group()  # type: ignore[union-attr]
    assert 'data-copy="token"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]

    overview = owner.get("/praxis/")
    assert token not in overview.content.decode()
    assert f"Empfang, Rechner 2 {token[:8]}…" in text_of(overview)
    assert token not in stored_sessions()
    (row,) = practice.rows(ApiKey)
    question = text_of(owner.get(f"/praxis/schluessel/{row.id}/widerrufen/"))
    assert "können dann sofort nicht mehr abfragen" in question
    done = owner.post(f"/praxis/schluessel/{row.id}/widerrufen/", follow=True)
    assert "Der Schlüssel „Empfang, Rechner 2“ gilt nicht mehr." in text_of(done)
    assert practice.rows(ApiKey)[0].revoked_at == clock.now
    assert owner.get(f"/praxis/schluessel/{row.id}/widerrufen/").status_code == 404


def test_loading_the_page_with_the_key_again_makes_no_second_one(practice: Practice, clock: Clock) -> None:
    owner = signed_in(practice.person())
    owner.post("/praxis/schluessel/", {"name": "Empfang"})
    (told,) = errors_of(owner.post("/praxis/schluessel/", {"name": "Empfang"}))
    assert told.startswith("Einen Schlüssel mit diesem Namen gibt es schon.")
    assert len(practice.rows(ApiKey)) == 1


def test_a_key_of_another_practice_cannot_be_revoked(practice: Practice, clock: Clock) -> None:
    signed_in(practice.person()).post("/praxis/schluessel/", {"name": "Empfang"})
    (row,) = practice.rows(ApiKey)
    stranger = signed_in(known_practice(clock, "109905003").person())
    assert stranger.post(f"/praxis/schluessel/{row.id}/widerrufen/").status_code == 404
    assert practice.rows(ApiKey)[0].revoked_at is None


# Notices.


def test_a_notice_is_shown_until_each_person_has_read_it(practice: Practice, clock: Clock) -> None:
    owner, anna = signed_in(practice.person()), signed_in(practice.person("anna", "reception"))
    bert = practice.person("bert", "billing")
    clock.forward(minutes=1)
    with acting_for(practice.id):
        notices.notify(practice.id, "registered-again", clock.now)
    title = "Jemand wollte ein Konto für Ihr IK registrieren"
    assert title in text_of(owner.get("/abfrage/"))
    (shown,) = notices.open_notices(bert)

    assert owner.post(f"/hinweis/{shown.id}/gelesen/")["Location"] == "/abfrage/"

    assert title not in text_of(owner.get("/abfrage/"))
    assert title in text_of(anna.get("/abfrage/"))


def test_newcomers_and_other_practices_see_no_notices_that_are_not_theirs(
    practice: Practice, clock: Clock
) -> None:
    owner = practice.person()
    clock.forward(minutes=1)
    with acting_for(practice.id):
        notices.notify(practice.id, "recovered", clock.now)
    (shown,) = notices.open_notices(owner)
    clock.forward(minutes=1)
    assert notices.open_notices(practice.person("neu", "billing")) == []
    stranger = known_practice(clock, "109905003").person()
    assert notices.open_notices(stranger) == []
    notices.confirm(stranger, shown.id)
    assert notices.open_notices(owner) == [shown]


def test_every_notice_has_its_words_and_an_unknown_kind_is_a_bug(practice: Practice, clock: Clock) -> None:
    with acting_for(practice.id), pytest.raises(ValueError, match="no words for the notice unheard-of"):
        notices.notify(practice.id, "unheard-of", clock.now)


# A session that is over.


def over(client: Client, clock: Clock, way: str) -> None:
    """Ends the session in one of the ways in which it can end."""
    if way == "idle":
        clock.forward(minutes=31)
    elif way == "absolute":
        for _ in range(25):
            clock.forward(minutes=29)
            client.get("/hilfe/")
            client.get("/praxis/")
    else:
        Session.objects.using("owner").all().delete()


@pytest.mark.parametrize("way", ["idle", "absolute", "ended elsewhere"])
def test_what_was_typed_into_a_query_is_there_again_after_the_sign_in(
    practice: Practice, clock: Clock, way: str
) -> None:
    client = signed_in(practice.person())
    over(client, clock, way)

    page = client.post("/abfrage/", {**QUERY, "more_days": "20.11.2026, 24.11.2026"})

    assert page.status_code == 403
    assert "Ihre Sitzung ist abgelaufen" in text_of(page)
    assert "Dann stehen Ihre Angaben wieder im Formular." in text_of(page)
    assert KVNR not in page.content.decode()
    assert value_of(page, "name") == IK
    answer = enter(client, IK, resume=value_of(page, "resume") or "", goal=value_of(page, "goal") or "")
    assert answer["Location"] == "/abfrage/"
    assert KVNR not in stored_sessions()
    form = client.get("/abfrage/")
    assert "Ihre Angaben sind noch da." in text_of(form)
    assert value_of(form, "kvnr") == KVNR
    assert value_of(form, "day") == "2026-11-18"
    assert "20.11.2026, 24.11.2026" in text_of(form)
    assert re.search(r'value="telephone"[^>]*checked', form.content.decode())
    assert "exemption-query" not in practice.journal()
    # Shown once; the next look at the page is a fresh one.
    assert value_of(client.get("/abfrage/"), "kvnr") in {None, ""}


def test_after_the_sign_in_of_somebody_else_it_is_dropped(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    anna = practice.person("anna", "reception")
    clock.forward(minutes=31)
    page = client.post("/abfrage/", QUERY)
    enter(client, anna.sign_in, resume=value_of(page, "resume") or "")
    form = client.get("/abfrage/")
    assert value_of(form, "kvnr") in {None, ""}
    assert "noch da" not in text_of(form)


def test_what_was_kept_opens_in_no_other_browser_under_another_name_and_not_after_half_a_day(
    practice: Practice, clock: Clock
) -> None:
    client = signed_in(practice.person())
    clock.forward(minutes=31)
    kept = value_of(client.post("/abfrage/", QUERY), "resume") or ""
    clock.forward(hours=12, seconds=1)
    enter(client, IK, resume=kept)
    assert value_of(client.get("/abfrage/"), "kvnr") in {None, ""}
    for rubbish in ("x", "AAAA", kept[:-4], kept[::-1], "ü"):
        other = browser()
        assert enter(other, IK, resume=rubbish)["Location"] == "/abfrage/"


def test_a_wrong_password_in_between_loses_nothing(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    clock.forward(minutes=31)
    first = client.post("/abfrage/", QUERY)
    second = enter(client, IK, "falsch falsch", resume=value_of(first, "resume") or "")
    assert "Ihre Sitzung ist abgelaufen" in text_of(second)
    enter(client, IK, resume=value_of(second, "resume") or "")
    assert value_of(client.get("/abfrage/"), "kvnr") == KVNR


@pytest.mark.parametrize(
    ("path", "form", "field", "typed"),
    [
        ("/praxis/einladen/", {"short_name": "zoe", "role": "billing"}, "short_name", "zoe"),
        ("/praxis/schluessel/", {"name": "Empfang"}, "name", "Empfang"),
        ("/praxis/mein-zugang/e-mail/", {"email": "neu@example.org"}, "email", "neu@example.org"),
        ("/verlauf/", {"kvnr": KVNR}, "kvnr", KVNR),
    ],
)
def test_every_form_behind_a_door_gets_back_what_was_typed(
    practice: Practice, clock: Clock, path: str, form: dict[str, str], field: str, typed: str
) -> None:
    client = signed_in(practice.person())
    clock.forward(minutes=31)
    page = client.post(path, form)
    assert typed not in page.content.decode()
    answer = enter(client, IK, resume=value_of(page, "resume") or "")
    assert answer["Location"] == path
    assert value_of(client.get(path), field) == typed


def test_passwords_are_never_kept(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    clock.forward(minutes=31)
    form = {"current_password": PASSWORD, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    page = client.post("/praxis/mein-zugang/passwort/", form)
    from zuzahlung.portal import resume

    kept = resume._opened(value_of(page, "resume") or "", IK, clock.now)
    assert kept is not None
    assert dict(kept.fields) == {}


def test_a_button_pressed_too_late_does_nothing_and_leads_back_to_its_page(
    practice: Practice, clock: Clock
) -> None:
    client = signed_in(practice.person())
    clock.forward(minutes=31)
    page = client.post("/praxis/mein-zugang/anmeldungen/alle-beenden/")
    answer = enter(client, IK, resume=value_of(page, "resume") or "")
    assert answer["Location"] == "/praxis/mein-zugang/anmeldungen/"
    assert client.get(answer["Location"]).status_code == 200


def test_a_page_that_was_asked_for_is_shown_after_the_sign_in(practice: Practice, clock: Clock) -> None:
    practice.person()
    client = browser()
    asked = client.get("/praxis/einladen/")["Location"]
    page = client.get(asked)
    assert enter(client, IK, goal=value_of(page, "goal") or "")["Location"] == "/praxis/einladen/"


@pytest.mark.parametrize(
    "goal",
    [
        "https://boese.example/",
        "//boese.example/",
        "/abmelden/",
        "/gibt-es-nicht/",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_led_anywhere_else_by_a_link_to_the_sign_in(
    practice: Practice, clock: Clock, goal: str
) -> None:
    practice.person()
    assert enter(browser(), IK, goal=goal)["Location"] == "/abfrage/"


def test_a_first_sign_in_that_took_too_long_begins_again_with_the_typed_address(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock, email="alt@example.org")
    client = browser()
    enter(client, IK, letters.initialkennwort)
    clock.forward(minutes=31)
    form = {
        "account": IK,
        "pruefnummer": letters.pruefnummer,
        "password": NEW_PASSWORD,
        "password_again": NEW_PASSWORD,
        "email": "neu@example.org",
        "terms": "on",
    }
    page = client.post("/erste-anmeldung/", form)
    assert "Ihre Sitzung ist abgelaufen" in text_of(page)
    enter(client, IK, letters.initialkennwort, resume=value_of(page, "resume") or "")
    again = client.get("/erste-anmeldung/")
    assert value_of(again, "email") == "neu@example.org"
    assert value_of(again, "pruefnummer") == ""


# A form that is not provably ours.


def strict() -> Client:
    return Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR=HOME, enforce_csrf_checks=True)


def token_of(page: Any) -> str:
    return value_of(page, "csrfmiddlewaretoken") or ""


def strictly_signed_in(name: str = IK) -> Client:
    client = strict()
    token = token_of(client.get("/anmelden/"))
    answer = client.post(
        "/anmelden/", {"name": name, "password": PASSWORD, "csrfmiddlewaretoken": token}, headers=OWN_PAGE
    )
    assert answer.status_code == 302
    return client


def test_a_query_from_a_page_left_open_is_shown_again_and_not_carried_out(
    practice: Practice, clock: Clock
) -> None:
    practice.person()
    client = strictly_signed_in()
    stale = "a" * 64
    answer = client.post("/abfrage/", {**QUERY, "csrfmiddlewaretoken": stale}, headers=OWN_PAGE)

    assert answer["Location"] == "/abfrage/"
    assert KVNR not in stored_sessions()
    page = client.get("/abfrage/")
    assert "Die Seite war zu lange offen, deshalb wurde nichts gesendet." in text_of(page)
    assert value_of(page, "kvnr") == KVNR
    assert "exemption-query" not in practice.journal()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://boese.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://boese.portal.example"},
        {"Origin": "https://boese.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_a_form_from_another_site_is_refused_and_nothing_of_it_is_shown(
    practice: Practice, clock: Clock, headers: dict[str, str]
) -> None:
    practice.person()
    client = strictly_signed_in()
    for token in ("", "a" * 64):
        answer = client.post("/abfrage/", {**QUERY, "csrfmiddlewaretoken": token}, headers=headers)
        assert answer.status_code == 403
        assert "Diese Seite war zu lange offen" in text_of(answer)
        assert KVNR not in answer.content.decode()
    assert value_of(client.get("/abfrage/"), "kvnr") in {None, ""}


def test_without_cookies_the_page_says_so_instead_of_turning_in_circles(
    practice: Practice, clock: Clock
) -> None:
    answer = strict().post("/konto-registrieren/", {"ik": IK}, headers=OWN_PAGE)
    assert answer.status_code == 403
    assert "Das Portal braucht dafür Cookies." in text_of(answer)


def test_a_registration_from_a_page_left_open_keeps_number_and_address(
    practice: Practice, clock: Clock
) -> None:
    client = strict()
    client.get("/konto-registrieren/")
    form = {"ik": IK, "email": "praxis@example.org", "csrfmiddlewaretoken": "a" * 64}
    answer = client.post("/konto-registrieren/", form, headers=OWN_PAGE)
    assert answer["Location"] == "/konto-registrieren/"
    page = client.get("/konto-registrieren/")
    assert (value_of(page, "ik"), value_of(page, "email")) == (IK, "praxis@example.org")


def test_a_sign_in_from_a_page_left_open_can_be_repeated_at_once(practice: Practice, clock: Clock) -> None:
    practice.person()
    client = strict()
    client.get("/anmelden/")
    form = {"name": IK, "password": PASSWORD, "csrfmiddlewaretoken": "a" * 64}
    page = client.post("/anmelden/", form, headers=OWN_PAGE)
    assert page.status_code == 403
    assert "Bitte melden Sie sich noch einmal an" in text_of(page)
    assert PASSWORD not in page.content.decode()
    assert practice.journal() == []
    again = client.post("/anmelden/", {**form, "csrfmiddlewaretoken": token_of(page)}, headers=OWN_PAGE)
    assert again["Location"] == "/abfrage/"


def test_who_signed_in_in_a_second_window_goes_on_in_the_first_with_what_was_kept(
    practice: Practice, clock: Clock
) -> None:
    practice.person()
    client = strictly_signed_in()
    clock.forward(minutes=31)
    first = client.get("/hilfe/")
    page = client.post(
        "/abfrage/", {**QUERY, "csrfmiddlewaretoken": client.cookies["formular"].value}, headers=OWN_PAGE
    )
    old_token, kept = token_of(page), value_of(page, "resume") or ""
    second = client.get("/anmelden/")
    client.post(
        "/anmelden/",
        {"name": IK, "password": PASSWORD, "csrfmiddlewaretoken": token_of(second)},
        headers=OWN_PAGE,
    )
    answer = client.post(
        "/anmelden/",
        {"name": IK, "password": PASSWORD, "resume": kept, "csrfmiddlewaretoken": old_token},
        headers=OWN_PAGE,
    )
    assert answer["Location"] == "/abfrage/"
    assert value_of(client.get("/abfrage/"), "kvnr") == KVNR
    assert first.status_code == 200


def test_signing_out_from_a_page_left_open_says_that_one_is_still_signed_in(
    practice: Practice, clock: Clock
) -> None:
    practice.person()
    client = strictly_signed_in()
    answer = client.post("/abmelden/", {"csrfmiddlewaretoken": "a" * 64}, headers=OWN_PAGE, follow=True)
    assert "Sie sind noch angemeldet." in text_of(answer)


# Addresses.


def test_the_own_address_is_changed_and_taken_back(practice: Practice, clock: Clock) -> None:
    from django.core import mail

    client = signed_in(practice.person())
    client.post("/praxis/mein-zugang/e-mail/", {"email": "neu@example.org"})
    assert "neu@example.org" in text_of(client.get("/praxis/"))
    with acting_for(practice.id):
        notices.notify(practice.id, "registered-again", clock.now)
    work(clock)
    assert [message.to for message in mail.outbox] == [["neu@example.org"]]
    client.post("/praxis/mein-zugang/e-mail/", {"email": ""})
    with acting_for(practice.id):
        notices.notify(practice.id, "registered-again", clock.now)
    work(clock)
    assert len(mail.outbox) == 1
