"""In the database itself two institutions never see each other, whatever the program forgets or tries.

Every table with rows of institutions is found in the catalogue and filled with a row of each of two.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql

from tests.database import HouseDatabase, TestServer
from tests.security import catalog
from tests.security.catalog import PORTAL, Connection

OURS = UUID("01936000-0000-7000-8000-000000000001")
THEIRS = UUID("01936000-0000-7000-8000-000000000002")
# What a row needs beside invented values, to pass the checks of its table.
NEEDED = {
    "journal_entry": {"actor_kind": "system", "action": "signed-in", "kept_until_on": "2029-12-31"},
    "accounts_person": {"role": "owner", "state": "active"},
}


@pytest.fixture(scope="module")
def shared(test_server: TestServer) -> Iterator[HouseDatabase]:
    """One database for all of these tests: whatever they try is refused, so nothing changes in it."""
    with test_server.clone(f"zuzahlung_apart_{os.getpid()}") as house:
        yield house


@pytest.fixture(scope="module")
def superuser(shared: HouseDatabase) -> Iterator[Connection]:
    """Fills the tables."""
    with psycopg.connect(shared.superuser, autocommit=True) as connection:
        yield connection


@pytest.fixture
def portal(shared: HouseDatabase, filled: list[str]) -> Iterator[Connection]:
    """A connection as the portal has it; nobody has said for whom it acts."""
    with psycopg.connect(shared.portal, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def filled(superuser: Connection) -> list[str]:
    """Every table with rows of institutions that the portal may read, with a row of each of the two."""
    names = []
    for table in catalog.tables(superuser):
        column = column_of(superuser, table)
        if column is None or not catalog.rights(superuser, table, PORTAL):
            continue
        for institution in (OURS, THEIRS):
            catalog.add_row(superuser, table, **NEEDED.get(table, {}), **{column: institution})
        names.append(table)
    return names


def column_of(connection: Connection, table: str) -> str | None:
    """The column that says whose a row is; the directory is named by its own ids."""
    if table == "accounts_institution":
        return "id"
    return "institution" if "institution" in catalog.columns(connection, table) else None


def act_for(connection: Connection, institution: UUID | str) -> None:
    connection.execute("select set_config('app.institution', %s, false)", [str(institution)])


def seen(connection: Connection, table: str, column: str) -> list[UUID]:
    statement = sql.SQL("select {} from {}").format(sql.Identifier(column), sql.Identifier(table))
    return [row[0] for row in connection.execute(statement).fetchall()]


def test_the_tables_looked_at_are_those_of_accounts_delivery_exemptions_and_journal(
    filled: list[str],
) -> None:
    assert filled == [
        "accounts_apikey",
        "accounts_institution",
        "accounts_invitation",
        "accounts_notice",
        "accounts_person",
        "accounts_secret",
        "accounts_session",
        "delivery_outgoing",
        "exemptions_listquery",
        "exemptions_listrow",
        "exemptions_quota",
        "exemptions_repeat",
        "journal_entry",
    ]


def test_who_forgets_to_say_for_whom_sees_nothing(
    portal: Connection, superuser: Connection, filled: list[str]
) -> None:
    found = {table: seen(portal, table, column_of(superuser, table) or "") for table in filled}
    assert found == {table: [] for table in filled}


def test_who_acts_for_one_institution_sees_its_rows_alone(
    portal: Connection, superuser: Connection, filled: list[str]
) -> None:
    act_for(portal, OURS)
    found = {table: seen(portal, table, column_of(superuser, table) or "") for table in filled}
    assert found == {table: [OURS] for table in filled}


@pytest.mark.parametrize("institution", ["", "00000000-0000-0000-0000-000000000000"])
def test_a_setting_that_names_no_institution_shows_nothing(portal: Connection, institution: str) -> None:
    act_for(portal, institution)
    assert seen(portal, "journal_entry", "institution") == []


@pytest.mark.parametrize("institution", ["not-an-id", "%", "' or true --"])
def test_a_setting_that_is_no_id_is_an_error(portal: Connection, institution: str) -> None:
    act_for(portal, institution)
    with pytest.raises(errors.InvalidTextRepresentation):
        seen(portal, "journal_entry", "institution")


def test_the_institution_ends_with_its_transaction(portal: Connection) -> None:
    with portal.transaction():
        portal.execute("select set_config('app.institution', %s, true)", [str(OURS)])
        assert seen(portal, "journal_entry", "institution") == [OURS]
    assert seen(portal, "journal_entry", "institution") == []


def test_rows_of_another_institution_can_be_neither_changed_nor_erased(
    portal: Connection, superuser: Connection, filled: list[str]
) -> None:
    act_for(portal, OURS)
    touched = {}
    for table in filled:
        column = column_of(superuser, table) or ""
        rights = catalog.rights(superuser, table, PORTAL)
        where = sql.SQL("where {} = {}").format(sql.Identifier(column), sql.Literal(THEIRS))
        if "update" in rights:
            changed = "left_at" if table == "accounts_institution" else column
            statement = sql.SQL("update {0} set {1} = {1} {2}").format(
                sql.Identifier(table), sql.Identifier(changed), where
            )
            touched[table, "update"] = portal.execute(statement).rowcount
        if "delete" in rights:
            statement = sql.SQL("delete from {} {}").format(sql.Identifier(table), where)
            touched[table, "delete"] = portal.execute(statement).rowcount
    assert touched == dict.fromkeys(touched, 0)
    assert len(touched) == 15


def test_a_row_cannot_be_given_to_another_institution(
    portal: Connection, superuser: Connection, filled: list[str]
) -> None:
    act_for(portal, OURS)
    tried = []
    for table in filled:
        if table != "accounts_institution" and "update" in catalog.rights(superuser, table, PORTAL):
            with pytest.raises(
                errors.InsufficientPrivilege, match="new row violates row-level security policy"
            ):
                portal.execute(
                    sql.SQL("update {} set institution = {}").format(
                        sql.Identifier(table), sql.Literal(THEIRS)
                    )
                )
            tried.append(table)
    assert len(tried) == 10


def test_a_row_for_another_institution_can_not_be_added(
    portal: Connection, superuser: Connection, filled: list[str]
) -> None:
    act_for(portal, OURS)
    tried = []
    for table in filled:
        if "insert" not in catalog.rights(superuser, table, PORTAL):
            continue
        # The row that stands there already, as the other institution's.
        copied = [name for name in catalog.columns(superuser, table) if name != "institution"]
        names = sql.SQL(", ").join(map(sql.Identifier, copied))
        with pytest.raises(errors.InsufficientPrivilege, match="new row violates row-level security policy"):
            portal.execute(
                sql.SQL("insert into {0} (institution, {1}) select {2}, {1} from {0}").format(
                    sql.Identifier(table), names, sql.Literal(THEIRS)
                )
            )
        tried.append(table)
    assert len(tried) == 11


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("set role zuzahlung_owner", "permission denied to set role"),
        ("set role zuzahlung_operator", "permission denied to set role"),
        ("set session authorization zuzahlung_operator", "permission denied to set session authorization"),
        ("set session_replication_role = replica", "permission denied to set parameter"),
        ("truncate journal_entry", "permission denied for table journal_entry"),
        ("truncate accounts_person cascade", "permission denied for table accounts_person"),
        ("alter table journal_entry disable row level security", "must be owner of table journal_entry"),
        ("drop policy own_read on journal_entry", "must be owner of relation journal_entry"),
        ("create policy more on journal_entry using (true)", "must be owner of table journal_entry"),
        ("update journal_entry set result = 'exempt'", "permission denied for table journal_entry"),
        ("delete from journal_entry", "permission denied for table journal_entry"),
        ("select * from journal_entry for update", "permission denied for table journal_entry"),
        ("select * from exemptions_insured", "permission denied for table exemptions_insured"),
        ("copy exemptions_insured to stdout", "permission denied for table exemptions_insured"),
        ("copy journal_entry to program 'cat'", "permission denied to COPY to or from an external program"),
        ("copy journal_entry to '/tmp/journal'", "permission denied to COPY to a file"),
        ("select pg_read_file('/etc/passwd')", "permission denied for function pg_read_file"),
        ("select lo_import('/etc/passwd')", "permission denied for function lo_import"),
        ("create table own_copy (x int)", "permission denied for schema public"),
        ("create temporary table own_copy (x int)", "permission denied to create temporary tables"),
        ("create function f() returns int language sql as 'select 1'", "permission denied for schema public"),
        ("create extension dblink", "permission denied to create extension"),
        ("select password from accounts_operator", "permission denied for table accounts_operator"),
        ("select key from otp_totp_totpdevice", "permission denied for table otp_totp_totpdevice"),
        (
            "update accounts_institution set street = 'Mein Weg 1'",
            "permission denied for table accounts_institution",
        ),
        ("select exemption_stand_drop(1)", "permission denied for function exemption_stand_drop"),
    ],
)
def test_the_portals_role_cannot_help_itself(portal: Connection, attempt: str, refusal: str) -> None:
    act_for(portal, OURS)
    with pytest.raises(psycopg.Error) as refused:
        portal.execute(attempt.encode())
    assert refused.value.sqlstate in {"42501", "0LP01", "58P01"}, refused.value
    assert refusal in str(refused.value)


def test_switching_row_security_off_makes_an_error_and_no_rows(portal: Connection) -> None:
    act_for(portal, OURS)
    portal.execute("set row_security = off")
    with pytest.raises(
        errors.InsufficientPrivilege, match="query would be affected by row-level security policy"
    ):
        portal.execute("select * from journal_entry")


def test_nobody_poses_as_the_operator_in_the_journal(portal: Connection) -> None:
    act_for(portal, OURS)
    for institution in (OURS, None):
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            portal.execute(
                "insert into journal_entry (id, institution, at, actor_kind, actor_name, action, detail, kept_until_on)"
                " values (gen_random_uuid(), %s, now(), 'operator', 'x', 'x', '{}', '2029-12-31')",
                [institution],
            )


def test_a_session_opens_by_its_own_key_and_no_other_way(portal: Connection, superuser: Connection) -> None:
    catalog.add_row(
        superuser, "accounts_session", session_key="a" * 64, institution=THEIRS, expire_date="2999-01-01"
    )
    catalog.add_row(
        superuser, "accounts_session", session_key="b" * 64, institution=None, expire_date="2999-01-01"
    )

    def opened(key: str) -> int:
        return len(portal.execute("select * from session_open(%s, now())", [key]).fetchall())

    assert opened("a" * 64) == 1
    assert opened("%") == 0
    # An operator's session (a person without institution) is out of the portal's reach.
    assert opened("b" * 64) == 0
    portal.execute("select session_end(%s)", ["b" * 64])
    left = superuser.execute(
        "select count(*) from accounts_session where session_key = %s", ["b" * 64]
    ).fetchone()
    assert left == (1,)
