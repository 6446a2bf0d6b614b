"""Promise: two institutions use the portal side by side and never see anything of each other."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import House, ask, join, sign_in

pytestmark = pytest.mark.story

EXEMPT = {
    "kvnr": "A123456780", "initials": "M. M.", "birthDate": "1961-03-09",
    "periods": [{"from": "2026-01-01", "to": "2026-12-31"}],
}  # fmt: skip


def test_an_answer_of_one_institution_is_nowhere_for_the_other(
    house: House, page: Page, another_person: Page
) -> None:
    house.registry(EXEMPT)
    join(page, house, "260326822", "Praxis am Markt")
    join(another_person, house, "590301867", "Praxis am Wald")
    sign_in(page, "260326822")

    assert ask(page, "A123456780") == "Befreit – keine Zuzahlung"
    answer = page.url
    assert another_person.request.get(answer).status == 404
    assert another_person.request.get(answer + "nachweis.pdf").status == 404

    another_person.goto("/verlauf/")
    expect(another_person.get_by_role("main")).not_to_contain_text("A123 456 780")
    page.goto("/verlauf/")
    expect(page.get_by_role("main")).to_contain_text("A123 456 780")

    another_person.goto("/abfrage/")
    expect(another_person.get_by_text("100 von 100")).to_be_visible()
    page.goto("/abfrage/")
    expect(page.get_by_text("99 von 100")).to_be_visible()
