"""The operator's role works with the house and reaches no secret: every page works, and the database refuses the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.database import HouseDatabase
from tests.operator import stage
from tests.operator.conftest import Client, institution
from tests.operator.role import operator_role

SECRET_COLUMNS = (
    ("accounts_person", "password"),
    ("accounts_person", "email_sealed"),
    ("accounts_secret", "hash"),
    ("accounts_registration", "email_sealed"),
    ("accounts_invitation", "token_hash"),
    ("accounts_apikey", "token_hash"),
    ("accounts_notice", "kind"),
    ("delivery_outgoing", "recipient_sealed"),
    ("journal_entry", "sealed"),
    ("exemptions_repeat", "question"),
    ("exemptions_listrow", "sealed"),
    ("accounts_puzzle", "code"),
)
FORBIDDEN = (
    "update accounts_person set state = 'active'",
    "update accounts_person set password = ''",
    "delete from accounts_person",
    "update accounts_secret set hash = ''",
    "insert into accounts_apikey (id) values (gen_random_uuid())",
    "update accounts_apikey set name = ''",
    "delete from accounts_institution",
    "delete from delivery_outgoing",
    "update delivery_outgoing set recipient = '{}'",
    "update journal_entry set actor_name = ''",
    "truncate journal_entry",
    "set role zuzahlung_owner",
)


def every_page(practice: Any) -> list[str]:
    """Each page of the site, with its detail pages, for a busy house."""
    from zuzahlung.accounts.models import Person, Registration
    from zuzahlung.exemptions.models import Stand

    with operator_role():
        registrations = list(Registration.objects.values_list("id", flat=True))
        people = list(Person.objects.values_list("id", flat=True))
        stands = list(Stand.objects.values_list("id", flat=True))
    return [
        "/", "/accounts/institution/", "/accounts/institution/add/", f"/accounts/institution/{practice}/change/",
        "/accounts/operator/", "/auskunft/", "/password_change/", "/exemptions/quota/", "/exemptions/quota/?zeigen=alle",
        "/exemptions/quota/?zeigen=voll", f"/exemptions/quota/{practice}/change/", "/journal/", "/journal/?scope=house",
        "/journal/?scope=institution&ik=260326822", "/delivery/mailout/", "/delivery/mailout/?stand=alle",
        *(f"/delivery/letterout/?stand={state}" for state in ("printed", "waiting", "posted", "neu", "returned", "cancelled", "alle")),
        *(f"/accounts/registration/?stand={state}" for state in ("offen", "letters", "objected", "closed", "alle")),
        *(f"/accounts/institution/?zeigen={which}" for which in ("konto", "briefe", "ohne", "fort")),
        *(f"/accounts/institution/?q={words}" for words in ("260", "Sonnenschein")),
        "/accounts/person/", "/accounts/person/?q=260326822", "/accounts/person/?stand=waiting",
        "/delivery/letterout/?q=260326822", "/delivery/letterout/?q=sonnen", "/delivery/letterout/?q=A1B2C3D4E5F6",
        "/accounts/registration/?q=260", "/exemptions/stand/", "/exemptions/quota/?zeigen=alle&q=260326822",
        *(f"/accounts/registration/{one}/change/" for one in registrations),
        *(f"/accounts/person/{one}/change/" for one in people),
        *(f"/exemptions/stand/{one}/{page}/" for one in stands for page in ("change", "freigeben")),
    ]  # fmt: skip


def test_every_page_works_with_the_operators_role_and_shows_no_secret(
    operators_house: HouseDatabase, client: Client, tmp_path: Path, settings: Any
) -> None:
    practice = stage.busy_house(tmp_path / "letters", settings)
    with psycopg.connect(operators_house.superuser) as everything:
        hashes = [row[0] for row in everything.execute("select hash from accounts_secret").fetchall()]
    assert len(hashes) == 4
    for path in every_page(practice):
        page = client.get(path)
        assert page.status == 200, (path, page.words)
        assert "argon2" not in page.text, path
        assert not any(known in page.text for known in hashes), path
        assert not re.search(r"Löschen|delete", page.text), path
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert page.headers["Cache-Control"].count("no-store"), path


@pytest.mark.parametrize(("table", "column"), SECRET_COLUMNS)
def test_the_database_refuses_the_operator_a_secret_column(
    house_database: HouseDatabase, table: str, column: str
) -> None:
    with psycopg.connect(house_database.superuser) as everything:
        everything.execute(f"select {column} from {table}".encode())
    with (
        psycopg.connect(house_database.operator) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"select {column} from {table}".encode())


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_the_operator_what_no_page_does(
    house_database: HouseDatabase, statement: str
) -> None:
    with (
        psycopg.connect(house_database.operator) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_nothing_can_be_deleted_through_a_page(client: Client) -> None:
    practice = institution()
    assert client.get(f"/accounts/institution/{practice}/delete/").status == 403
    assert "delete_selected" not in client.get("/accounts/institution/").text


def test_lists_cost_as_many_statements_for_ten_thousand_institutions_as_for_ten(client: Client) -> None:
    from django.db import connections

    from zuzahlung.standards.numbers.ik import check_digit

    paths = (
        "/accounts/institution/", "/accounts/person/", "/accounts/registration/?stand=alle", "/delivery/letterout/?stand=alle",
        "/delivery/mailout/?stand=alle", "/exemptions/quota/?zeigen=alle", "/journal/", "/",
    )  # fmt: skip

    def grow(first: int, last: int) -> None:
        numbers = [f"26{serial:06}" for serial in range(first, last)]
        iks = [eight + check_digit(eight) for eight in numbers]
        with connections["owner"].cursor() as cursor:
            cursor.execute(FILL, {"iks": iks})

    grow(0, 10)
    few = {path: client.get(path).headers["X-Statements"] for path in paths}
    grow(10, 10_000)
    many = {path: client.get(path).headers["X-Statements"] for path in paths}
    assert many == few
    assert max(int(count) for count in many.values()) <= 9
    page = client.get("/accounts/institution/", p="200")
    assert (page.status, page.words.count("Praxis 26")) == (200, 50)


FILL = """
with new as (
    insert into accounts_institution (id, ik, name, street, postcode, city, service_kinds)
    select gen_random_uuid(), ik, 'Praxis ' || ik, 'Weg 1', '01067', 'Dresden', '{heilmittel}' from unnest(%(iks)s::text[]) ik
    returning id, ik),
 people as (
    insert into accounts_person (id, institution, sign_in, short_name, role, state, password, terms_version, made_at)
    select gen_random_uuid(), id, ik, '', 'owner', 'active', '', '', now() from new),
 registrations as (
    insert into accounts_registration (id, ik, terms_version, asked_at, state)
    select gen_random_uuid(), ik, '2026-11', now(), 'no-address' from new),
 quotas as (
    insert into exemptions_quota (institution, on_day, used, unknown, burst_used) select id, current_date, 7, 1, 0 from new),
 letters as (
    insert into delivery_outgoing (id, institution, channel, kind, subject, recipient, state, made_at, not_before_at,
                                   attempts, reason, message_id, file_name, sha256)
    select gen_random_uuid(), id, way, 'accounts.notice', gen_random_uuid(),
           jsonb_build_object('ik', ik, 'name', 'Praxis'), state, now(), now(), 0, '', '', '', ''
      from new, (values ('letter', 'printed'), ('letter', 'returned'), ('mail', 'failed')) as x (way, state))
insert into journal_entry (id, institution, at, actor_kind, actor_name, action, detail, kept_until_on)
select gen_random_uuid(), id, now(), 'operator', 'x', 'address-changed', '{}', '2030-12-31' from new
"""
