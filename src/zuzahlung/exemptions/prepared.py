"""One prepared statement with as little around it as the driver allows; the busiest path is two of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from itertools import count
from typing import Any

import psycopg
from django.db import connection
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer


def statement(sql: str, arguments: Sequence[Any]) -> tuple[Any, ...]:
    """Runs a statement that always gives one row (`%s` stands for each argument) and returns that row.

    Django's cursors bind on the client and never prepare; the driver's own prepare, but wait for the answer in
    small steps, between which busy threads take turns. Here libpq waits, once (docs/decisions/0006 says
    what that spares).
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw = connection.connection
        transformer = _transformer(raw)
        values = transformer.dump_sequence(arguments, [PyFormat.AUTO] * len(arguments))
        name = _prepared(sql, transformer.types, raw)
        result = raw.pgconn.exec_prepared(name, values, transformer.formats)
        _demand(result, pq.ExecStatus.TUPLES_OK, raw)
        transformer.set_pgresult(result)
        row: tuple[Any, ...] | None = transformer.load_row(0, tuple)
    if row is None:
        raise LookupError("a statement that always has one row had none")
    return row


class _Known(threading.local):
    """What this thread has prepared, and on which connection: a new connection knows nothing."""

    connection: psycopg.Connection[Any] | None = None
    transformer: Any
    names: dict[tuple[str, Sequence[int] | None], bytes]


_known = _Known()


def _transformer(raw: psycopg.Connection[Any]) -> Any:
    if _known.connection is not raw:
        _known.connection, _known.transformer, _known.names = raw, Transformer(raw), {}
    return _known.transformer


def _prepared(sql: str, types: Sequence[int] | None, raw: psycopg.Connection[Any]) -> bytes:
    """The name of the statement; small and great numbers are of different types, and so are their statements."""
    name = _known.names.get((sql, types))
    if name is None:
        name = f"zuzahlung_{len(_known.names)}".encode()
        _demand(raw.pgconn.prepare(name, _numbered(sql), types), pq.ExecStatus.COMMAND_OK, raw)
        _known.names[sql, types] = name
    return name


def _numbered(sql: str) -> bytes:
    """The statement as the server wants it, with $1, $2 and so on."""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", sql).encode()


def _demand(result: pq.abc.PGresult, status: pq.ExecStatus, raw: psycopg.Connection[Any]) -> None:
    if result.status == status:
        return
    if raw.pgconn.status != pq.ConnStatus.OK or not result.error_field(pq.DiagnosticField.SQLSTATE):
        # What libpq itself says of a lost connection carries no code by which to tell its kind, and while the last
        # words of a dying server are read the connection still counts as sound.
        raise psycopg.OperationalError("the connection is lost")
    raise psycopg.errors.error_from_result(result)
