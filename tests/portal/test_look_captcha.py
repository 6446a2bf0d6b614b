"""The brake is solved by the browser itself, what is forged or late is refused, and a displayed code remains.

The code is for everybody whose browser runs no scripts, and for whoever prefers it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.portal.look_pages import ADDRESS, SAMPLES, serve
from zuzahlung.portal.captcha import LIFETIME, PAYLOAD_LIMIT, is_solved, new_challenge

SECRET = "a secret of this test"
NOW = datetime(2026, 11, 22, 9, 42, tzinfo=UTC)
REGISTER = next(sample for sample in SAMPLES if sample.name == "muster-registrieren")


def solve(challenge: dict[str, Any]) -> dict[str, Any]:
    """What the script does, by the library's own solver."""
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    return {"challenge": challenge, "solution": solution.to_dict()}


def packed(payload: object) -> str:
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.fixture(scope="module")
def solved() -> dict[str, Any]:
    """One challenge of ours with its solution."""
    return solve(new_challenge(SECRET, NOW))


def test_a_solved_challenge_yields_its_nonce(solved: dict[str, Any]) -> None:
    nonce = solved["challenge"]["parameters"]["nonce"]
    assert is_solved(packed(solved), SECRET, NOW + timedelta(minutes=3)) == nonce


def test_a_challenge_is_good_to_its_last_second_and_not_beyond(solved: dict[str, Any]) -> None:
    assert is_solved(packed(solved), SECRET, NOW + LIFETIME) is not None
    assert is_solved(packed(solved), SECRET, NOW + LIFETIME + timedelta(seconds=1)) is None


def test_a_challenge_of_another_house_is_refused(solved: dict[str, Any]) -> None:
    assert is_solved(packed(solved), "another secret", NOW) is None


def test_a_prolonged_or_eased_challenge_is_refused(solved: dict[str, Any]) -> None:
    for name, value in (("data", {"until": 9_999_999_999}), ("cost", 1), ("keyPrefix", "")):
        forged = json.loads(json.dumps(solved))
        forged["challenge"]["parameters"][name] = value
        assert is_solved(packed(forged), SECRET, NOW) is None


def test_a_wrong_solution_is_refused(solved: dict[str, Any]) -> None:
    forged = json.loads(json.dumps(solved))
    forged["solution"]["counter"] += 1
    assert is_solved(packed(forged), SECRET, NOW) is None


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no base64 %%%",
        packed([]),
        packed("text"),
        packed({}),
        packed({"challenge": {}}),
        packed({"challenge": {"parameters": []}}),
        packed({"challenge": {"parameters": {"data": None, "nonce": "00"}}}),
        packed({"challenge": {"parameters": {"data": {"until": "x"}, "nonce": "00"}}, "solution": {}}),
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"[" * 2_900).decode(),
        "A" * (PAYLOAD_LIMIT + 1),
    ],
)
def test_anything_else_is_refused_without_an_exception(payload: str) -> None:
    assert is_solved(payload, SECRET, NOW) is None


def test_two_challenges_are_never_the_same() -> None:
    one, two = new_challenge(SECRET, NOW)["parameters"], new_challenge(SECRET, NOW)["parameters"]
    assert one["nonce"] != two["nonce"]
    assert one["salt"] != two["salt"]


def live_challenge() -> str:
    """A challenge that ends in the browser's own future."""
    return json.dumps(new_challenge(SECRET, datetime.now(UTC)))


@pytest.fixture
def tab(browser: Browser, sample_settings: None) -> Iterator[Page]:
    """An empty tab."""
    page = browser.new_page()
    yield page
    page.close()


def opened(page: Page, challenge: Any = live_challenge) -> Page:
    serve(page, REGISTER, challenge=challenge)
    page.goto(f"{ADDRESS}/{REGISTER.name}")
    return page


def test_the_browser_solves_it_and_says_so_in_words(tab: Page) -> None:
    page = opened(tab)
    expect(page.get_by_text("Sicherheits-Prüfung erledigt.")).to_be_visible()
    expect(page.get_by_label("Code abtippen")).to_be_hidden()
    expect(page.get_by_role("button", name="Stattdessen einen Code abtippen")).to_be_hidden()
    payload = page.locator("[name=solution]").input_value()
    assert is_solved(payload, SECRET, datetime.now(UTC)) is not None


def test_a_form_sent_too_early_waits_for_the_check_and_then_goes_by_itself(tab: Page) -> None:
    released: list[str] = []

    def late() -> str:
        released.append("asked")
        return live_challenge()

    page = opened(tab, late)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Registrieren").click()
    assert released == ["asked"]
    assert "solution=ey" in (sent.value.post_data or "")


def slow() -> str:
    """A challenge that no browser solves during a test."""
    challenge = new_challenge(SECRET, datetime.now(UTC))
    challenge["parameters"]["keyPrefix"] = "f" * 32
    return json.dumps(challenge)


def test_whoever_prefers_it_may_type_the_code_instead(tab: Page) -> None:
    page = opened(tab, slow)
    page.get_by_role("button", name="Stattdessen einen Code abtippen").click()
    expect(page.get_by_label("Code abtippen")).to_be_focused()
    expect(page.get_by_text("4 7 K M 2 P")).to_be_visible()
    page.get_by_label("Code abtippen").fill("47km2p")
    expect(page.locator("[name=solution]")).to_have_value("")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Registrieren").click()
    assert "code=47km2p" in (sent.value.post_data or "")


def test_whoever_opens_the_code_and_leaves_it_empty_is_let_through_by_the_sum(tab: Page) -> None:
    page = opened(tab)
    page.get_by_role("button", name="Stattdessen einen Code abtippen").click()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Registrieren").click()
    assert "solution=ey" in (sent.value.post_data or "")


def test_a_sum_done_beside_the_open_code_says_that_no_code_is_needed(tab: Page) -> None:
    page = opened(tab)
    page.get_by_role("button", name="Stattdessen einen Code abtippen").click()
    expect(page.get_by_text("Sicherheits-Prüfung erledigt. Sie brauchen keinen Code mehr.")).to_be_visible()


def test_a_check_that_fails_shows_the_code_and_says_why(tab: Page) -> None:
    page = opened(tab, lambda: "no challenge")
    expect(page.get_by_text("Die Sicherheits-Prüfung ging hier nicht von selbst.")).to_be_visible()
    expect(page.get_by_label("Code abtippen")).to_be_visible()


def test_without_script_the_code_is_text_to_read_and_type(browser: Browser, sample_settings: None) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = opened(context.new_page())
    expect(page.get_by_text("4 7 K M 2 P")).to_be_visible()
    expect(page.get_by_label("Code abtippen")).to_be_visible()
    expect(page.get_by_role("button", name="Stattdessen einen Code abtippen")).to_be_hidden()
    context.close()
