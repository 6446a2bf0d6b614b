"""A whole house in a folder of its own: PostgreSQL with its usual settings, tables, keys, and the portal as served."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from urllib.request import urlopen

import psycopg

from tests.bench.figures import MeasurementFailed
from zuzahlung.cli import database, preparation, roles
from zuzahlung.cli.postgres import running_pid
from zuzahlung.cli.synthetic import write_delivery
from zuzahlung.standards.days import german_day

HOST = "127.0.0.1"
READY_SECONDS = 60
STOP_SECONDS = 40
COMMAND_SECONDS = 240
# The quotas stay on and are counted; they are only so large that no measurement reaches them.
SETTINGS = """\
[exemptions]
per_day = 1_000_000_000
per_burst = 1_000_000_000
unknown_per_day = 1_000_000_000
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much is measured: insured and institutions in the house, and how long or how often something runs."""

    insured: int
    fewer_insured: int
    institutions: int
    rounds: int
    warm_seconds: float
    load_seconds: float
    paced_seconds: float
    pairs: int
    sign_ins: int
    visits: int
    answers_of_practice: int
    pdfs: int


FULL = Size(
    insured=1_000_000, fewer_insured=100_000, institutions=1_000, rounds=2, warm_seconds=3, load_seconds=8,
    paced_seconds=20, pairs=1_000, sign_ins=80, visits=40, answers_of_practice=20_000, pdfs=400,
)  # fmt: skip
QUICK = Size(
    insured=100_000, fewer_insured=20_000, institutions=1_000, rounds=2, warm_seconds=1, load_seconds=2,
    paced_seconds=4, pairs=200, sign_ins=12, visits=8, answers_of_practice=5_000, pdfs=60,
)  # fmt: skip


@dataclass(kw_only=True)
class House:
    """The running house, as a measurement uses it; `postgres` and `portal` are the numbers of their processes."""

    folder: Path
    port: int
    now: datetime
    today: date
    size: Size
    say: Callable[[str], None]
    postgres: int
    portal: int = 0
    has_registry: bool = False
    own_load: bool = False

    @property
    def url(self) -> str:
        """The portal's address."""
        return f"http://{HOST}:{self.port}"

    def owner(self) -> psycopg.Connection[Any]:
        """A connection of the role that owns the tables."""
        return psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)

    def delivery(self, count: int, *, as_csv: bool = False) -> Path:
        """A delivery of that many invented insured, written once."""
        path = self.folder / f"delivery-{count}.{'csv' if as_csv else 'ndjson'}"
        if not path.exists():
            self.say(f"writing a delivery of {count:,} insured ({'CSV' if as_csv else 'NDJSON'})")
            write_delivery(path, count, today=self.today, as_csv=as_csv)
        return path

    def need_registry(self) -> None:
        """Imports the insured once, unless the measurement of the import has done it."""
        if self.has_registry:
            return
        path = self.delivery(self.size.insured)
        self.say(f"importing {self.size.insured:,} insured")
        run_command("import-exemptions", str(path))
        self.has_registry = True


@contextmanager
def house(size: Size, *, say: Callable[[str], None], own_load: bool) -> Iterator[House]:
    """Builds a house, gives it, and takes it away again."""
    folder = _folder()
    settings = folder / "settings.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    port = _free_port()
    for name in [name for name in os.environ if name.startswith(("ZUZAHLUNG_", "DATABASE_", "DJANGO_"))]:
        del os.environ[name]
    os.environ.update(
        ZUZAHLUNG_VAR=str(folder / "var"),
        ZUZAHLUNG_SETTINGS=str(settings),
        ZUZAHLUNG_URL=f"http://{HOST}:{port}",
        ZUZAHLUNG_EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    )
    server = database.embedded(say)
    try:
        say(f"building a house in {folder}")
        server.start()
        database.ensure_roles(server)
        os.environ.update(database.addresses(server, roles.DATABASE))
        preparation.start_django(preparation.PORTAL_SETTINGS)
        postgres = running_pid(server.place.data)
        if postgres is None:
            raise MeasurementFailed("PostgreSQL does not run")
        now = _furnished()
        yield House(
            folder=folder, port=port, now=now, today=german_day(now), size=size, say=say, postgres=postgres,
            own_load=own_load,
        )  # fmt: skip
    finally:
        _close_connections()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _furnished() -> datetime:
    """Makes what a new house needs; says when that was."""
    from django.utils import timezone

    now = timezone.now()
    preparation.make_vault_keys_for_new_house(now)
    preparation.migrate_where_needed()
    preparation.collect_static_where_changed()
    return now


def _close_connections() -> None:
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()


@contextmanager
def serving(built: House) -> Iterator[None]:
    """The portal, started by the very command that starts it in earnest."""
    log = built.folder / "portal.log"
    with log.open("ab") as output:
        process = command("serve", "--port", str(built.port), "--with-parent", output=output)
    built.portal = process.pid
    try:
        _wait_until_ready(built, process)
        yield
        if process.poll() is not None:
            raise MeasurementFailed(f"the portal ended by itself: {_tail(log)}")
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(built: House, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{built.url}/impressum/", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise MeasurementFailed(f"the portal does not answer: {_tail(built.folder / 'portal.log')}")


def run_command(*words: str) -> None:
    """Runs one command of the house to its end."""
    with tempfile.TemporaryFile() as output:
        process = command(*words, output=output)
        try:
            code = process.wait(COMMAND_SECONDS)
        finally:
            process.kill()
            process.wait()
        if code:
            output.seek(0)
            said = output.read().decode("utf-8", "replace")[-800:]
            raise MeasurementFailed(f"zuzahlung {words[0]} ended with {code}: {said}")


def command(*words: str, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Starts one command of the house; each chooses by itself which of the two sites it belongs to."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    program = str(Path(sys.executable).with_name("zuzahlung"))
    return subprocess.Popen([program, *words], env=environment, stdout=output, stderr=output)


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-800:]


def _folder() -> Path:
    """A folder that the database's user may pass through; those that dead runs left behind are removed."""
    base = Path("/tmp") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    for left in base.glob("zuzahlung-bench-*"):
        process = left.name.split("-")[2]
        if process.isdigit() and not (Path("/proc") / process).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"zuzahlung-bench-{os.getpid()}-", dir=base))
    folder.chmod(0o711)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
