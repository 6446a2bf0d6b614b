"""A whole house as it runs in earnest: PostgreSQL, the web server and the worker are processes of their own."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pypdf

from tests.cli.shell import free_port
from tests.database import HouseDatabase, TestServer
from tests.security.wsgi import Answer, Caller
from zuzahlung.cli import programs
from zuzahlung.vault import keyfile

ROOT = Path(__file__).parents[2]
ZUZAHLUNG = Path(sys.executable).with_name("zuzahlung")
READY_SECONDS = 60.0
# Both letters at once, and quotas that no test uses up.
SETTINGS = """\
[accounts]
pruefnummer_delay_days = 0

[exemptions]
per_day = 1_000_000
per_burst = 1_000_000
unknown_per_day = 1_000_000
"""


@dataclass(kw_only=True)
class ServedHouse:
    """The running house; `logs` is everything its processes said."""

    folder: Path
    server: TestServer
    database: HouseDatabase
    environment: dict[str, str]
    logs: Path
    port: int = 0
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def command(self, *words: str, expect: int = 0, typed: str | None = None, **environment: str) -> str:
        """Runs a command of the house to its end; returns what it printed."""
        done = subprocess.run(
            [ZUZAHLUNG, *words],
            env={**self.environment, **environment},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        with (self.logs / "commands.log").open("a", encoding="utf-8") as log:
            log.write(done.stdout + done.stderr)
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start_portal(self, *, access_log: bool = False, **environment: str) -> subprocess.Popen[bytes]:
        """Starts the portal as `zuzahlung serve` does, and waits until it answers."""
        self.port = free_port()
        program = programs.portal("127.0.0.1", self.port, threads=4)
        words = list(program.command)
        if access_log:
            words.insert(-1, "--access-log")
        changed = {**self.environment, **program.environment, **environment}
        process = self._start(
            words, {name: text for name, text in changed.items() if text is not None}, "portal.log"
        )
        wait_until(lambda: is_listening(self.port), "the portal answers")
        return process

    def start_operator_site(self, **environment: str) -> subprocess.Popen[bytes]:
        """Starts the operator's site as `zuzahlung serve --operator` does, and waits until it answers."""
        self.port = free_port()
        program = programs.operator_site("127.0.0.1", self.port)
        changed = {**self.environment, **program.environment, **environment}
        process = self._start(
            list(program.command),
            {name: text for name, text in changed.items() if text is not None},
            "operator.log",
        )
        wait_until(lambda: is_listening(self.port), "the operator's site answers")
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Starts the worker as the command does that looks after it."""
        return self._start([str(ZUZAHLUNG), "work"], self.environment, "worker.log")

    def _start(self, words: list[str], environment: dict[str, str], log: str) -> subprocess.Popen[bytes]:
        with (self.logs / log).open("ab") as output:
            process = subprocess.Popen(
                words,
                env=environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ends one process with everything below it."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.remove(process)

    def caller(self) -> HttpCaller:
        """A visitor of the portal."""
        return HttpCaller(port=self.port)

    def hurry(self, task: str) -> None:
        """Lets the worker do now what it does every minute; with a queue, waits until that is empty."""
        with psycopg.connect(self.database.superuser, autocommit=True) as connection:
            if "." in task:
                connection.execute(
                    "insert into procrastinate_jobs (queue_name, task_name, args) values ('out', %s, '{}')",
                    [task],
                )
                task = "out"
            busy = "select count(*) from procrastinate_jobs where queue_name = %s and status in ('todo', 'doing')"
            wait_until(
                lambda: connection.execute(busy, [task]).fetchone() == (0,), f"the queue {task} is empty"
            )

    def letters(self) -> dict[str, str]:
        """The codes in the print folder by their kind, read off the paper."""
        found = {}
        for path in sorted((self.folder / "var" / "letters").glob("*.pdf")):
            text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
            for kind, pattern in (
                ("Initialkennwort", r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b"),
                ("Prüfnummer", r"\b(?:[2-9A-Z]{5}-){2}[2-9A-Z]{5}\b"),
            ):
                for code in re.findall(pattern, text):
                    found[kind] = code
        return found

    def said(self) -> str:
        """Everything that stands in any log of the house, PostgreSQL's included."""
        logs = [*self.logs.iterdir(), self.server.postgres.place.folder / "postgres.log"]
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in logs if path.exists())


@dataclass(kw_only=True)
class HttpCaller(Caller):
    """The same as a caller in this process, but over a real connection."""

    port: int
    timeout: float = 30.0

    def call(
        self,
        method: str,
        address: str,
        *,
        body: bytes = b"",
        content_type: str = "",
        length: str | None = None,
        headers: dict[str, str] | None = None,
        stream: BytesIO | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.putrequest(method, address, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", self.host)
            if self.cookies:
                connection.putheader(
                    "Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())
                )
            if content_type:
                connection.putheader("Content-Type", content_type)
            if body or length is not None or method in {"POST", "PUT"}:
                connection.putheader("Content-Length", str(len(body)) if length is None else length)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders(body)
            said: HTTPResponse = connection.getresponse()
            answer = Answer(status=said.status, headers=said.getheaders(), body=said.read())
        finally:
            connection.close()
        self._keep_cookies(answer)
        return answer


@contextmanager
def served_house() -> Iterator[ServedHouse]:
    """Builds a house with tables and keys, and takes it away again with everything that was started."""
    folder = Path(tempfile.mkdtemp(prefix="zuzahlung-served-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        with _house_in(folder) as house:
            yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _house_in(folder: Path) -> Iterator[ServedHouse]:
    server = TestServer(folder, cache=ROOT / ".pytest_cache" / "postgres", root=ROOT)
    server.ensure(_never)
    var, logs = folder / "var", folder / "logs"
    var.mkdir()
    logs.mkdir()
    keyfile.create(var / "keys" / "vault.keys", datetime.now(UTC))
    file = folder / "settings.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    with server.clone("zuzahlung_served") as database:
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ZUZAHLUNG_", "DATABASE_", "DJANGO_", "PG"))
        }
        environment = {
            **clean,
            **database.environment,
            "ZUZAHLUNG_VAR": str(var),
            "ZUZAHLUNG_SETTINGS": str(file),
            "ZUZAHLUNG_EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "ZUZAHLUNG_MAIL_FROM": "portal@musterkasse.example",
        }
        house = ServedHouse(
            folder=folder, server=server, database=database, environment=environment, logs=logs
        )
        subprocess.run(
            [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"],
            env={**environment, "DJANGO_SETTINGS_MODULE": "zuzahlung.site.settings"},
            check=True,
        )
        try:
            yield house
        finally:
            for process in list(house.running):
                house.stop(process)
    server.stop()


def _never() -> None:
    raise AssertionError("the tests' own server makes the template first")


def is_listening(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_so: Callable[[], Any], what: str, *, seconds: float = READY_SECONDS) -> Any:
    """Waits until something is so, and fails with its name when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := is_so():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain until {what}")


def write_directory(path: Path, *rows: tuple[str, ...]) -> Path:
    """A directory of institutions."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(("IK", "Name", "Straße", "PLZ", "Ort", "Leistungsarten"))
        table.writerows(rows)
    return path


def write_registry(path: Path, *insured: dict[str, Any]) -> Path:
    """A delivery of the registry."""
    path.write_text("".join(json.dumps(one) + "\n" for one in insured), encoding="utf-8")
    return path
