"""The operator's site lets in who knows name and password and, in earnest, shows a code from the own app."""

from __future__ import annotations

import base64
import re
import time
from http.cookiejar import Cookie

from django_otp.oath import TOTP

from tests.database import HouseDatabase
from tests.operator.conftest import NAME, NOW, PASSWORD, Client
from tests.operator.role import operator_role

PAGES = (
    "/", "/delivery/letterout/", "/delivery/mailout/", "/accounts/registration/", "/accounts/institution/",
    "/accounts/institution/add/", "/accounts/person/", "/accounts/operator/", "/exemptions/stand/",
    "/exemptions/quota/", "/journal/", "/auskunft/", "/password_change/",
)  # fmt: skip


def code_of(secret: str, *, steps_ahead: int = 0) -> str:
    """What the app shows now, or some half minutes later."""
    app = TOTP(base64.b32decode(secret.replace(" ", "")))
    app.time = time.time() + 30 * steps_ahead
    return f"{app.token():06}"


def secret_on(page: str) -> str:
    found = re.search(r'id="geheimnis">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1]


def actions() -> list[str]:
    from zuzahlung.journal.models import Entry

    with operator_role():
        return list(Entry.objects.filter(institution=None).order_by("id").values_list("action", flat=True))


def test_name_and_password_are_enough_in_the_demo(site: str) -> None:
    client = Client(site)
    page = client.sign_in()
    assert (page.status, page.url) == (200, f"{site}/")
    assert "Heute Briefe Der Druckordner ist leer" in page.words
    assert actions()[-1] == "operator-sign-in"


def test_wrong_name_and_wrong_password_get_the_same_answer_and_soon_a_pause(site: str) -> None:
    sentence = "Benutzername oder Passwort stimmt nicht."
    unknown, wrong = Client(site).sign_in("niemand"), Client(site).sign_in(password="falsch geraten und lang")
    assert sentence in unknown.words
    assert sentence in wrong.words
    for _ in range(5):
        last = Client(site).sign_in(password="falsch geraten und lang")
    assert last.status == 429
    assert "Es gab zu viele Versuche. Bitte warten Sie bis" in last.words
    assert Client(site).sign_in().status == 429


def test_nobody_sees_a_page_without_signing_in(site: str) -> None:
    for path in PAGES:
        page = Client(site).get(path)
        assert page.url.startswith(f"{site}/login/?next="), path
        assert "Nur für den Betrieb." in page.words, path


def test_the_first_sign_in_sets_up_the_app_and_the_next_one_asks_for_its_code(strict_site: str) -> None:
    client = Client(strict_site)
    page = client.sign_in()
    assert page.url == f"{strict_site}/zweiter-faktor/einrichten/"
    secret = secret_on(page.text)
    assert "stehen hier, bis Sie mit einem Code bestätigt haben, danach nie wieder" in page.words
    assert secret_on(client.get("/zweiter-faktor/einrichten/").text) == secret
    picture = client.get("/zweiter-faktor/bild.svg")
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "style=" not in picture.text

    wrong = client.post("/zweiter-faktor/einrichten/", code="000000")
    assert "Der Code stimmt nicht." in wrong.words
    time.sleep(1.1)
    inside = client.post("/zweiter-faktor/einrichten/", code=code_of(secret))
    assert "Der zweite Faktor ist eingerichtet." in inside.words
    assert inside.url == f"{strict_site}/"
    assert actions()[-2:] == ["operator-second-factor", "operator-sign-in"]

    again = Client(strict_site)
    assert again.sign_in().url == f"{strict_site}/zweiter-faktor/"
    replayed = again.post("/zweiter-faktor/", code=code_of(secret))
    assert "Der Code stimmt nicht." in replayed.words
    time.sleep(1.1)
    assert again.post("/zweiter-faktor/", code=code_of(secret, steps_ahead=1)).url == f"{strict_site}/"


def test_the_password_alone_opens_no_page(strict_site: str) -> None:
    client = Client(strict_site)
    client.sign_in()
    for path in PAGES:
        assert client.get(path).url == f"{strict_site}/zweiter-faktor/einrichten/", path


def test_who_waits_for_the_second_factor_can_leave_again(strict_site: str) -> None:
    client = Client(strict_site)
    client.sign_in()
    assert "Sie sind abgemeldet" in client.post("/logout/", at="/zweiter-faktor/einrichten/").words
    assert client.get("/zweiter-faktor/einrichten/").url.startswith(f"{strict_site}/login/")


def test_whoever_has_an_app_cannot_set_up_another_one_with_the_password_alone(
    operators_house: HouseDatabase, strict_site: str
) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from zuzahlung.accounts.models import Operator

    with operator_role():
        TOTPDevice.objects.create(user=Operator.objects.get(username=NAME), name="App", confirmed=True)
    client = Client(strict_site)
    client.sign_in()
    assert client.get("/zweiter-faktor/einrichten/").url == f"{strict_site}/zweiter-faktor/"
    assert client.get("/zweiter-faktor/bild.svg").url == f"{strict_site}/zweiter-faktor/"


def test_who_was_going_somewhere_arrives_there_and_never_on_another_site(site: str) -> None:
    client = Client(site)
    there = client.post(
        "/login/", at="/login/?next=/journal/", name=NAME, password=PASSWORD, next="/journal/"
    )
    assert there.url == f"{site}/journal/"
    elsewhere = Client(site).post("/login/", name=NAME, password=PASSWORD, next="https://example.org/")
    assert elsewhere.url == f"{site}/"


def test_a_blocked_operator_is_out_at_once(client: Client) -> None:
    from zuzahlung.accounts.models import Operator

    with operator_role():
        Operator.objects.filter(username=NAME).update(is_active=False)
    assert "/login/" in client.get("/journal/").url
    assert "Benutzername oder Passwort stimmt nicht." in client.sign_in().words


def test_operators_block_others_and_never_themselves(client: Client) -> None:
    from zuzahlung.accounts.models import Operator
    from zuzahlung.accounts.services import operators

    with operator_role():
        assert operators.create_operator("zweite.person", PASSWORD, NOW) is None
        ids = [str(one) for one in Operator.objects.values_list("id", flat=True)]
    page = client.post("/accounts/operator/", action="block", index="0", _selected_action=ids)
    assert "Zugänge gesperrt: 1. Der eigene Zugang bleibt immer, wie er ist." in page.words
    with operator_role():
        assert dict(Operator.objects.values_list("username", "is_active")) == {
            NAME: True,
            "zweite.person": False,
        }
    assert actions()[-1] == "operator-blocked"


def test_an_own_password_follows_the_rules_and_its_change_is_journalled(client: Client) -> None:
    values = {"old_password": PASSWORD, "new_password1": "kurz", "new_password2": "kurz"}
    assert "Bitte wählen Sie mindestens 12 Zeichen." in client.post("/password_change/", **values).words
    values |= {"new_password1": "fünf graue möwen rufen", "new_password2": "fünf graue möwen rufen"}
    assert "Das Passwort ist geändert" in client.post("/password_change/", **values).words
    assert actions()[-1] == "operator-password"


def test_the_site_has_cookies_of_its_own_and_no_json_interface(client: Client) -> None:
    cookies: list[Cookie] = list(client.jar)
    assert {cookie.name for cookie in cookies} == {"betrieb", "betrieb-formular"}
    assert all(cookie.has_nonstandard_attr("HttpOnly") for cookie in cookies)
    assert client.get("/api/v1/exemption-queries").status == 404
    assert client.get("/anmelden/").status == 404


def test_signing_out_ends_the_session(client: Client) -> None:
    assert "Sie sind abgemeldet" in client.post("/logout/", at="/").words
    assert "/login/" in client.get("/journal/").url
