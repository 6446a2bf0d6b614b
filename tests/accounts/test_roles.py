"""Each role may do what the matrix says, at every page there is, and the document says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import URLPattern, reverse

from tests.accounts.household import Clock, Practice, browser, signed_in, text_of
from zuzahlung.accounts.rules import MATRIX, RIGHT_NAMES, ROLE_NAMES, Right, Role, may
from zuzahlung.portal import urls
from zuzahlung.portal.views.doors import door_of, home_of

OWNER, BILLING, RECEPTION, AUDITOR = Role.OWNER, Role.BILLING, Role.RECEPTION, Role.AUDITOR

# Right, and who has it: the whole matrix once more, as it was decided.
DECIDED = {
    Right.QUERY: {OWNER, BILLING, RECEPTION},
    Right.LIST_QUERY: {OWNER, BILLING},
    Right.OWN_HISTORY: {OWNER, BILLING, RECEPTION, AUDITOR},
    Right.WHOLE_HISTORY: {OWNER, BILLING, AUDITOR},
    Right.EXPORT_HISTORY: {OWNER, BILLING, AUDITOR},
    Right.MANAGE_PEOPLE: {OWNER},
    Right.MANAGE_KEYS: {OWNER},
    Right.ORDER_LETTERS: {OWNER},
    Right.END_PARTICIPATION: {OWNER},
}

# Every address of the portal with the right its door wants; None: to be signed in is enough.
BEHIND_DOORS = {
    "query": Right.QUERY,
    "answer": Right.OWN_HISTORY,
    "answer_pdf": Right.OWN_HISTORY,
    "lists": Right.LIST_QUERY,
    "list_template": Right.LIST_QUERY,
    "list": Right.LIST_QUERY,
    "list_start": Right.LIST_QUERY,
    "list_discard": Right.LIST_QUERY,
    "list_csv": Right.LIST_QUERY,
    "history": Right.OWN_HISTORY,
    "history_csv": Right.EXPORT_HISTORY,
    "practice": None,
    "invite": Right.MANAGE_PEOPLE,
    "revoke_invitation": Right.MANAGE_PEOPLE,
    "person": Right.MANAGE_PEOPLE,
    "invite_again": Right.MANAGE_PEOPLE,
    "remove_person": Right.MANAGE_PEOPLE,
    "make_key": Right.MANAGE_KEYS,
    "revoke_key": Right.MANAGE_KEYS,
    "new_pruefnummer": Right.ORDER_LETTERS,
    "end_participation": Right.END_PARTICIPATION,
    "own_password": None,
    "own_email": None,
    "own_sessions": None,
    "end_session": None,
    "end_all_sessions": None,
    "leave": None,
    "notice_read": None,
    "new_terms": None,
}
OPEN = {
    "start", "register", "registered", "sign_in", "first_sign_in", "recover", "sign_out", "captcha",
    "signed_out", "gone", "invitation", "joining",
    "help", "help_task", "accessibility", "privacy", "terms", "imprint", "status", "theme",
}  # fmt: skip
SOME_ID = UUID("01900000-0000-7000-8000-000000000001")


def patterns() -> Iterator[URLPattern]:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        yield pattern


def address(name: str) -> str:
    (pattern,) = [one for one in patterns() if one.name == name]
    values = dict.fromkeys(pattern.pattern.converters, SOME_ID)
    return reverse(f"portal:{name}", kwargs=values)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
def test_each_entry_of_the_matrix_is_as_decided(role: Role, right: Right) -> None:
    assert may(role, right) == (role in DECIDED[right])


def test_every_address_is_open_or_has_the_door_that_was_decided() -> None:
    """A new page fails here until somebody decides who may see it, and writes it into one of the two tables."""
    found = {str(one.name): door_of(one.callback) for one in patterns()}
    behind = {name: door.right for name, door in found.items() if door is not None}
    assert behind == BEHIND_DOORS
    assert found.keys() - behind.keys() == OPEN


@pytest.mark.parametrize("role", Role)
def test_at_every_door_a_role_gets_in_exactly_with_its_right(
    practice: Practice, clock: Clock, role: Role
) -> None:
    practice.person()
    client = signed_in(practice.person("wer", role))
    refused = set()
    for name in BEHIND_DOORS:
        if name == "end_all_sessions":
            continue
        for answer in (client.get(address(name)), client.post(address(name))):
            assert answer.status_code in {200, 302, 403, 404, 405}, name
            if answer.status_code == 403:
                refused.add(name)
                assert "Das dürfen Sie hier nicht" in text_of(answer)
    wanted = {
        name for name, right in BEHIND_DOORS.items() if right is not None and role not in DECIDED[right]
    }
    assert refused == wanted


def test_who_is_not_signed_in_gets_through_no_door(practice: Practice, clock: Clock) -> None:
    for name in BEHIND_DOORS:
        got, sent = browser().get(address(name)), browser().post(address(name))
        assert got.status_code == 302, name
        assert got["Location"].startswith("/anmelden/?weiter="), name
        assert sent.status_code == 403, name
        assert "Ihre Sitzung ist abgelaufen" in text_of(sent), name


@pytest.mark.parametrize(
    ("role", "home"),
    [(OWNER, "/abfrage/"), (BILLING, "/abfrage/"), (RECEPTION, "/abfrage/"), (AUDITOR, "/verlauf/")],
)
def test_work_begins_on_a_page_that_the_role_may_see(
    practice: Practice, clock: Clock, role: Role, home: str
) -> None:
    assert reverse(home_of(role)) == home
    client = signed_in(practice.person("wer", role))
    assert client.get("/")["Location"] == home
    assert client.get(home).status_code == 200


@pytest.mark.parametrize(
    ("role", "menu"),
    [
        (OWNER, ["Abfrage", "Listenabfrage", "Verlauf", "Praxis"]),
        (BILLING, ["Abfrage", "Listenabfrage", "Verlauf", "Praxis"]),
        (RECEPTION, ["Abfrage", "Verlauf", "Praxis"]),
        (AUDITOR, ["Verlauf", "Praxis"]),
    ],
)
def test_the_menu_shows_only_what_the_role_may_see(
    practice: Practice, clock: Clock, role: Role, menu: list[str]
) -> None:
    page = signed_in(practice.person("wer", role)).get("/praxis/").content.decode()
    shown = re.search(r'<nav class="nav nav-wide".*?</nav>', page, re.DOTALL)
    assert shown is not None
    assert re.findall(r"<a [^>]*>([^<]+)</a>", shown.group()) == menu


def test_the_matrix_is_shown_in_words_to_everybody(practice: Practice, clock: Clock) -> None:
    page = signed_in(practice.person("wer", "reception")).get("/praxis/").content.decode()
    rows = re.findall(r'<th scope="row" role="rowheader">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    shown = {right: re.findall(r'data-label="(.*?)">.*?(ja|nein)', cells) for right, cells in rows}
    assert shown == {
        RIGHT_NAMES[right]: [(ROLE_NAMES[role], "ja" if role in DECIDED[right] else "nein") for role in Role]
        for right in Right
    }


def test_the_document_says_what_the_matrix_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    section = text.partition("## Roles and rights")[2].partition("\n## ")[0]
    lines = [line.strip("| \n").split("|") for line in section.splitlines() if line.startswith("| `")]
    written = {line[0].strip(" `"): [cell.strip() for cell in line[2:]] for line in lines}
    assert written == {
        right.value: ["yes" if right in MATRIX[role] else "–" for role in Role] for right in Right
    }
