"""A session belongs to one browser, ends by itself and at will, and its key is known to that browser alone."""

from __future__ import annotations

import pytest

from tests.accounts.household import (
    IK,
    PASSWORD,
    Clock,
    Letters,
    Practice,
    browser,
    enter,
    receive_letters,
    signed_in,
    text_of,
)
from zuzahlung.accounts.models import Session
from zuzahlung.accounts.sessions import SessionStore, hashed

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
OWN = "/praxis/mein-zugang/anmeldungen/"


def test_the_cookies_are_for_this_site_and_for_no_script(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    for name, same_site in (("sitzung", "Lax"), ("bekannt", "Strict")):
        cookie = client.cookies[name]
        assert cookie["httponly"] is True
        assert cookie["samesite"] == same_site
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
    assert client.cookies["sitzung"]["max-age"] == ""  # It ends with the browser.
    client.get("/anmelden/")
    assert client.cookies["formular"]["httponly"] is True
    assert client.cookies["formular"]["samesite"] == "Strict"


def test_under_https_every_cookie_is_secure_and_bound_to_this_host() -> None:
    """The settings as they are read for a portal under https."""
    import os
    import subprocess
    import sys

    ask = (
        "from zuzahlung.site import settings as s; from django.conf import settings; import django; django.setup();"
        "from zuzahlung.portal.views import doors;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        " s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, doors.KNOWN_BROWSER, s.SECURE_HSTS_SECONDS)"
    )
    given = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ask],
        env={
            **os.environ,
            "ZUZAHLUNG_URL": "https://portal.example",
            "DJANGO_SETTINGS_MODULE": "zuzahlung.site.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert given.stdout.split() == [
        "__Host-sitzung", "True", "True", "Lax", "__Host-formular", "True", "__Host-bekannt", "31536000",
    ]  # fmt: skip


def test_the_database_knows_the_hash_of_a_session_key_and_not_the_key(
    practice: Practice, clock: Clock
) -> None:
    client = signed_in(practice.person())
    key = client.cookies["sitzung"].value
    (row,) = Session.objects.using("owner").all()
    assert row.session_key == hashed(key)
    assert key not in row.session_data
    thief = browser()
    thief.cookies["sitzung"] = row.session_key
    assert thief.get("/abfrage/").status_code == 302


def test_signing_in_gives_a_new_id_and_the_old_one_opens_nothing(practice: Practice, clock: Clock) -> None:
    practice.person()
    planted = SessionStore()
    planted["first"] = ["x", "y"]
    planted.save()
    client = browser()
    client.cookies["sitzung"] = planted.session_key or ""
    assert enter(client, IK).status_code == 302
    assert client.cookies["sitzung"].value != planted.session_key or ""
    thief = browser()
    thief.cookies["sitzung"] = planted.session_key or ""
    assert thief.get("/abfrage/").status_code == 302
    assert Session.objects.using("owner").count() == 1


def test_an_unknown_session_key_of_a_visitor_is_never_taken_over(practice: Practice, clock: Clock) -> None:
    practice.person()
    client = browser()
    client.cookies["sitzung"] = "a" * 32
    enter(client, IK)
    assert client.cookies["sitzung"].value != "a" * 32


def test_a_session_ends_after_half_an_hour_without_use(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    assert client.get("/abfrage/").status_code == 200
    for _ in range(6):
        clock.forward(minutes=29)
        assert client.get("/abfrage/").status_code == 200
    clock.forward(minutes=30, seconds=1)
    answer = client.get("/abfrage/")
    assert answer["Location"] == "/anmelden/?weiter=%2Fabfrage%2F&abgelaufen=ja"
    assert Session.objects.using("owner").count() == 0
    assert "Ihre Sitzung ist abgelaufen" in text_of(client.get(answer["Location"]))


def test_a_session_ends_twelve_hours_after_the_sign_in_however_much_it_is_used(
    practice: Practice, clock: Clock
) -> None:
    client = signed_in(practice.person())
    for _ in range(47):
        clock.forward(minutes=15)
        assert client.get("/abfrage/").status_code == 200
    clock.forward(minutes=15)
    assert client.get("/abfrage/").status_code == 302


def test_the_twelve_hours_count_from_the_latest_sign_in_in_this_browser(
    practice: Practice, clock: Clock
) -> None:
    owner, anna = practice.person(), practice.person("anna", "reception")
    client = signed_in(owner)
    for _ in range(40):
        clock.forward(minutes=15)
        client.get("/abfrage/")
    client.post("/abmelden/")
    enter(client, anna.sign_in)
    for _ in range(40):
        clock.forward(minutes=15)
        assert client.get("/abfrage/").status_code == 200


def test_the_time_between_initialkennwort_and_pruefnummer_is_limited_too(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    client = browser()
    enter(client, IK, letters.initialkennwort)
    clock.forward(minutes=29)
    assert client.get("/erste-anmeldung/").status_code == 200
    clock.forward(minutes=31)
    assert client.get("/erste-anmeldung/")["Location"].startswith("/anmelden/")


def test_the_list_shows_every_browser_of_this_person_and_marks_this_one(
    practice: Practice, clock: Clock
) -> None:
    anna, bert = practice.person("anna", "reception"), practice.person("bert", "billing")
    signed_in(bert)
    here = browser(HTTP_USER_AGENT=FIREFOX)
    enter(here, anna.sign_in)
    clock.forward(minutes=10)
    phone = browser("198.51.100.7", HTTP_USER_AGENT=IPHONE)
    enter(phone, anna.sign_in)

    words = text_of(here.get(OWN))

    assert "Firefox auf Linux dieser Browser angemeldet seit 19.11.2026, 10:42 Uhr" in words
    assert (
        "Safari auf iPhone angemeldet seit 19.11.2026, 10:52 Uhr zuletzt benutzt 19.11.2026, 10:52 Uhr"
        in words
    )
    assert words.count("angemeldet seit") == 2
    assert here.cookies["sitzung"].value not in here.get(OWN).content.decode()


def test_one_other_browser_is_signed_out_at_will(practice: Practice, clock: Clock) -> None:
    anna = practice.person("anna", "reception")
    here, there = signed_in(anna), signed_in(anna)
    other = hashed(there.cookies["sitzung"].value)
    answer = here.post(OWN + "beenden/", {"session": other}, follow=True)
    assert "Dort sind Sie jetzt abgemeldet." in text_of(answer)
    assert there.get("/abfrage/").status_code == 302
    assert here.get("/abfrage/").status_code == 200


def test_nobody_signs_somebody_else_out(practice: Practice, clock: Clock) -> None:
    anna, bert = practice.person("anna", "owner"), practice.person("bert", "billing")
    here, there = signed_in(anna), signed_in(bert)
    here.post(OWN + "beenden/", {"session": hashed(there.cookies["sitzung"].value)})
    assert there.get("/abfrage/").status_code == 200


def test_signing_out_everywhere_ends_this_session_too(practice: Practice, clock: Clock) -> None:
    anna, bert = practice.person("anna", "reception"), practice.person("bert", "billing")
    clients = [signed_in(anna) for _ in range(3)]
    untouched = signed_in(bert)
    answer = clients[0].post(OWN + "alle-beenden/", follow=True)
    assert "Sie sind überall abgemeldet" in text_of(answer)
    assert [client.get("/abfrage/").status_code for client in clients] == [302, 302, 302]
    assert untouched.get("/abfrage/").status_code == 200


def test_signing_out_needs_a_post(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    assert client.get("/abmelden/").status_code == 405
    assert client.get("/abfrage/").status_code == 200
    assert client.post("/abmelden/")["Location"] == "/abgemeldet/"
    assert "Sie sind abgemeldet" in text_of(client.get("/abgemeldet/"))
    assert client.get("/abfrage/").status_code == 302


def test_sessions_whose_time_is_over_are_erased(practice: Practice, clock: Clock) -> None:
    from zuzahlung.accounts.services import sessions

    signed_in(practice.person())
    sessions.tidy(clock.forward(hours=11))
    assert Session.objects.using("owner").count() == 1
    sessions.tidy(clock.forward(hours=2))
    assert Session.objects.using("owner").count() == 0


@pytest.mark.parametrize("page", ["/abfrage/", "/praxis/", OWN])
def test_pages_behind_the_sign_in_are_kept_in_no_cache(practice: Practice, clock: Clock, page: str) -> None:
    client = signed_in(practice.person())
    assert "no-store" in client.get(page)["Cache-Control"]
    assert PASSWORD not in client.get(page).content.decode()
