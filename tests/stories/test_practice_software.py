"""Promise: practice software asks by JSON with a key that the owner makes and takes back, and counts as the practice does."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import House, ask, has_no_barriers, sign_in

pytestmark = pytest.mark.story

IK, KEY_NAME = "260326822", "Praxissoftware am Empfang"
EXEMPT = {
    "kvnr": "A123456780", "initials": "M. M.", "birthDate": "1961-03-09",
    "periods": [{"from": "2026-01-01", "to": "2026-12-31"}],
}  # fmt: skip
LIABLE = {"kvnr": "B123456782", "initials": "L. F.", "birthDate": "1970-01-01", "periods": []}
QUESTION = {"kvnr": "A123456780", "permission": "in-person", "serviceDates": ["2026-11-19"]}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came back, headers by their names in small letters."""

    status: int
    headers: dict[str, str]
    json: dict[str, Any]

    @property
    def left(self) -> dict[str, int]:
        """What is left of each quota, by the header RateLimit."""
        return {name: int(left) for name, left in re.findall(r'"(\w+)";r=(\d+)', self.headers["ratelimit"])}


@dataclass(kw_only=True)
class PracticeSoftware:
    """A program that knows the portal's address, what the portal tells of itself, and its key."""

    portal: str
    token: str = ""
    description: dict[str, Any] = field(default_factory=dict)

    def reads_the_description(self) -> None:
        """Needs no key for it."""
        self.description = self.sends("/api/v1/openapi.json").json

    def asks(self, question: dict[str, Any], **headers: str) -> Said:
        """Asks at the address that the description names."""
        (path,) = (
            path
            for path, methods in self.description["paths"].items()
            if methods.get("post", {}).get("operationId") == "askExemption"
        )
        return self.sends(path, question, Authorization=f"Bearer {self.token}", **headers)

    def sends(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Said:
        """One request; names of headers are given with _ for -."""
        request = urllib.request.Request(self.portal + path)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return _said(response)
        except urllib.error.HTTPError as error:
            with error:
                return _said(error)


def _said(response: Any) -> Said:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Said(status=response.status, headers=headers, json=json.loads(response.read()))


@pytest.fixture
def owner(house: House, page: Page) -> Page:
    """The signed-in owner of a practice."""
    house.registry(EXEMPT, LIABLE)
    house.has_owner(IK)
    sign_in(page, IK)
    return page


def make_key(owner: Page) -> str:
    """Praxis → Schlüssel anlegen; the key as it stands on the page."""
    owner.get_by_role("link", name="Praxis").first.click()
    owner.get_by_role("link", name="Schlüssel anlegen").click()
    expect(owner.get_by_label("Wofür ist der Schlüssel?")).to_be_visible()
    has_no_barriers(owner)
    owner.get_by_label("Wofür ist der Schlüssel?").fill(KEY_NAME)
    owner.get_by_role("button", name="Schlüssel anlegen").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Ihr neuer Schlüssel")
    has_no_barriers(owner)
    return owner.locator("#token").inner_text()


def test_practice_software_asks_with_its_key_until_the_owner_takes_it_back(house: House, owner: Page) -> None:
    token = make_key(owner)
    owner.get_by_role("link", name="Fertig").click()
    expect(owner.get_by_role("row", name=KEY_NAME)).to_contain_text(f"{token[:8]}…")
    assert token not in owner.content()
    has_no_barriers(owner)

    software = PracticeSoftware(portal=house.url, token=token)
    software.reads_the_description()
    members = software.description["components"]["schemas"]["Question"]["properties"]
    assert set(QUESTION) <= set(members)
    assert QUESTION["permission"] in software.description["components"]["schemas"]["Permission"]["enum"]

    first = software.asks(QUESTION, Idempotency_Key="termin-4711")
    assert first.status == 200
    assert first.json == {
        "number": first.json["number"],
        "answeredAt": "2026-11-19T09:42:00Z",
        "kvnr": "A123456780",
        "initials": "M. M.",
        "result": "exempt",
        "days": [{"date": "2026-11-19", "status": "exempt", "validUntil": "2026-12-31", "forecast": False}],
        "copaymentKey": 1,
        "copaymentKeyReason": "Am 19.11.2026 befreit: zuzahlungsbefreit.",
        "stand": "2026-11-19",
        "permission": "in-person",
        "permissionUntil": None,
        "permissionText": "2026-11",
    }
    assert first.left == {"day": 99, "burst": 19, "unknown": 10}

    house.clock.forward(minutes=2)
    again = software.asks(QUESTION, Idempotency_Key="termin-4711")
    assert (again.status, again.json, again.left["day"]) == (200, first.json, 99)

    wrong = software.asks({**QUESTION, "kvnr": "A123456789"})
    assert (wrong.status, wrong.headers["content-type"]) == (422, "application/problem+json")
    assert wrong.json["type"] == f"{house.url}/api/v1/problems/faulty-question"
    assert wrong.json["title"] == "The question has findings"
    assert wrong.json["findings"] == [
        {
            "rule": "kvnr.check-digit",
            "pointer": "/kvnr",
            "text": "Die Prüfziffer der Krankenversichertennummer passt nicht. Bitte vergleichen Sie mit der Karte.",
            "detail": "The check digit does not fit.",
            "severity": "error",
        }
    ]
    assert "A123456789" not in json.dumps(wrong.json)

    second = software.asks({**QUESTION, "kvnr": "B123456782"})
    assert (second.status, second.json["result"]) == (200, "liable")
    assert second.left == {"day": 98, "burst": 18, "unknown": 10}
    assert second.json["number"] != first.json["number"]

    # What the software asked is the practice's: one quota, one history, and the name of the key in it.
    house.clock.forward(minutes=1)
    assert ask(owner, "A123456780") == "Befreit – keine Zuzahlung"
    owner.goto("/abfrage/")
    expect(owner.get_by_text("97 von 100")).to_be_visible()
    owner.get_by_role("link", name="Verlauf").first.click()
    expected = (
        ("A123 456 780", IK, ""),
        ("B123 456 782", KEY_NAME, second.json["number"]),
        ("A123 456 780", KEY_NAME, first.json["number"]),
    )
    for row, texts in zip(owner.get_by_role("row").all()[1:], expected, strict=True):
        for text in texts:
            expect(row).to_contain_text(text)
    has_no_barriers(owner)
    owner.get_by_role("link", name=first.json["number"]).click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Befreit – keine Zuzahlung")
    expect(owner.get_by_role("main")).to_contain_text(f"10:42 Uhr von {KEY_NAME}")
    has_no_barriers(owner)

    owner.get_by_role("link", name="Praxis").first.click()
    owner.get_by_role("link", name=f"Schlüssel {KEY_NAME} Widerrufen", exact=True).click()
    expect(owner.get_by_role("button", name="Schlüssel widerrufen")).to_be_visible()
    has_no_barriers(owner)
    owner.get_by_role("button", name="Schlüssel widerrufen").click()
    expect(owner.get_by_text(f"Der Schlüssel „{KEY_NAME}“ gilt nicht mehr.")).to_be_visible()
    expect(owner.get_by_role("row", name=KEY_NAME)).to_have_count(0)
    has_no_barriers(owner)

    # Neither a new question nor the repeat of an answered one is heard any more.
    for headers in ({}, {"Idempotency_Key": "termin-4711"}):
        refused = software.asks(QUESTION, **headers)
        assert (refused.status, refused.headers["content-type"]) == (401, "application/problem+json")
        assert refused.json["type"] == f"{house.url}/api/v1/problems/key-refused"
        assert refused.json["findings"] == []
        assert refused.headers["www-authenticate"] == 'Bearer realm="zuzahlung", error="invalid_token"'
    owner.goto("/abfrage/")
    expect(owner.get_by_text("97 von 100")).to_be_visible()


def test_the_explanation_of_a_problem_is_a_page_for_the_developer(house: House, owner: Page) -> None:
    software = PracticeSoftware(portal=house.url, token="zuz_nobody-made-this")
    software.reads_the_description()
    refused = software.asks(QUESTION)
    assert refused.status == 401

    owner.goto(refused.json["type"])
    expect(owner.get_by_role("heading", level=1)).to_contain_text("The key is missing or not valid")
    has_no_barriers(owner)
    owner.goto("/api/v1/docs")
    expect(owner.get_by_role("main")).to_contain_text("Ask whether an insured is exempt")
    has_no_barriers(owner)
