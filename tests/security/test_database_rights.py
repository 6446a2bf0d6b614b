"""What each database role may do is written down here for every table and function, and nothing else is possible.

The tables are found in PostgreSQL's catalogue: one without an entry here fails, and so does a right too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg
import pytest

from tests.database import HouseDatabase
from tests.security import catalog
from tests.security.catalog import OPERATOR, PORTAL, Connection, Function

OWN = "all: (institution = OURS)"
ALL_OWN = "select, insert, update, delete"
CHANGING = "select, insert, update"


@dataclass(frozen=True, kw_only=True)
class Table:
    """One line of the matrix: what each role may do, and on which rows (nothing: no row-level security)."""

    portal: str = ""
    portal_rows: str = ""
    operator: str = ""
    operator_rows: str = ""
    why_all_rows: str = ""


NO_INSTITUTION_YET = "who asks has no institution yet"
NO_PERSON = "holds no person and no institution"
OPERATORS_OWN = "the operator's own people and rights"
QUEUE = Table(
    portal=ALL_OWN,
    operator=ALL_OWN,
    why_all_rows="the arguments of tasks are ids, which a test below looks at",
)

MATRIX: Mapping[str, Table] = {
    # Without the hash; a key that was revoked never comes back.
    "accounts_apikey": Table(
        portal=CHANGING,
        portal_rows=OWN,
        operator="select(id, institution, name, scopes, prefix, made_by, made_at, revoked_at), update(revoked_at)",
        operator_rows="select: true\nupdate: (revoked_at IS NULL) | (revoked_at IS NOT NULL)",
    ),
    # The directory is the operator's: an institution that could change its address could have letters sent there.
    "accounts_institution": Table(
        portal="select, update(left_at, pruefnummer_ordered_at)",
        portal_rows="all: (id = OURS)",
        operator=CHANGING,
        operator_rows="all: true",
    ),
    "accounts_invitation": Table(portal=CHANGING, portal_rows=OWN),
    "accounts_notice": Table(
        portal=CHANGING, portal_rows=OWN, operator="insert", operator_rows="insert:  | true"
    ),
    "accounts_operator": Table(operator=ALL_OWN, why_all_rows=OPERATORS_OWN),
    "accounts_operator_groups": Table(operator=ALL_OWN, why_all_rows=OPERATORS_OWN),
    "accounts_operator_user_permissions": Table(operator=ALL_OWN, why_all_rows=OPERATORS_OWN),
    # Without password and e-mail address.
    "accounts_person": Table(
        portal=CHANGING,
        portal_rows=OWN,
        operator="select(id, institution, sign_in, short_name, role, state, email_confirmed_at, terms_version,"
        " terms_accepted_at, made_at, used_at, left_at, recovery_paused_until)",
        operator_rows="select: true",
    ),
    "accounts_puzzle": Table(portal=ALL_OWN, why_all_rows=NO_PERSON),
    # Without the e-mail address.
    "accounts_registration": Table(
        portal=CHANGING,
        operator="select(id, ik, terms_version, asked_at, state, settled_at), update(state, settled_at)",
        why_all_rows=NO_INSTITUTION_YET,
    ),
    # Without the hash; a secret that ended never comes back.
    "accounts_secret": Table(
        portal=CHANGING,
        portal_rows=OWN,
        operator="select(id, institution, person, kind, state, letter, made_at, expires_at), update(state)",
        operator_rows="select: true\nupdate: true | ((state) <> 'valid')",
    ),
    "accounts_session": Table(portal="select, delete", portal_rows=OWN),
    "accounts_throttle": Table(portal=ALL_OWN, operator=ALL_OWN, why_all_rows="fingerprints only"),
    "auth_group": Table(operator=ALL_OWN, why_all_rows=OPERATORS_OWN),
    "auth_group_permissions": Table(operator=ALL_OWN, why_all_rows=OPERATORS_OWN),
    "auth_permission": Table(operator="select", why_all_rows=OPERATORS_OWN),
    # Without the sealed recipient.
    "delivery_outgoing": Table(
        portal=CHANGING,
        portal_rows=OWN,
        operator="select(id, institution, channel, kind, subject, recipient, state, made_at, not_before_at,"
        " attempts, next_attempt_at, reason, message_id, file_name, sha256, done_at), insert,"
        " update(state, next_attempt_at, reason, done_at)",
        operator_rows="insert:  | true\nselect: true\nupdate: true",
    ),
    "django_admin_log": Table(why_all_rows="nobody writes it: the journal does"),
    "django_content_type": Table(operator="select", why_all_rows=OPERATORS_OWN),
    "django_migrations": Table(portal="select", operator="select", why_all_rows=NO_PERSON),
    # The registry: no role reads it but through `exemption_open`, one insured at a time, by fingerprint.
    "exemptions_insured": Table(why_all_rows="nobody reads it"),
    "exemptions_listquery": Table(portal=ALL_OWN, portal_rows=OWN),
    "exemptions_listrow": Table(portal=ALL_OWN, portal_rows=OWN),
    "exemptions_quota": Table(portal=CHANGING, portal_rows=OWN, operator=CHANGING, operator_rows="all: true"),
    "exemptions_repeat": Table(portal=ALL_OWN, portal_rows=OWN),
    "exemptions_stand": Table(portal="select", operator=ALL_OWN, why_all_rows=NO_PERSON),
    # Insert-only for the portal; without what is sealed for the operator, who deletes only what had its time.
    "journal_entry": Table(
        portal="select, insert",
        portal_rows="insert:  | (((institution = OURS) AND ((actor_kind) <> 'operator'))"
        " OR ((institution IS NULL) AND ((actor_kind) = ANY ((ARRAY['system', 'nobody'])[]))))\n"
        "select: (institution = OURS)",
        operator="select(id, institution, at, actor_kind, actor, actor_name, action, permission, permission_text,"
        " permission_until_on, subject, subject_key, days, result, detail, kept_until_on), insert, delete",
        operator_rows="delete: (kept_until_on < ((now() AT TIME ZONE 'Europe/Berlin'))::date)\n"
        "insert:  | ((actor_kind) = ANY ((ARRAY['operator', 'system'])[]))\n"
        "select: true",
    ),
    "journal_keymark": Table(portal="select", operator="select, insert", why_all_rows=NO_PERSON),
    "otp_totp_totpdevice": Table(operator=ALL_OWN, why_all_rows=OPERATORS_OWN),
    "procrastinate_events": QUEUE,
    "procrastinate_jobs": QUEUE,
    "procrastinate_periodic_defers": QUEUE,
    "procrastinate_workers": QUEUE,
}

PATH = ("search_path=pg_catalog, public, pg_temp",)
DEFINERS: Mapping[str, tuple[str, ...]] = {
    # What must be known before the institution is known: each by something only its owner has.
    "person_signing_in(text,timestamp with time zone)": (PORTAL,),
    "person_recovering(text)": (PORTAL,),
    "person_of_session(uuid)": (PORTAL,),
    "institution_of_ik(text)": (PORTAL,),
    "invitation_of_token(bytea)": (PORTAL,),
    "institution_of_key(bytea)": (PORTAL,),
    "session_open(text,timestamp with time zone)": (OPERATOR, PORTAL),
    "session_save(boolean,text,text,timestamp with time zone,uuid,uuid,timestamp with time zone,"
    "timestamp with time zone,text)": (OPERATOR, PORTAL),
    "session_end(text)": (OPERATOR, PORTAL),
    # The registry, one insured at a time.
    "exemption_open(bytea,smallint[],bytea[])": (PORTAL,),
    # The worker serves every institution in turn: ids, and for the manifest what stands on the envelopes.
    "outgoing_due(text,timestamp with time zone)": (PORTAL,),
    "letters_printed()": (PORTAL,),
    "lists_at_work(timestamp with time zone)": (PORTAL,),
    "exemptions_forget(timestamp with time zone,integer)": (PORTAL,),
    # What had its time goes across institutions, told by counts alone; what is open stays, whatever the caller says.
    "accounts_forget(timestamp with time zone,integer,integer,integer,integer)": (PORTAL,),
    "delivery_forget(timestamp with time zone,integer,integer)": (PORTAL,),
    "sessions_tidy(timestamp with time zone)": (PORTAL,),
    # An import fills a table of its own; making, attaching and dropping it is the owner's business.
    "exemption_stand_prepare(integer)": (OPERATOR,),
    "exemption_stand_seal(integer)": (OPERATOR,),
    "exemption_stand_missing(integer,integer)": (OPERATOR,),
    "exemption_stand_drop(integer)": (OPERATOR,),
}
INVOKERS = {
    "current_institution()": ("everybody",),
    "session_is_in_reach(uuid,uuid)": (),
    # After a restore, by the owner of the tables alone.
    "accounts_restored(timestamp with time zone,uuid,date)": (),
    "exemption_write": (PORTAL,),
}


@pytest.fixture
def superuser(house_database: HouseDatabase) -> Iterator[Connection]:
    """Reads the catalogue."""
    with psycopg.connect(house_database.superuser) as connection:
        yield connection


def test_every_table_of_the_database_stands_in_the_matrix_and_the_other_way_round(
    superuser: Connection,
) -> None:
    assert catalog.tables(superuser) == sorted(MATRIX)


def test_each_role_may_do_with_each_table_what_the_matrix_says(superuser: Connection) -> None:
    found = {
        name: (catalog.rights(superuser, name, PORTAL), catalog.rights(superuser, name, OPERATOR))
        for name in catalog.tables(superuser)
    }
    assert found == {name: (table.portal, table.operator) for name, table in MATRIX.items()}


def test_each_role_sees_in_each_table_the_rows_the_matrix_says(superuser: Connection) -> None:
    found = {
        name: (catalog.policies(superuser, name, PORTAL), catalog.policies(superuser, name, OPERATOR))
        for name in catalog.tables(superuser)
    }
    assert found == {name: (table.portal_rows, table.operator_rows) for name, table in MATRIX.items()}


def test_a_table_without_row_level_security_has_a_reason(superuser: Connection) -> None:
    open_tables = [
        name for name in catalog.tables(superuser) if not catalog.has_row_security(superuser, name)
    ]
    assert open_tables == [name for name, table in MATRIX.items() if table.why_all_rows]


def test_whatever_belongs_to_an_institution_is_under_row_level_security(superuser: Connection) -> None:
    belonging = [
        name
        for name in catalog.tables(superuser)
        if {"institution", "institution_id", "kvnr", "person"} & set(catalog.columns(superuser, name))
    ]
    assert "journal_entry" in belonging
    assert [name for name in belonging if not catalog.has_row_security(superuser, name)] == []


def test_a_stand_that_was_imported_can_be_read_by_no_role(
    house_database: HouseDatabase, superuser: Connection
) -> None:
    with psycopg.connect(house_database.operator) as operator:
        operator.execute(
            "insert into exemptions_stand (day, state, key_id, file_name, started_at, insured, faulty, missing, report)"
            " values ('2026-11-22', 'loading', 1, 'x', now(), 0, 0, 0, '{}')"
        )
        operator.execute("select exemption_stand_prepare(1)")
        operator.execute(r"insert into exemptions_insured_1 values (1, '\x00', 'M. M.', null, '{}')")
        operator.execute("select exemption_stand_seal(1)")
    assert "exemptions_insured_1" in catalog.tables(superuser)
    for role in catalog.ROLES:
        for table in ("exemptions_insured", "exemptions_insured_1"):
            assert (role, table, catalog.rights(superuser, table, role)) == (role, table, "")


def test_functions_that_run_with_the_owners_rights_are_a_closed_list(superuser: Connection) -> None:
    definers = {one.name: one.callers for one in catalog.functions(superuser) if one.is_definer}
    assert definers == DEFINERS


def test_every_function_with_the_owners_rights_looks_for_names_where_nobody_can_put_others(
    superuser: Connection,
) -> None:
    def paths(one: Function) -> tuple[str, ...]:
        return tuple(setting for setting in one.settings if setting.startswith("search_path="))

    found = {one.name: paths(one) for one in catalog.functions(superuser) if one.is_definer}
    assert found == dict.fromkeys(DEFINERS, PATH)


def test_all_other_functions_run_with_the_rights_of_the_caller(superuser: Connection) -> None:
    found = {
        one.name.split("(")[0] if one.name.startswith("exemption_write") else one.name: one.callers
        for one in catalog.functions(superuser)
        if not one.is_definer
    }
    assert found == INVOKERS


@pytest.mark.parametrize("role", catalog.ROLES)
def test_a_role_is_nothing_more_than_it_seems(superuser: Connection, role: str) -> None:
    flags = superuser.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = %s",
        [role],
    ).fetchone()
    assert flags == (False, False, False, False, False)
    member_of = superuser.execute(
        "select roleid::regrole::text from pg_auth_members where member = %s::regrole", [role]
    ).fetchall()
    assert member_of == []
    owned = superuser.execute("select count(*) from pg_class where relowner = %s::regrole", [role]).fetchone()
    assert owned == (0,)
    assert superuser.execute("select has_schema_privilege(%s, 'public', 'create')", [role]).fetchone() == (
        False,
    )


@pytest.mark.parametrize(("role", "setting"), [(PORTAL, ["statement_timeout=15s"]), (OPERATOR, None)])
def test_no_statement_of_the_portal_holds_the_database_for_long(
    superuser: Connection, role: str, setting: list[str] | None
) -> None:
    found = superuser.execute("select setconfig from pg_db_role_setting where setrole = %s::regrole", [role])
    assert [row[0] for row in found.fetchall()] == ([] if setting is None else [setting])


def test_only_the_operators_imports_may_make_temporary_tables(
    house_database: HouseDatabase, superuser: Connection
) -> None:
    may = [
        superuser.execute(
            "select has_database_privilege(%s, %s, 'temporary')", [role, house_database.name]
        ).fetchone()
        for role in (PORTAL, OPERATOR)
    ]
    assert may == [(False,), (True,)]
