"""A backup of the database as one file, and a backup played back, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zuzahlung.cli import database, playback, roles
from zuzahlung.cli.errors import HouseError, reason
from zuzahlung.cli.places import refuse_missing_file, wheel_binaries
from zuzahlung.cli.postgres import SUPERUSER
from zuzahlung.cli.terminal import say


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The database to save or to fill, and the programs to do it with."""

    url: str
    binaries: Path

    @property
    def address(self) -> str:
        """The address without its password: everybody on the machine can read the words of a command."""
        from psycopg.conninfo import conninfo_to_dict, make_conninfo

        parts = conninfo_to_dict(self.url)
        parts.pop("password", None)
        return make_conninfo("", **parts)

    @property
    def environment(self) -> dict[str, str]:
        """Our environment, with the password and without the PG… names of whoever called us."""
        from psycopg.conninfo import conninfo_to_dict

        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        password = conninfo_to_dict(self.url).get("password")
        return clean if password is None else {**clean, "PGPASSWORD": str(password)}


@contextmanager
def target() -> Iterator[Target]:
    """The embedded database as its superuser, or the user's own server as the owner of the tables."""
    if database.is_external():
        database.external_addresses("DATABASE_OWNER_URL")
        yield Target(url=os.environ["DATABASE_OWNER_URL"], binaries=wheel_binaries())
        return
    server = database.embedded(say)
    server.start(hold=True)
    try:
        database.ensure_roles(server)
        yield Target(url=server.url(SUPERUSER, roles.DATABASE), binaries=server.place.binaries)
    finally:
        server.stop()


def backup(file: Path) -> None:
    """Saves the database into a new file for its owner alone; it appears when it is complete.

    Sessions are left out: nobody who was signed in yesterday is in again after a restore.
    """
    if file.exists():
        raise HouseError(f"{file} gibt es schon. Bitte wählen Sie einen anderen Namen.")
    if not file.parent.is_dir():
        raise HouseError(f"Den Ordner {file.parent} gibt es nicht. Bitte legen Sie ihn zuerst an.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    with target() as found:
        try:
            os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            how = ["--format=custom", "--exclude-table-data=public.accounts_session"]
            _run("Die Sicherung", found, "pg_dump", [*how, f"--file={unfinished}", found.address])
            unfinished.rename(file)
        except OSError as error:
            raise HouseError(f"{file} lässt sich nicht schreiben. {reason(error)}.") from error
        finally:
            unfinished.unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """What was switched off after a restore, and how many institutions hear of it."""

    keys: int
    invitations: int
    institutions: int


def restore(file: Path, *, now: datetime, nothing_lost: bool) -> Ended | None:
    """Plays a backup into an empty database: wholly, or not at all.

    What was revoked after the backup was made would be valid again. So, but where nothing was lost, all keys of
    programs and open invitations end, and every institution with an account gets a notice.
    """
    refuse_missing_file(file)
    with target() as found:
        if not _is_empty(found):
            raise HouseError(
                "Die Datenbank ist nicht leer. Eine Sicherung kommt nur in eine leere: Nennen Sie mit ZUZAHLUNG_VAR "
                "einen neuen Ordner oder mit DATABASE_URL und DATABASE_OWNER_URL eine leere Datenbank."
            )
        _play(file, found)
        return None if nothing_lost else _end_what_may_be_revoked(found, now)


def _play(file: Path, found: Target) -> None:
    try:
        playback.play(file, binaries=found.binaries, address=found.address, environment=found.environment)
    except playback.NotPlayed as error:
        raise HouseError(
            f"Das Einspielen ist nicht gelungen. {error} Die Datenbank ist so leer wie vorher. Bitte prüfen Sie, ob die "
            "Datei vollständig ist, ob der Server PostgreSQL 15 oder neuer ist und ob „zuzahlung database-roles“ dort "
            "ausgeführt wurde; dann noch einmal."
        ) from error


def _end_what_may_be_revoked(found: Target, now: datetime) -> Ended:
    import psycopg

    from zuzahlung.journal.services import kept_until
    from zuzahlung.vault.identifiers import answer_identifiers

    try:
        with psycopg.connect(found.url) as connection:
            row = connection.execute(
                "select keys, invitations, institutions from accounts_restored(%s, %s, %s)",
                [now, answer_identifiers.at(now), kept_until(now)],
            ).fetchone()
    except psycopg.Error as error:
        raise HouseError(
            "Die Sicherung ist eingespielt, aber Widerrufenes ließ sich nicht abschalten. Nehmen Sie diese Datenbank "
            f"nicht in Betrieb und beginnen Sie mit einer leeren von vorn. ({type(error).__name__})"
        ) from error
    keys, invitations, institutions = row or (0, 0, 0)
    return Ended(keys=keys, invitations=invitations, institutions=institutions)


def _is_empty(found: Target) -> bool:
    import psycopg

    try:
        with psycopg.connect(found.url) as connection:
            row = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    except psycopg.OperationalError as error:
        raise HouseError(f"Die Datenbank ist nicht erreichbar oder fiel aus: {error}") from error
    return row == (0,)


def _run(what: str, found: Target, program: str, words: Sequence[str]) -> None:
    done = subprocess.run(
        [str(found.binaries / program), *words],
        capture_output=True,
        text=True,
        check=False,
        env=found.environment,
    )
    if done.returncode:
        raise HouseError(f"{what} ist nicht gelungen. {program} sagt: {done.stderr.strip()}")
