"""The table of a stand in the database: made, filled, sealed among the served ones, dropped.

Everything runs as the operator's role; what only the owner of the tables may do is done by functions of
the migration. Messages of errors carry no values of rows, neither here nor in PostgreSQL's log.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

import psycopg
from django.db import Error, OperationalError, connection, transaction

from zuzahlung.exemptions.registry_rows import START

ONE_AT_A_TIME = "registry import"
LOCK_NOT_AVAILABLE = "55P03"
READERS_SECONDS = 2.0
LOOK_AGAIN_SECONDS = 0.02
PAUSES = (0.1, 0.2, 0.4, 0.8, 0.0)


class _Stopped(Exception):
    """Ends a COPY without a word: PostgreSQL writes the text of what ended it into its log."""


@contextmanager
def alone() -> Iterator[bool]:
    """Says whether nobody else imports, and keeps it like that; the server frees the lock of a dead process."""
    if not _value("select pg_try_advisory_lock(hashtextextended(%s, 0))", ONE_AT_A_TIME):
        yield False
        return
    try:
        yield True
    finally:
        with suppress(Error):
            _value("select pg_advisory_unlock(hashtextextended(%s, 0))", ONE_AT_A_TIME)


def prepare(stand: int) -> None:
    """Makes the table of a stand in the running transaction, so that it vanishes when the import is killed."""
    # Without this the server notices only after building the index that nobody waits for it any more.
    _run("set local client_connection_check_interval = '1s'")
    _run("select exemption_stand_prepare(%s)", stand)


def fill(stand: int, rows: Iterable[bytes]) -> None:
    """Copies rows in PostgreSQL's binary format into the table made in the same transaction."""
    # Frozen rows are never written again, neither by their first reader nor by a later clean-up.
    statement = (
        f"copy exemptions_insured_{stand:d} (stand, fingerprint, initials, adult_on, periods) from stdin"
    )
    with connection.wrap_database_errors:
        _copy(f"{statement} (format binary, freeze)", chain((START,), rows))


def forget_spoiled(stand: int) -> int:
    """Removes every insured with a row without initials; returns how many there were."""
    table = f"exemptions_insured_{stand:d}"
    return int(
        _value(f"""
            with spoiled as (select distinct fingerprint from {table} where initials = ''),
                 gone as (delete from {table} where fingerprint in (select fingerprint from spoiled))
            select count(*) from spoiled""")  # noqa: S608 - the name of our own table
    )


def seal(stand: int) -> bool:
    """Builds the index and puts the table among the others; says no if an insured stands in it twice."""
    return bool(_value("select exemption_stand_seal(%s)", stand))


def repeated(stand: int, *, at_most: int) -> set[bytes] | None:
    """The fingerprints that stand twice, or None where they are too many to hold in memory."""
    statement = (
        f"select fingerprint from exemptions_insured_{stand:d} group by 1 having count(*) > 1 limit %s"  # noqa: S608
    )
    with connection.wrap_database_errors, _cursor() as cursor:
        found = {bytes(row[0]) for row in cursor.execute(statement.encode(), [at_most + 1], binary=True)}
    return found if len(found) <= at_most else None


def settle(stand: int, lines: Iterable[tuple[bytes, int, str, str]]) -> int:
    """Unites the rows of an insured that stands there twice, and removes whom his lines contradict.

    Takes fingerprint, number, initials and birth date of each line of those insured; returns how many were
    removed.
    """
    table = f"exemptions_insured_{stand:d}"
    _run("""create temporary table repeated_line (fingerprint bytea, line bigint, initials text, birth_date date)
            on commit drop""")
    with connection.wrap_database_errors:
        _copy(
            "copy repeated_line from stdin",
            (f"\\\\x{print_.hex()}\t{line}\t{said}\t{born}\n".encode() for print_, line, said, born in lines),
        )
    _run("""create temporary table contradiction on commit drop as select fingerprint from repeated_line
            group by 1 having count(distinct initials) > 1 or count(distinct birth_date) > 1""")
    _run(f"delete from {table} where fingerprint in (select fingerprint from contradiction)")  # noqa: S608
    _run(f"""
        with twice as (select fingerprint from {table} group by 1 having count(*) > 1),
             gone as (delete from {table} where fingerprint in (select fingerprint from twice) returning *)
        insert into {table} (stand, fingerprint, initials, adult_on, periods)
        select stand, fingerprint, min(initials), min(adult_on), range_agg(periods) from gone
         group by stand, fingerprint""")  # noqa: S608
    return int(_value("select count(*) from contradiction"))


def contradicting_lines() -> Iterator[int]:
    """The numbers of the lines that `settle` found to contradict each other, in the same transaction."""
    with psycopg.ServerCursor(connection.connection, "contradicting_lines") as cursor:
        cursor.execute("select line from repeated_line join contradiction using (fingerprint) order by line")
        for row in cursor:
            yield row[0]


def insured(stand: int) -> int:
    """How many insured a table holds that is not sealed yet."""
    return int(_value(f"select count(*) from exemptions_insured_{stand:d}"))  # noqa: S608


def missing(*, old: int, new: int) -> int:
    """How many insured of the old stand are not in the new one; both have the same key."""
    return int(_value("select exemption_stand_missing(%s, %s)", old, new))


def clear_up() -> bool:
    """Drops the tables of all stands that are neither served nor wait; says whether none is left.

    A question that is being answered may still read a stand that was replaced a moment ago: it is waited for,
    but not for long, since the next import clears up as well.
    """
    left = _left_over()
    if left and _readers_are_done():
        left = [stand for stand in left if not _dropped(stand)]
    return not left


def _left_over() -> list[int]:
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.execute(
            "select id from exemptions_stand where state not in ('served', 'waiting') "
            "and to_regclass('public.exemptions_insured_' || id) is not null order by id"
        )
        return [row[0] for row in cursor]


def _readers_are_done() -> bool:
    """Waits until every transaction that runs now has ended: later ones see the new stand."""
    end = time.monotonic() + READERS_SECONDS
    running = _transactions()
    while running and time.monotonic() < end:
        time.sleep(LOOK_AGAIN_SECONDS)
        running &= _transactions()
    return not running


def _transactions() -> set[str]:
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.execute(
            "select l.virtualtransaction from pg_locks l join pg_stat_activity a using (pid) "
            "where l.locktype = 'virtualxid' and a.datname = current_database() and l.pid <> pg_backend_pid()"
        )
        return {row[0] for row in cursor}


def _dropped(stand: int) -> bool:
    """Tries a few times to get the moment without readers that dropping a table needs.

    While it tries, who comes to read waits as well, for as long as the function allows; hence the pauses.
    """
    for pause in PAUSES:
        try:
            with transaction.atomic():
                _run("select exemption_stand_drop(%s)", stand)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            time.sleep(pause)
        else:
            return True
    return False


def _copy(statement: str, rows: Iterable[bytes]) -> None:
    problem: BaseException | None = None
    with suppress(_Stopped), _cursor() as cursor, cursor.copy(statement.encode()) as copy:
        try:
            for some in rows:
                copy.write(some)
        except psycopg.Error:
            raise
        except BaseException as error:  # noqa: BLE001 - it is raised again when the COPY has ended
            problem = error
            raise _Stopped from None
    if problem is not None:
        raise problem


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def _run(statement: str, *arguments: object) -> None:
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.execute(statement.encode(), arguments)


def _value(statement: str, *arguments: object) -> Any:
    with connection.wrap_database_errors, _cursor() as cursor:
        row = cursor.execute(statement.encode(), arguments).fetchone()
    if row is None:
        raise LookupError("a statement that always has one row had none")
    return row[0]
