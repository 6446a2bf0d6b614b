"""What a screen reader is told of a form, as Chrome's accessibility tree has it: nothing untouched is called wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.portal.look_pages import ADDRESS, SAMPLES, serve

WIDGETS = {"textbox", "radio", "radiogroup", "checkbox", "Date", "combobox", "button", "group"}


@pytest.fixture
def tab(browser: Browser, sample_settings: None) -> Iterator[Page]:
    """An empty tab."""
    page = browser.new_page()
    yield page
    page.close()


def opened(page: Page, name: str) -> Page:
    sample = next(sample for sample in SAMPLES if sample.name == name)
    serve(page, sample)
    page.goto(f"{ADDRESS}/{name}")
    return page


def spoken(page: Page) -> list[dict[str, Any]]:
    """Every field of the page: role, name, description and properties."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "description": node.get("description", {}).get("value", ""),
            **{one["name"]: one["value"].get("value") for one in node.get("properties", [])},
        }
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in WIDGETS
    ]


@pytest.mark.parametrize("name", ["muster-abfrage", "muster-registrieren", "muster-bausteine"])
def test_on_a_fresh_page_no_field_is_called_invalid(tab: Page, name: str) -> None:
    fields = spoken(opened(tab, name))
    assert len(fields) >= 5
    assert [one["name"] for one in fields if one.get("invalid", "false") != "false"] == []


def test_what_has_to_be_filled_in_is_called_required(tab: Page) -> None:
    required = {one["name"] for one in spoken(opened(tab, "muster-abfrage")) if one.get("required")}
    # The browser's own calendar takes no such word; its label does not say „freiwillig“.
    assert required == {"Versichertennummer", "Wie wurde Ihnen die Abfrage erlaubt?"}
    required = {one["name"] for one in spoken(opened(tab, "muster-registrieren")) if one.get("required")}
    assert required == {"Institutionskennzeichen (IK)"}
    expect(tab.get_by_label("Ich habe die Nutzungsbedingungen gelesen")).to_have_attribute(
        "aria-required", "true"
    )


def test_a_wrong_choice_is_said_once_of_the_group_and_of_no_single_choice(tab: Page) -> None:
    fields = spoken(opened(tab, "muster-abfrage-fehler"))
    invalid = [one["role"] for one in fields if one.get("invalid") == "true"]
    assert invalid == ["textbox", "radiogroup", "Date"]
    group = next(one for one in fields if one["role"] == "radiogroup")
    assert group["description"].startswith("Fehler: Bitte wählen Sie aus, wie die Abfrage erlaubt wurde.")


def test_the_field_of_the_code_says_the_error_then_the_code_then_the_hint(tab: Page) -> None:
    page = opened(tab, "muster-registrieren-fehler")
    expect(page.get_by_label("Code abtippen")).to_be_visible()
    field = next(one for one in spoken(page) if one["name"] == "Code abtippen")
    assert " ".join(field["description"].split()) == (
        "Fehler: Der Code stimmt nicht. Hier ist ein neuer. Der Code lautet: 9 X H R 3 T "
        "Groß oder klein, mit oder ohne Leerzeichen: beides ist richtig."
    )
