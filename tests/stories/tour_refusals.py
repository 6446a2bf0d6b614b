"""The second half of the walk: what stands in somebody's way, each as the page that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from tests.stories.conftest import House, ask, sign_in
from zuzahlung.standards.days import german_day

IK = "260326822"
EXEMPT, UNKNOWN = "A123456780", "X110465770"
Look = Callable[[str], None]


def quota(
    house: House, *, per_day: int | None = None, unknown: int | None = None, burst: int | None = None
) -> None:
    """Gives the institution its own limits, as the operator does."""
    from zuzahlung.accounts.services import directory
    from zuzahlung.cli.demo_data import as_operator
    from zuzahlung.exemptions import limits
    from zuzahlung.journal.services import SYSTEM

    with as_operator():
        institution = directory.find(IK)
        assert institution is not None
        own = limits.Limits(per_day=per_day, unknown_per_day=unknown, per_burst=burst)
        limits.set_limits(institution, own, reason="Rundgang", actor=SYSTEM, now=house.clock.now)


def used_up(page: Page, house: House, look: Look) -> None:
    """Each quota with its warning and with its end."""
    house.clock.forward(days=1)
    sign_in(page, IK)
    for name, limits in (("burst", {"burst": 2}), ("unknown", {"unknown": 2}), ("day", {"per_day": 6})):
        house.clock.forward(minutes=20)
        quota(house, **limits)
        kvnr = UNKNOWN if name == "unknown" else EXEMPT
        ask(page, kvnr)
        page.goto("/abfrage/")
        look(f"query with a warning of the quota {name}")
        ask(page, kvnr)
        ask(page, kvnr)
        page.get_by_role("alert").wait_for()
        look(f"query refused by the quota {name}")


def days_ahead(page: Page, house: House, look: Look) -> None:
    """A day that a later stand may know better."""
    quota(house)
    house.clock.forward(minutes=20)
    ask(page, EXEMPT, day=(german_day(house.clock.now) + timedelta(days=5)).isoformat())
    look("answer for a day ahead")


def no_information(page: Page, house: House, look: Look) -> None:
    """The stand of the registry cannot be read: nobody guesses."""
    from zuzahlung.cli.demo_data import as_operator
    from zuzahlung.exemptions.models import Stand

    with as_operator():
        Stand.objects.filter(state=Stand.SERVED).update(state=Stand.REPLACED)
        ask(page, EXEMPT)
    page.get_by_role("alert").wait_for()
    look("query without information")
    page.goto("/status/")
    look("status without a registry")
    with as_operator():
        newest = Stand.objects.filter(state=Stand.REPLACED).latest("id")
        Stand.objects.filter(id=newest.id).update(state=Stand.SERVED)


def lists(page: Page, house: House, look: Look) -> None:
    """Lists that do not fit, that hold nothing to ask, that are no list, and one that was stopped."""
    quota(house, per_day=5)
    house.clock.forward(days=1)
    sign_in(page, IK)
    rows = [
        f"{EXEMPT};in-person;;{german_day(house.clock.now) - timedelta(days=day):%d.%m.%Y}"
        for day in range(8)
    ]
    for name, lines in (("unfit", rows), ("without a row to ask", ["A123456789;in-person;;01.01.2020"])):
        _hand_in(page, house, "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\n" + "\n".join(lines) + "\n")
        look(f"list {name}")
    _hand_in(page, house, "das ist;keine Liste\n")
    look("list that is none")
    _hand_in(page, house, "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\n" + "\n".join(rows) + "\n")
    page.get_by_role("button", name="abfragen").first.click()
    quota(house, per_day=2)
    house.works()
    page.reload()
    look("list stopped")
    quota(house)


def _hand_in(page: Page, house: House, text: str) -> None:
    path = house.folder / "rundgang.csv"
    path.write_text(text, encoding="utf-8")
    page.goto("/listenabfrage/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Datei prüfen").click()
    page.wait_for_load_state()


def searches(page: Page, house: House, look: Look) -> None:
    """A search that finds nothing, and one that cannot be made."""
    page.goto("/verlauf/")
    page.get_by_text("Suchen").first.click()
    page.get_by_label("Krankenversichertennummer").fill(UNKNOWN)
    page.get_by_label("Auskunft", exact=True).select_option(label="befreit")
    page.get_by_role("main").get_by_role("button", name="Suchen").click()
    look("history with nothing found")
    page.goto("/verlauf/")
    page.get_by_text("Suchen").first.click()
    page.get_by_label("Krankenversichertennummer").fill("A123456789")
    page.get_by_role("main").get_by_role("button", name="Suchen").click()
    look("history with errors")


def own_access(page: Page, house: House, look: Look) -> None:
    """A Prüfnummer that was ordered a short while ago, a wrong own password, sign-ins that have to wait."""
    page.goto("/praxis/pruefnummer/")
    look("practice Prüfnummer cooling")
    house.clock.forward(days=8)
    sign_in(page, IK)
    page.goto("/praxis/pruefnummer/")
    page.get_by_label("Passwort").first.fill("falsch und lang genug")
    page.get_by_role("button", name="Neue Prüfnummer bestellen").click()
    page.get_by_role("alert").wait_for()
    look("practice Prüfnummer with errors")
    page.get_by_role("button", name="Abmelden").first.click()
    look("signed out")
    for _ in range(5):
        sign_in(page, IK, "falsch und lang genug")
    look("sign-in that has to wait")
    page.goto("/passwort-vergessen/")
    page.get_by_label("Benutzername").fill(IK)
    page.get_by_label("Prüfnummer", exact=True).fill("AAAAA-AAAAA-AAAAA")
    page.get_by_label("Neues eigenes Passwort").fill("kurz")
    page.get_by_label("Neues Passwort noch einmal").fill("anders")
    page.get_by_role("button", name="Neues Passwort festlegen").click()
    page.get_by_role("alert").wait_for()
    look("recovery with errors")
    house.clock.forward(days=1)
    sign_in(page, IK)


REFUSALS = (used_up, days_ahead, no_information, lists, searches, own_access)
