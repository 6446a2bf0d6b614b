"""Reads from PostgreSQL's own catalogue what each role may do: the tests compare it with what is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

PORTAL, OPERATOR = "zuzahlung_portal", "zuzahlung_operator"
ROLES = (PORTAL, OPERATOR)
_WHOLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
_BY_COLUMN = ("SELECT", "INSERT", "UPDATE")
Connection = psycopg.Connection[tuple[Any, ...]]


def tables(connection: Connection) -> list[str]:
    """Every table outside PostgreSQL's own schemas, views and foreign tables included."""
    rows = connection.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        " order by 2"
    ).fetchall()
    return [name if schema == "public" else f"{schema}.{name}" for schema, name in rows]


def rights(connection: Connection, table: str, role: str) -> str:
    """What a role may do with a table, for example `select, insert, update(state, settled_at)`."""
    said = []
    for right in _WHOLE:
        if _value(connection, "select has_table_privilege(%s, %s, %s)", role, table, right):
            said.append(right.lower())
        elif right in _BY_COLUMN:
            columns = [
                name
                for (name,) in connection.execute(
                    "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
                    " and not attisdropped and has_column_privilege(%s, %s, attnum, %s) order by attnum",
                    [table, role, table, right],
                ).fetchall()
            ]
            if columns:
                said.append(f"{right.lower()}({', '.join(columns)})")
    return ", ".join(said)


def policies(connection: Connection, table: str, role: str) -> str:
    """The policies of a table for a role, one a line: what, which rows, and which new rows."""
    rows = connection.execute(
        "select lower(cmd), coalesce(qual, ''), coalesce(with_check, '') from pg_policies"
        " where tablename = %s and (%s = any(roles) or 'public' = any(roles)) order by 1, 2, 3",
        [table, role],
    ).fetchall()
    return "\n".join(
        f"{what}: {_short(rows_)} | {_short(new)}".removesuffix(" | ") for what, rows_, new in rows
    )


def _short(expression: str) -> str:
    text = expression.replace("( SELECT current_institution() AS current_institution)", "OURS")
    return text.replace("::character varying", "").replace("::text", "")


def has_row_security(connection: Connection, table: str) -> bool:
    """Whether policies are asked at all."""
    return bool(_value(connection, "select relrowsecurity from pg_class where oid = %s::regclass", table))


@dataclass(frozen=True, kw_only=True)
class Function:
    """One of our functions, as far as it matters here."""

    name: str
    is_definer: bool
    settings: tuple[str, ...]
    callers: tuple[str, ...]


def functions(connection: Connection) -> list[Function]:
    """Every function outside PostgreSQL's own schemas and Procrastinate's, with who may call it."""
    rows = connection.execute(
        "select p.oid::regprocedure::text, p.prosecdef, coalesce(p.proconfig, '{}'),"
        " array(select r.rolname::text from pg_roles r where r.rolname = any(%s)"
        "       and has_function_privilege(r.oid, p.oid, 'execute') order by 1),"
        " exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)"
        " from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1",
        [list(ROLES)],
    ).fetchall()
    return [
        Function(
            name=name,
            is_definer=is_definer,
            settings=tuple(settings),
            callers=("everybody",) if is_public else tuple(callers),
        )
        for name, is_definer, settings, callers, is_public in rows
        if not name.startswith("procrastinate_") or is_definer
    ]


def columns(connection: Connection, table: str) -> dict[str, str]:
    """The columns of a table with their types, in their order."""
    rows = connection.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped and attidentity = ''"
        " order by attnum",
        [table],
    ).fetchall()
    return dict(rows)


_SAMPLES: dict[str, Callable[[], object]] = {
    "boolean": lambda: False,
    "bytea": lambda: uuid4().bytes,
    "character varying": lambda: uuid4().hex[:9],
    "character varying[]": lambda: ["x"],
    "date": lambda: "2026-11-22",
    "date[]": lambda: ["2026-11-22"],
    "integer": lambda: uuid4().int % 1_000_000,
    "bigint": lambda: uuid4().int % 1_000_000,
    "smallint": lambda: 1,
    "jsonb": lambda: "{}",
    "text": lambda: uuid4().hex,
    "text[]": lambda: ["x"],
    "timestamp with time zone": lambda: "2026-11-22T09:42:00Z",
    "uuid": uuid4,
    "uuid[]": lambda: [uuid4()],
}


def add_row(connection: Connection, table: str, **given: object) -> None:
    """Puts a row into any table, with invented values where none are given; foreign keys and triggers aside."""
    types = columns(connection, table)
    values = {name: given[name] if name in given else _SAMPLES[kind]() for name, kind in types.items()}
    connection.execute("set session_replication_role = replica")
    connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )
    connection.execute("set session_replication_role = origin")


def _value(connection: Connection, statement: str, *given: object) -> Any:
    row = connection.execute(statement.encode(), given).fetchone()
    assert row is not None
    return row[0]
