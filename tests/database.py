"""The PostgreSQL server of one test run: started when the first test asks, migrated once, cloned per need.

A migrated data folder is kept in `.pytest_cache`, named by everything that shaped it, and copied at the
next run, so that a run costs a copy and not all migrations.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from zuzahlung.cli import roles
from zuzahlung.cli.database import addresses, ensure_roles
from zuzahlung.cli.places import place_for
from zuzahlung.cli.postgres import SUPERUSER, EmbeddedPostgres

TEMPLATE = "zuzahlung_template"
KEPT_COPIES = 4
ROOM_BYTES = 2_000_000_000
# A lost test database is no loss; waiting for the disk is.
OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_wal_size=256MB",
)
INITDB = ("--no-sync", "--wal-segsize=4", "--no-instructions")


@dataclass(frozen=True, kw_only=True, slots=True)
class HouseDatabase:
    """One database of its own, with the address for each role."""

    name: str
    portal: str
    operator: str
    owner: str
    superuser: str

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to work on this database."""
        return {
            "DATABASE_URL": self.portal,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_OPERATOR_URL": self.operator,
        }


class TestServer:
    """The server of this run in a folder of its own; two runs at once know nothing of each other."""

    __test__ = False

    def __init__(self, folder: Path, *, cache: Path, root: Path) -> None:
        self.folder = folder
        self._cache = cache
        self._root = root
        place = place_for(folder / "postgres", say=print)
        self.postgres = EmbeddedPostgres(place, options=OPTIONS, initdb=INITDB)
        self._ready = False

    def house(self, name: str) -> HouseDatabase:
        """The addresses of a database by its name, whether it exists yet or not."""
        url = self.postgres.url
        return HouseDatabase(
            name=name,
            portal=url(roles.PORTAL, name),
            operator=url(roles.OPERATOR, name),
            owner=url(roles.OWNER, name),
            superuser=url(SUPERUSER, name),
        )

    def ensure(self, migrate: Callable[[], None]) -> None:
        """Starts the server with the migrated template in it, made by `migrate` if no earlier run left one."""
        if self._ready:
            return
        with self.lock("template"):
            data = self.postgres.place.data
            kept = Kept(self._cache, self._key())
            if not data.exists():
                if kept.copy_to(data):
                    self._give_to_server(data)
                else:
                    self._make_template(migrate)
                    kept.keep(data)
            self.postgres.start(hold=True)
        self._ready = True

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Lets one process of a parallel run make what all of them need."""
        with (self.folder / f"{name}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def stop(self) -> None:
        """Stops the server when the last process of this run is done with it."""
        self.postgres.stop(patience=600)

    @contextmanager
    def clone(self, name: str) -> Iterator[HouseDatabase]:
        """A fresh copy of the template, dropped afterwards even if somebody is still connected."""
        with psycopg.connect(self.postgres.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute(f"drop database if exists {name} with (force)".encode())
            connection.execute(
                f"create database {name} owner {roles.OWNER} template {TEMPLATE} strategy file_copy".encode()
            )
            connection.execute(roles.grants(name).encode())
        try:
            yield self.house(name)
        finally:
            with psycopg.connect(self.postgres.url(SUPERUSER, "postgres"), autocommit=True) as connection:
                connection.execute(f"drop database if exists {name} with (force)".encode())

    def _make_template(self, migrate: Callable[[], None]) -> None:
        self.postgres.start()
        try:
            ensure_roles(self.postgres, TEMPLATE)
            migrate()
        finally:
            self.postgres.stop()

    def _give_to_server(self, data: Path) -> None:
        place = self.postgres.place
        if place.user is not None and place.group is not None:
            for folder, _, files in os.walk(data):
                os.chown(folder, place.user, place.group)
                for name in files:
                    os.chown(Path(folder) / name, place.user, place.group)

    def _key(self) -> str:
        """A name for everything that shapes the template: migrations, SQL, roles, versions."""
        source = self._root / "src" / "zuzahlung"
        shaping = {*source.glob("*/migrations/**/*.py"), *source.rglob("*.sql")}
        digest = hashlib.sha256(roles.script(TEMPLATE).encode())
        for path in (self._root / "requirements" / "run.txt", Path(__file__), *sorted(shaping)):
            digest.update(f"{path.relative_to(self._root)}\n".encode() + path.read_bytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Kept:
    """A folder that one run made and later ones copy, complete under its name or not there at all."""

    cache: Path
    name: str

    def copy_to(self, folder: Path) -> bool:
        """Copies what was kept; says whether there was anything."""
        try:
            shutil.copytree(self.cache / self.name, folder)
        except (FileNotFoundError, shutil.Error):
            # A run beside this one may just have forgotten it.
            shutil.rmtree(folder, ignore_errors=True)
            return False
        return True

    def keep(self, folder: Path) -> None:
        """Keeps a copy, and forgets the oldest ones."""
        self.cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self.cache))
        shutil.copytree(folder, unfinished / "copy")
        with contextlib.suppress(OSError):
            # A run beside this one may have been quicker; its copy is as good.
            (unfinished / "copy").rename(self.cache / self.name)
        shutil.rmtree(unfinished)
        old = sorted(self.cache.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in old[KEPT_COPIES:]:
            shutil.rmtree(path, ignore_errors=True)


def run_folder() -> Path:
    """A folder for this run that the server's user may pass through; those of dead runs are removed."""
    base = _fast_folder()
    for left in base.glob("zuzahlung-tests-*"):
        process = left.name.split("-")[2]
        if process.isdigit() and not (Path("/proc") / process).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"zuzahlung-tests-{os.getpid()}-", dir=base))
    folder.chmod(0o711)
    return folder


def _fast_folder() -> Path:
    """Memory where there is room in it: there a clone of the database takes a twentieth of the time."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES:
        return memory
    return Path("/tmp") if os.geteuid() == 0 else Path(tempfile.gettempdir())


def house_environment(server: TestServer, name: str) -> dict[str, str]:
    """The whole environment in which the house starts up in tests."""
    return {
        **addresses(server.postgres, name),
        "ZUZAHLUNG_VAR": str(server.folder / "var"),
        "DJANGO_SETTINGS_MODULE": "zuzahlung.site.settings",
    }
