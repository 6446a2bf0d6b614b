"""A walk through every page of the portal in every state, as its users meet them; what looks is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page
from uuid_utils.compat import uuid7

from tests.stories.conftest import PASSWORD, House, ask, register, sign_in
from tests.stories.newer_terms import newer_terms
from tests.stories.tour_refusals import REFUSALS
from zuzahlung.portal.help_pages import HELP_PAGES

IK = "260326822"
NAME = "Praxis für Physiotherapie Doppelname-Schmidt-Rodríguez & Partner mbB"
EXEMPT, LIABLE, CHILD, CHANGING, UNKNOWN = (
    "A123456780",
    "T555558879",
    "M123456785",
    "C345678908",
    "X110465770",
)
REGISTRY = (
    {
        "kvnr": EXEMPT, "initials": "M. M.", "birthDate": "1961-03-09",
        "periods": [{"from": "2026-04-01", "to": "2026-12-31"}],
    },
    {"kvnr": LIABLE, "initials": "A. B.", "birthDate": "1980-01-01", "periods": []},
    {"kvnr": CHILD, "initials": "K. L.", "birthDate": "2015-06-30", "periods": []},
    {
        "kvnr": CHANGING, "initials": "E. R.", "birthDate": "1970-02-28",
        "periods": [{"from": "2026-11-12", "to": "2026-12-31"}],
    },
)  # fmt: skip
PUBLIC = (
    "", "konto-registrieren", "konto-registrieren/angenommen", "anmelden", "passwort-vergessen", "einladung",
    "barrierefreiheit", "datenschutz", "nutzungsbedingungen", "impressum", "status", "abgemeldet",
    "zugang-beendet", "gibt-es-nicht",
)  # fmt: skip
OWN = (
    "verlauf", "listenabfrage", "praxis", "praxis/einladen", "praxis/schluessel", "praxis/pruefnummer",
    "praxis/teilnahme-beenden", "praxis/mein-zugang/passwort", "praxis/mein-zugang/e-mail",
    "praxis/mein-zugang/anmeldungen", "praxis/mein-zugang/verlassen",
)  # fmt: skip
# Pages of these addresses need something that the walk makes on its way, or lead on to another page.
Look = Callable[[str], None]


def load_pictures(page: Page) -> None:
    """Loads the pictures that a browser leaves for later, being further down."""
    page.evaluate("() => [...document.images].forEach(image => { image.loading = 'eager'; })")
    page.wait_for_function("() => [...document.images].every(image => image.complete && image.naturalWidth)")


def public_pages(page: Page, house: House, look: Look) -> None:
    """What everybody can read, and the forms that lead in with their errors."""
    house.registry(*REGISTRY)
    for path in (*PUBLIC, "hilfe", *(f"hilfe/{one.slug}" for one in HELP_PAGES)):
        page.goto(f"/{path}/" if path else "/")
        look(f"public {path.replace('/', ' ') or 'start'}")
    for path, button in (
        ("konto-registrieren", "Registrieren"),
        ("anmelden", "Anmelden"),
        ("passwort-vergessen", "Neues Passwort festlegen"),
    ):
        page.goto(f"/{path}/")
        page.get_by_role("main").get_by_role("button", name=button).click()
        page.get_by_role("alert").wait_for()
        look(f"public {path} with errors")
    page.goto("/abmelden/")
    look("public wrong method")
    page.goto("/api/v1/docs")
    look("public interface")
    page.goto("/api/v1/problems/faulty-question")
    look("public interface problem")


def first_steps(page: Page, house: House, look: Look) -> None:
    """From registration to the first page of work."""
    house.knows(IK, NAME)
    register(page, house, IK, "praxis@example.org")
    house.works()
    house.clock.forward(days=1)
    house.works()
    sign_in(page, IK, house.letters()["Initialkennwort"])
    look("first sign-in")
    page.get_by_role("button", name="Passwort festlegen").click()
    look("first sign-in with errors")
    page.get_by_label("Prüfnummer", exact=True).fill(house.letters()["Prüfnummer"])
    page.get_by_label("Neues eigenes Passwort").fill(PASSWORD)
    page.get_by_label("Neues Passwort noch einmal").fill(PASSWORD)
    page.get_by_label("Ich bin mit den Nutzungsbedingungen einverstanden").check()
    page.get_by_role("button", name="Passwort festlegen").click()
    page.get_by_role("heading", name="Abfrage", exact=True).wait_for()
    look("query")


def empty_pages(page: Page, house: House, look: Look) -> None:
    """The pages of an institution that has done nothing yet."""
    for path in OWN:
        page.goto(f"/{path}/")
        look(f"empty {path.replace('/', ' ')}")


def answers(page: Page, house: House, look: Look) -> None:
    """Each kind of answer, a series, and what can be wrong with a question."""
    for name, kvnr in (("exempt", EXEMPT), ("liable", LIABLE), ("minor", CHILD), ("unknown", UNKNOWN)):
        ask(page, kvnr)
        look(f"answer {name}")
    page.goto("/abfrage/")
    page.get_by_label("Krankenversichertennummer").fill(CHANGING)
    page.get_by_label("für die ganze").check()
    look("query with standing permission")
    page.get_by_label("Bis wann dürfen Sie").fill("2026-12-31")
    page.get_by_text("Mehrere Tage einer Serie").click()
    first = date(2026, 10, 1)
    days = ", ".join(f"{first + timedelta(days=step):%d.%m.%Y}" for step in range(59))
    page.get_by_label("Weitere Tage der Serie").fill(days)
    page.get_by_role("button", name="Abfragen").click()
    look("answer series")
    page.goto("/abfrage/")
    page.get_by_label("Krankenversichertennummer").fill("A123456789")
    page.get_by_label("Tag der Abgabe").fill("2020-01-01")
    page.get_by_role("button", name="Abfragen").click()
    look("query with errors")
    page.goto("/verlauf/")
    look("history")


def practice(page: Page, house: House, look: Look) -> None:
    """People, keys and sessions once there are some."""
    page.goto("/praxis/einladen/")
    page.get_by_role("button", name="Einladung erstellen").click()
    look("practice invite with errors")
    page.get_by_label("Kurzname").fill("anna-katharina-doppelname")
    page.get_by_label("Empfang").check()
    page.get_by_role("main").get_by_role("button").first.click()
    look("practice invited")
    link = page.locator("#link").inner_text()
    page.goto("/praxis/schluessel/")
    page.get_by_label("Wofür ist der Schlüssel?").fill("Praxissoftware Musterprogramm am Empfang")
    page.get_by_role("main").get_by_role("button").first.click()
    look("practice key made")
    page.goto("/praxis/")
    look("practice")
    page.get_by_role("link", name="Widerrufen").click()
    look("practice key revoke")
    colleague(page, house, look, link)


def colleague(page: Page, house: House, look: Look, link: str) -> None:
    """A colleague joins by the link; the owner looks at the person, and a session ends in the middle of work."""
    page.goto("/praxis/")
    page.get_by_role("button", name="Abmelden").first.click()
    page.goto(link)
    look("invitation by link")
    page.get_by_role("button", name="Weiter").click()
    look("invitation joining")
    page.get_by_label("Neues eigenes Passwort").fill(PASSWORD)
    page.get_by_label("Neues Passwort noch einmal").fill(PASSWORD)
    page.get_by_label("Ich bin mit den Nutzungsbedingungen einverstanden").check()
    page.get_by_role("button", name="Passwort festlegen").click()
    page.goto("/praxis/")
    look("practice of a colleague")
    page.get_by_role("button", name="Abmelden").first.click()
    sign_in(page, IK)
    look("query with a notice")
    page.goto("/praxis/")
    page.get_by_role("link", name="Ändern").filter(has_text="anna-katharina").click()
    look("practice person")
    person = page.url
    for way in ("neu-einladen", "entfernen"):
        page.goto(f"{person}{way}/")
        look(f"practice person {way}")
    page.goto("/praxis/mein-zugang/passwort/")
    page.get_by_role("main").get_by_role("button", name="Passwort ändern").click()
    look("practice password with errors")
    page.goto("/abfrage/")
    page.get_by_label("Krankenversichertennummer").fill(EXEMPT)
    house.clock.forward(minutes=31)
    page.get_by_role("button", name="Abfragen").click()
    look("session over")
    page.get_by_label("Passwort oder Initialkennwort").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Anmelden").click()
    look("query with what was typed before")


def list_query(page: Page, house: House, look: Look) -> None:
    """A list from the file to its result."""
    path = house.folder / "liste.csv"
    rows = [f"{kvnr};in-person;;19.11.2026" for kvnr in (EXEMPT, LIABLE, CHILD, UNKNOWN, "A123456789")]
    path.write_text(
        "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    page.goto("/listenabfrage/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Datei prüfen").click()
    look("list checked")
    page.get_by_role("button", name="abfragen").first.click()
    look("list running")
    house.works()
    page.reload()
    look("list done")
    page.goto("/listenabfrage/")
    look("lists")


def asked_before(page: Page, house: House, look: Look) -> None:
    """Two days of queries as a busy practice makes them, by people and a program; nothing to see yet."""
    from zuzahlung.accounts.services import directory
    from zuzahlung.cli.demo_data import as_operator
    from zuzahlung.exemptions import services
    from zuzahlung.exemptions.permission_texts import Permission
    from zuzahlung.journal.services import Actor
    from zuzahlung.standards.days import german_day
    from zuzahlung.standards.numbers import kvnr

    with as_operator():
        institution = directory.find(IK)
    assert institution is not None
    actors = (
        Actor(kind="person", id=uuid7(), name=f"{IK}-anna-katharina-doppelname"),
        Actor(kind="key", id=uuid7(), name="Praxissoftware Musterprogramm am Empfang"),
        Actor(kind="person", id=uuid7(), name=IK),
    )
    for number in range(120):
        then = house.clock.now + timedelta(days=number // 60 - 2, minutes=6 * (number % 60))
        asker = services.Asker(
            institution=institution, ik=IK, name=NAME, service_kinds=("heilmittel",),
            actor=actors[number % len(actors)],
        )  # fmt: skip
        question = services.Question(
            kvnr=kvnr.parse((EXEMPT, LIABLE, CHILD, CHANGING)[number % 4]),
            permission=Permission.IN_PERSON,
            permission_until_on=None,
            days=(german_day(then),),
        )
        answered = services.ask(question, asker, now=then)
        assert isinstance(answered, services.Answered), answered


def long_history(page: Page, house: House, look: Look) -> None:
    """A page in the middle of a history of several pages, and a search."""
    page.goto("/verlauf/")
    page.get_by_role("link", name="Ältere").click()
    look("history in the middle")
    page.get_by_text("Suchen").first.click()
    look("history search")
    page.get_by_label("Auskunft", exact=True).select_option(label="nicht befreit")
    page.get_by_role("main").get_by_role("button", name="Suchen").click()
    look("history found")


def new_terms(page: Page, house: House, look: Look) -> None:
    """A new version of the Nutzungsbedingungen comes in the middle of work."""
    with newer_terms():
        page.goto("/praxis/")
        look("new terms")
        page.get_by_text("Sie möchten nicht zustimmen?").click()
        look("new terms refused")
        page.get_by_role("button", name="Zustimmen und weiter").click()
        page.get_by_role("heading", name="Praxis", exact=True).wait_for()
        look("practice after new terms")


def removed(page: Page, house: House, look: Look) -> None:
    """The operator takes the institution out of the directory, and its owner wants to sign in."""
    from zuzahlung.accounts.services import directory
    from zuzahlung.cli.demo_data import as_operator
    from zuzahlung.journal.services import SYSTEM

    with as_operator():
        institution = directory.find(IK)
        assert institution is not None
        directory.remove(institution, reason="Praxis geschlossen", actor=SYSTEM, now=house.clock.now)
    sign_in(page, IK)
    page.get_by_role("heading", name="Ihre Einrichtung ist nicht mehr im Verzeichnis").wait_for()
    look("sign-in of a removed institution")


def whole(page: Page, house: House, look: Look) -> None:
    """The walk from the first page to the last."""
    for part in (
        public_pages, first_steps, empty_pages, asked_before, answers, practice, list_query, long_history,
        *REFUSALS, new_terms, removed,
    ):  # fmt: skip
        part(page, house, look)
