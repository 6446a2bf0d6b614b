"""A walk through every page of the operator's site in every state; what looks is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.operator import stage
from tests.operator.conftest import NAME, PASSWORD
from tests.operator.test_rights import every_page

Look = Callable[[str], None]


def sign_in(page: Page, site: str) -> None:
    """Signs the operator in."""
    page.goto(f"{site}/login/")
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def whole(page: Page, site: str, practice: Any, look: Look) -> None:
    """From the sign-in to the last page of a busy house."""
    page.goto(f"{site}/login/")
    look("sign in")
    page.click("main button[type=submit]")
    look("sign in with errors")
    sign_in(page, site)
    for path in dict.fromkeys(path.split("?")[0] for path in every_page(practice)):
        page.goto(site + path)
        look(_name(path))
    forms(page, site, practice, look)
    letters(page, site, look)


def forms(page: Page, site: str, practice: Any, look: Look) -> None:
    """Forms that were sent, right and wrong."""
    for path, fields, name in (
        ("/auskunft/", {"kvnr": stage.KVNR, "reason": "Vorgang 4711"}, "auskunft given"),
        ("/auskunft/", {"kvnr": "falsch", "reason": ""}, "auskunft with errors"),
        ("/accounts/institution/add/", {"name": ""}, "institution add with errors"),
        (f"/exemptions/quota/{practice}/change/", {"per_day": "500"}, "quota with errors"),
    ):
        page.goto(site + path)
        for field, value in fields.items():
            page.fill(f"main form.form [name={field}]", value)
        page.click("main form.form button[type=submit]")
        look(name)


def letters(page: Page, site: str, look: Look) -> None:
    """All letters of the list chosen, and marked as posted."""
    page.goto(f"{site}/delivery/letterout/")
    page.check("#action-toggle")
    assert page.locator("input.action-select:checked").count() == 2
    look("letters chosen")
    page.click("button[value=post]")
    look("question before letters are posted")
    page.click("button[name=bestaetigt]")
    look("letters posted")
    page.goto(f"{site}/delivery/letterout/?stand=posted")
    look("letters that were posted")


def _name(path: str) -> str:
    """A page by its address, without what only this house knows."""
    words = [word for word in path.split("/") if word and not word.isdigit() and word.count("-") != 4]
    return " ".join(words) or "start"
