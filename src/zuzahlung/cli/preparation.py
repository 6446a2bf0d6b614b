"""What must be there before the house opens: tables, keys of the vault, static files. Done only where missing."""

from __future__ import annotations

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


def start_django(settings: str) -> None:
    """Sets Django up with the settings of one site, unless the environment names others."""
    import os

    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise HouseError(f"Eine Einstellung stimmt nicht: {error}") from error


@contextmanager
def house(*needed: str, settings: str, say: Callable[[str], None]) -> Iterator[None]:
    """A running database and Django on top of it, for one command."""
    with database(*needed, say=say):
        start_django(settings)
        from django.db import OperationalError, connections

        try:
            yield
        except OperationalError as error:
            raise HouseError(f"Die Datenbank ist nicht erreichbar oder fiel aus: {error}") from error
        finally:
            connections.close_all()


def refuse_old_tables() -> None:
    """Refuses to go on with tables that are not those of this version, or keys that are not those of this house."""
    from django.db import OperationalError

    try:
        missing = missing_migrations(alias="default")
    except OperationalError as error:
        raise HouseError(f"Die Datenbank ist nicht erreichbar: {error}") from error
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
        raise HouseError(f"Die Schlüsseldatei des Tresors macht Mühe: {error}") from error
    if fault := keymarks.fault_of(keys, using=alias):
        raise HouseError(fault)
    return keys


def note_vault_keys(*, alias: str) -> None:
    """Remembers the keys of this house in its database, so that others are noticed."""
    from zuzahlung.journal import keymarks

    keymarks.note(refuse_foreign_keys(alias=alias), using=alias)


def migrate_where_needed(*, verbosity: int = 0) -> bool:
    """Brings the tables up to date as their owner; says whether there was anything to do."""
    if not missing_migrations(alias="owner"):
        return False
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
    return True


def missing_migrations(*, alias: str) -> set[tuple[str, str]]:
    """The migrations that the database has not seen: one query and file names, without loading any."""
    from django.apps import apps
    from django.db import connections

    known = {
        (app.label, path.stem)
        for app in apps.get_app_configs()
        for path in (Path(app.path) / "migrations").glob("[!_~]*.py")
    }
    with connections[alias].cursor() as cursor:
        cursor.execute("select to_regclass('django_migrations')")
        if cursor.fetchone() == (None,):
            return known
        cursor.execute("select app, name from django_migrations")
        return known - set(cursor.fetchall())


def make_vault_keys_for_new_house(now: datetime) -> None:
    """Makes the vault's key file for a database without tables; missing keys of a used one are not made up."""
    from django.conf import settings

    from zuzahlung.vault.services import Vault

    path: Path = settings.VAULT_KEYS
    if path.exists():
        return
    if _has_tables():
        raise HouseError(
            f"Die Schlüsseldatei des Tresors fehlt: {path}. Ohne sie ist der Bestand der Datenbank nicht lesbar. "
            "Bitte spielen Sie die Datei aus Ihrer Sicherung ein."
        )
    Vault.create(path, now)


def _has_tables() -> bool:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("select to_regclass('django_migrations') is not null")
        return bool(cursor.fetchone()[0])


def collect_static_where_changed() -> bool:
    """Copies style sheets, scripts and pictures to where they are served from; says whether anything changed."""
    from django.conf import settings
    from django.core.management import call_command

    digest = static_digest()
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest, encoding="ascii")
    return True


def static_digest() -> str:
    """A name for all style sheets, scripts and pictures as they are now, by size and time."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=itemgetter(0)):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}\n{found.st_size}\n{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
