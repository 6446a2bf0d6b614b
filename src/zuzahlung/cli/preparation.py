"""What must be there before the house opens: tables, keys of the vault, static files. Done only where missing."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from zuzahlung.cli.database import database
from zuzahlung.cli.errors import HouseError

if TYPE_CHECKING:
    from zuzahlung.vault.services import KeyInfo

PORTAL_SETTINGS = "zuzahlung.site.settings"
OPERATOR_SETTINGS = "zuzahlung.site.operator"

Migration = tuple[str, str]
"""The label of an app, and the name of one of its migrations."""


def start_django(settings: str) -> None:
    """Sets Django up with the settings of one site, unless the environment names others."""
    import os

    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        # A number that is none and a settings file that is no TOML are values in a wrong form.
        raise HouseError(f"Eine Einstellung stimmt nicht: {error}") from error


@contextmanager
def house(*needed: str, settings: str, say: Callable[[str], None]) -> Iterator[None]:
    """A running database and Django on top of it, for one command."""
    with database(*needed, say=say):
        start_django(settings)
        from django.db import connections

        try:
            with faults_of_the_database_told():
                yield
        finally:
            connections.close_all()


@contextmanager
def faults_of_the_database_told() -> Iterator[None]:
    """Ends a command with a sentence when the database is out of reach, falls, or refuses our role something."""
    from django.db import DatabaseError, OperationalError

    try:
        yield
    except OperationalError as error:
        raise HouseError(f"Die Datenbank ist nicht erreichbar oder fiel aus: {error}") from error
    except DatabaseError as error:
        refused = _refusal_in(error)
        if refused is None:
            raise
        raise HouseError(
            f"Die Datenbank erlaubt das dieser Rolle nicht: {refused}. "
            "Die Rollen legt an: zuzahlung database-roles | psql"
        ) from error


def _refusal_in(error: BaseException | None) -> str | None:
    """What the database said when a right was missing; Django wraps that once or twice."""
    from psycopg.errors import InsufficientPrivilege

    while error is not None and not isinstance(error, InsufficientPrivilege):
        error = error.__cause__ or error.__context__
    return error.diag.message_primary if error is not None else None


def refuse_old_tables() -> None:
    """Refuses to go on with tables that are not those of this version, or keys that are not those of this house."""
    with faults_of_the_database_told():
        refuse_newer_tables(alias="default")
        missing = missing_migrations(alias="default")
    if missing:
        raise HouseError(
            f"Die Tabellen der Datenbank sind nicht auf dem Stand dieser Fassung ({len(missing)} Schritte fehlen). "
            "Bitte zuerst: zuzahlung migrate"
        )
    refuse_foreign_keys(alias="default")


def refuse_foreign_keys(*, alias: str) -> list[KeyInfo]:
    """Refuses to go on with a key file that is not the one of this database; gives the keys in it."""
    from django.conf import settings

    from zuzahlung.journal import keymarks
    from zuzahlung.vault.services import KeyFileError, Vault

    try:
        keys = Vault.open(settings.VAULT_KEYS).keys()
    except KeyFileError as error:
        raise HouseError(str(error)) from error
    if fault := keymarks.fault_of(keys, using=alias):
        raise HouseError(fault)
    return keys


def note_vault_keys(*, alias: str) -> None:
    """Remembers the keys of this house in its database, so that others are noticed."""
    from zuzahlung.journal import keymarks

    keymarks.note(refuse_foreign_keys(alias=alias), using=alias)


def migrate_where_needed(tell: Callable[[int, int], None] = lambda _done, _total: None) -> bool:
    """Brings the tables up to date as their owner; says whether there was anything to do, and how far it is."""
    refuse_newer_tables(alias="owner")
    missing = len(missing_migrations(alias="owner"))
    if not missing:
        return False
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command

    class Migrate(Command):
        """Django's command, with our words for how far it is."""

        done = 0

        def migration_progress_callback(self, action: str, *_: object) -> None:
            if action == "apply_success":
                self.done += 1
                tell(self.done, missing)

    call_command(Migrate(), database="owner", interactive=False, verbosity=0)
    return True


def missing_migrations(*, alias: str) -> set[Migration]:
    """The migrations that the database has not seen: one query and file names, without loading any."""
    return _known_migrations() - applied_migrations(alias=alias)


def refuse_newer_tables(*, alias: str) -> None:
    """Refuses tables that a later version has changed: this one would read and write them wrongly."""
    unknown = {one for one in applied_migrations(alias=alias) - _known_migrations() if is_ours(one[0])}
    if unknown:
        raise HouseError(
            f"Die Tabellen der Datenbank sind von einer neueren Fassung ({len(unknown)} Schritte kennt diese nicht). "
            "Bitte nehmen Sie die neuere Fassung, oder spielen Sie die Sicherung ein, die vor dem Wechsel entstand."
        )


def applied_migrations(*, alias: str) -> set[Migration]:
    """The migrations that made the tables of this database; of an empty one none."""
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute("select to_regclass('django_migrations')")
        if cursor.fetchone() == (None,):
            return set()
        cursor.execute("select app, name from django_migrations")
        return set(cursor.fetchall())


def migration_files() -> dict[Migration, Path]:
    """The file of every migration of this version."""
    from django.apps import apps

    return {
        (app.label, path.stem): path
        for app in apps.get_app_configs()
        for path in (Path(app.path) / "migrations").glob("[!_~]*.py")
    }


def is_ours(label: str) -> bool:
    """Whether an app is one of the house, and not of a package; its tables may have been made by none that is left."""
    from django.apps import apps

    return any(app.label == label and app.name.startswith("zuzahlung.") for app in apps.get_app_configs())


def _known_migrations() -> set[Migration]:
    return set(migration_files())


def refuse_lost_database() -> None:
    """Refuses an empty database where the keys of a house lie already: most likely its database was lost."""
    from django.conf import settings

    path: Path = settings.VAULT_KEYS
    if path.exists() and not applied_migrations(alias="owner"):
        raise HouseError(
            f"Die Datenbank ist leer, aber unter {path} liegen schon die Schlüssel eines Hauses. Ging die Datenbank "
            "verloren, spielen Sie bitte ihre Sicherung ein (zuzahlung restore); nennt die Adresse eine falsche, "
            "berichtigen Sie die Adresse. Soll hier wirklich ein neues Haus entstehen: zuzahlung migrate --new-house"
        )


def make_vault_keys_for_new_house(now: datetime) -> None:
    """Makes the vault's key file for a database without tables; missing keys of a used one are not made up."""
    from django.conf import settings

    from zuzahlung.vault.services import Vault

    path: Path = settings.VAULT_KEYS
    if path.exists():
        return
    if applied_migrations(alias="owner"):
        raise HouseError(
            f"Die Schlüsseldatei des Tresors fehlt: {path}. Ohne sie ist der Bestand der Datenbank nicht lesbar. "
            "Bitte spielen Sie die Datei aus Ihrer Sicherung ein."
        )
    Vault.create(path, now)


def collect_static_where_changed() -> bool:
    """Copies style sheets, scripts and pictures to where they are served from; says whether anything changed."""
    from django.conf import settings
    from django.core.management import call_command

    digest = static_digest()
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected"
    root.parent.mkdir(parents=True, exist_ok=True)
    # Portal and operator's site often start at the same moment, and collecting begins with clearing.
    with root.with_name(f"{root.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
            return False
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest, encoding="ascii")
    return True


def static_digest() -> str:
    """A name for all style sheets, scripts and pictures as they are now, by their contents."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=itemgetter(0)):
            content = Path(storage.path(name)).read_bytes()
            digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()
