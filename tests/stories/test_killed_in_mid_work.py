"""Promise: kill -9 in mid-work loses no answer, doubles none, and leaves nothing half done.

Here die the server while programs ask, and the worker and PostgreSQL in the midst of a list and of printing
letters. PostgreSQL killed while programs ask is told in `tests/security/test_outage.py`, an import killed at each
of its steps in `tests/exemptions/test_imports_killed.py`, and that a house starts each of its parts again by itself
in `test_the_demo_runs.py`.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.security import catalog
from tests.security.served import ServedHouse, wait_until, write_directory
from tests.stories.conftest import (
    PASSWORD,
    ask_by_json,
    browser_of_a_person,
    practice_with_key,
    sign_in,
)
from zuzahlung.cli import synthetic
from zuzahlung.cli.postgres import EmbeddedPostgres, PostgresError, running_pid
from zuzahlung.standards.days import german_day
from zuzahlung.standards.numbers import ik
from zuzahlung.vault.codes import number_of_uuid7

pytestmark = pytest.mark.story

CLIENTS, ROWS, PRACTICES_WITH_LETTERS = 4, 150, 6
# How much is done before everything stops: in the second of three turns of the list, and before the sixth letter.
ROWS_BEFORE, LETTERS_BEFORE = 79, 5
Connection = psycopg.Connection[tuple[Any, ...]]


def ik_at(place: int) -> str:
    """The IK of an invented practice."""
    eight = f"4431{place:04}"
    return eight + ik.check_digit(eight)


@pytest.fixture(scope="module")
def house(served: ServedHouse) -> ServedHouse:
    """A house that knows as many insured as a list may have, and practices that wait for letters or for a list."""
    with database(served) as connection:
        # What was answered has to be on the disk, as in earnest.
        connection.execute(f"alter database {served.database.name} set synchronous_commit = on".encode())
    path = synthetic.write_delivery(served.folder / "registry.ndjson", ROWS, today=today())
    served.command("import-exemptions", str(path))
    return served


def today() -> date:
    return german_day(datetime.now(UTC))


@contextmanager
def database(house: ServedHouse) -> Iterator[Connection]:
    with psycopg.connect(house.database.superuser, autocommit=True) as connection:
        yield connection


def journal(house: ServedHouse, practice: str) -> list[str]:
    """The numbers of all queries of a practice that the journal holds."""
    with database(house) as connection:
        rows = connection.execute(
            "select e.id from journal_entry e join accounts_institution i on i.id = e.institution"
            " where i.ik = %s and e.action = 'exemption-query'",
            [practice],
        ).fetchall()
    return sorted(number_of_uuid7(UUID(str(row[0]))) for row in rows)


def counted(house: ServedHouse, practice: str) -> int:
    """How many queries of today its quota has counted."""
    with database(house) as connection:
        rows = connection.execute(
            "select q.used from exemptions_quota q join accounts_institution i on i.id = q.institution"
            " where i.ik = %s",
            [practice],
        ).fetchall()
    return int(rows[0][0])


def below(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if path.read_text(encoding="utf-8").rpartition(")")[2].split()[1] == str(parent):
                found.append(int(path.parent.name))
    return found


def kill(*processes: int) -> None:
    """Without a warning."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@dataclass
class Programs:
    """Practice software: each question has a name of its own and is repeated until it is answered."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    cut_short: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, house: ServedHouse, token: str) -> None:
        """Asks until it is over, and then for the answer that is still open."""
        for place in count():
            if self.over.is_set():
                return
            name, number = str(uuid4()), synthetic.kvnr_at(place % ROWS)
            wait_until(lambda: self._is_answered(house, token, name, number), "a question is answered")  # noqa: B023

    def _is_answered(self, house: ServedHouse, token: str, name: str, number: str) -> bool:
        try:
            status, said = ask_by_json(house.caller(), token, number, today(), Idempotency_Key=name)
        except ConnectionRefusedError:
            return False
        except (OSError, HTTPException):
            # It was under way: whether it was answered nobody knows.
            self.cut_short.append(name)
            return False
        assert status == 200, said
        self.answers[name] = said
        return True

    def wait_for_more(self, some: int) -> None:
        """Waits until so many more answers are there."""
        goal = len(self.answers) + some
        wait_until(lambda: len(self.answers) >= goal, f"{some} more answers came")


def test_programs_that_repeat_what_a_killed_server_left_open_get_one_answer_that_counts_once(
    house: ServedHouse,
) -> None:
    practice = ik_at(1)
    token = practice_with_key(house, practice)
    portal = house.start_portal()
    programs = Programs()
    threads = [threading.Thread(target=programs.ask, args=(house, token)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            programs.wait_for_more(40)
            os.killpg(portal.pid, signal.SIGKILL)
            portal.wait()
            house.stop(portal)
            portal = house.start_portal()
        programs.wait_for_more(40)
    finally:
        programs.over.set()
        for thread in threads:
            thread.join()

    assert programs.cut_short, "nobody was asking when the server died"
    held = list(programs.answers.values())
    assert journal(house, practice) == sorted(said["number"] for said in held)
    assert counted(house, practice) == len(held)
    for said in held:
        again = house.caller().get(
            f"/api/v1/exemption-queries/{said['number']}", headers={"Authorization": f"Bearer {token}"}
        )
        assert (again.status, json.loads(again.body)) == (200, said)
    house.stop(portal)


@dataclass(frozen=True, kw_only=True)
class Portal:
    """The served portal as a browser sees it."""

    url: str


@contextmanager
def stopped_in_the_midst(house: ServedHouse) -> Iterator[None]:
    """Whoever has answered one row more, or written one letter more, waits before it says so: nothing is committed."""
    with database(house) as connection:
        connection.execute("select pg_advisory_lock(4711)")
        connection.execute(
            "create or replace function stop_here() returns trigger language plpgsql security definer as $$ begin"
            " if tg_argv[0]::int <= (select count(*) from delivery_outgoing where state = 'printed') then"
            " perform pg_advisory_xact_lock_shared(4711); end if; return new; end $$;"
            "create or replace trigger stop_list before update on exemptions_listrow for each row"
            f" when (new.line = {1 + ROWS_BEFORE + 1}) execute function stop_here('0');"
            "create or replace trigger stop_letter before update on delivery_outgoing for each row"
            f" when (new.state = 'printed') execute function stop_here('{len(printed(house)) + LETTERS_BEFORE}')"
        )
        yield
        with contextlib.suppress(psycopg.OperationalError):
            connection.execute("drop function stop_here cascade; select pg_advisory_unlock_all()")


def stopped(house: ServedHouse) -> set[str]:
    """What stands still: the list, the letters."""
    with database(house) as connection:
        rows = connection.execute(
            "select c.relname from pg_locks w join pg_locks l using (pid) join pg_class c on c.oid = l.relation"
            " where w.locktype = 'advisory' and w.objid = 4711 and not w.granted and l.mode = 'RowExclusiveLock'"
            " and c.relname in ('exemptions_listrow', 'delivery_outgoing')"
        ).fetchall()
    return {row[0] for row in rows}


def kill_worker(house: ServedHouse, worker: subprocess.Popen[bytes]) -> None:
    """Ends the process that works; the one that looks after it starts another."""
    (working,) = below(worker.pid)
    kill(working)


def kill_postgresql(house: ServedHouse, worker: subprocess.Popen[bytes]) -> None:
    """Ends all of PostgreSQL, and starts it again."""
    postmaster = running_pid(house.server.postgres.place.data)
    assert postmaster is not None
    kill(postmaster, *below(postmaster))
    wait_until(lambda: not house.server.postgres.is_running(), "PostgreSQL is gone")
    wait_until(lambda: starts(house.server.postgres), "PostgreSQL runs again")


def starts(postgres: EmbeddedPostgres) -> bool:
    """Tries a start; the last children of the killed server may still stand in the way."""
    try:
        postgres.start()
    except PostgresError:
        return False
    return True


def workers(house: ServedHouse) -> set[int]:
    """Those that said that they are alive."""
    with database(house) as connection:
        return {row[0] for row in connection.execute("select id from procrastinate_workers").fetchall()}


def minutes_later(house: ServedHouse, dead: set[int]) -> None:
    """What the clock brings: dead workers gave no sign of life, lists are at rest, and the minute's tasks are due."""
    with database(house) as connection:
        connection.execute(
            "update procrastinate_workers set last_heartbeat = now() - interval '1 minute' where id = any(%s)",
            [list(dead)],
        )
        connection.execute("update exemptions_listquery set worked_at = worked_at - interval '5 minutes'")
    put_into_queue(house, "maintenance", "house:retry_stalled")
    put_into_queue(house, "maintenance", "exemptions.resume_lists")
    put_into_queue(house, "out", "delivery.print_letters")


def put_into_queue(house: ServedHouse, queue: str, task: str) -> None:
    """As the clock does."""
    with database(house) as connection:
        connection.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) values (%s, %s, '{}')",
            [queue, task],
        )


def knows(house: ServedHouse, *practices: str) -> None:
    """Puts practices into the directory."""
    rows = [(one, f"Praxis {one}", "Marktplatz 3", "01067", "Dresden", "heilmittel") for one in practices]
    path = write_directory(house.folder / f"{practices[0]}.csv", *rows)
    house.command("import-institutions", str(path))


def has_owner(house: ServedHouse, practice: str) -> None:
    """Opens an account without letters."""
    from django.contrib.auth.hashers import make_password

    from zuzahlung.accounts.rules import current_terms

    now = datetime.now(UTC)
    with database(house) as connection:
        catalog.add_row(
            connection, "accounts_person", sign_in=practice, short_name="", role="owner", state="active",
            institution=institution(connection, practice), password=make_password(PASSWORD),
            terms_version=current_terms(), made_at=now, used_at=now, left_at=None, email_sealed=None,
            email_confirmed_at=None, recovery_paused_until=None,
        )  # fmt: skip


def institution(connection: Connection, practice: str) -> UUID:
    row = connection.execute("select id from accounts_institution where ik = %s", [practice]).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def order_letters(house: ServedHouse, *practices: str) -> None:
    """Neues Konto registrieren, for each."""
    code = (
        "import django, sys; django.setup()\n"
        "from django.utils.timezone import now\n"
        "from zuzahlung.accounts.services.registration import ask_for_account\n"
        "for ik in sys.argv[1:]: ask_for_account(ik, email='', terms_version='2026-11', now=now())\n"
    )
    environment = {**house.environment, "DJANGO_SETTINGS_MODULE": "zuzahlung.site.settings"}
    subprocess.run([sys.executable, "-c", code, *practices], env=environment, check=True)


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A letter as the database knows it."""

    practice: str
    kind: str
    state: str
    file: str
    sha256: str
    secrets: tuple[str, ...]


def printed(house: ServedHouse) -> list[Ordered]:
    return [one for one in outgoing(house) if one.state == "printed"]


def waiting(house: ServedHouse) -> list[Ordered]:
    return [one for one in outgoing(house) if one.state == "waiting"]


def outgoing(house: ServedHouse) -> list[Ordered]:
    """All letters, each with the hashes of the secrets that it makes valid."""
    with database(house) as connection:
        rows = connection.execute(
            "select i.ik, o.kind, o.state, o.file_name, o.sha256,"
            " array(select s.hash from accounts_secret s where s.letter = o.id and s.state = 'valid')"
            " from delivery_outgoing o join accounts_institution i on i.id = o.institution"
            " order by 1, 2"
        ).fetchall()
    return [
        Ordered(practice=ik, kind=kind, state=state, file=file, sha256=sha256, secrets=tuple(hashes))
        for ik, kind, state, file, sha256, hashes in rows
    ]


def print_folder(house: ServedHouse) -> Path:
    return house.folder / "var" / "letters"


def unknown_files(house: ServedHouse) -> int:
    """How many letters lie in the folder that the database does not know as printed."""
    known = {one.file for one in printed(house)}
    return len({path.name for path in print_folder(house).glob("*.pdf")} - known)


def code_in(letter: Path) -> str:
    """The secret in a letter, without hyphens."""
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(letter).pages)
    found = re.search(r"\b(?:(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}|(?:[2-9A-Z]{5}-){2}[2-9A-Z]{5})\b", text)
    assert found is not None, text
    return found[0].replace("-", "")


def start_list(page: Page) -> None:
    """Listenabfrage."""
    rows = "".join(f"{synthetic.kvnr_at(place)};vor Ort;{today():%d.%m.%Y}\n" for place in range(ROWS))
    page.get_by_role("link", name="Listenabfrage").first.click()
    page.get_by_label("CSV-Datei").set_input_files(
        {
            "name": "patienten.csv",
            "mimeType": "text/csv",
            "buffer": f"KVNR;Erlaubnis;Tag der Abgabe\n{rows}".encode(),
        }
    )
    page.get_by_role("button", name="Datei prüfen").click()
    page.get_by_role("button", name=f"{ROWS} Zeilen abfragen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Liste wird abgefragt")


@pytest.mark.parametrize(
    ("place", "dies"),
    [pytest.param(100, kill_worker, id="worker"), pytest.param(200, kill_postgresql, id="postgresql")],
)
def test_a_list_and_letters_in_whose_midst_it_died_are_there_whole_and_once(
    house: ServedHouse,
    browser: Browser,
    place: int,
    dies: Callable[[ServedHouse, subprocess.Popen[bytes]], None],
) -> None:
    from django.contrib.auth.hashers import check_password

    practice, *with_letters = (ik_at(place + step) for step in range(1 + PRACTICES_WITH_LETTERS))
    knows(house, practice, *with_letters)
    has_owner(house, practice)
    portal, worker = house.start_portal(), house.start_worker()

    with browser_of_a_person(browser, Portal(url=f"http://127.0.0.1:{house.port}")) as context:
        page = context.new_page()
        sign_in(page, practice)
        with stopped_in_the_midst(house):
            start_list(page)
            wait_until(lambda: "exemptions_listrow" in stopped(house), "the list stands still in its midst")
            order_letters(house, *with_letters)
            wait_until(
                lambda: len(waiting(house)) > LETTERS_BEFORE or len(stopped(house)) == 2, "letters wait"
            )
            put_into_queue(house, "out", "delivery.print_letters")
            wait_until(lambda: len(stopped(house)) == 2, "the letters stand still in their midst")
            assert unknown_files(house) == 1, "a letter is written and not committed"
            dead = workers(house)
            dies(house, worker)
        assert len(journal(house, practice)) == ROWS_BEFORE
        wait_until(lambda: workers(house) - dead, "a worker lives")
        minutes_later(house, dead)

        expect(page.get_by_role("heading", level=1)).to_have_text("Ergebnis der Liste", timeout=60_000)
        with page.expect_download() as download:
            page.get_by_role("button", name="Ergebnis als CSV-Datei laden").click()
        table = Path(download.value.path()).read_text(encoding="utf-8-sig")
    numbers = sorted(row["Auskunft-Nummer"] for row in csv.DictReader(table.splitlines(), delimiter=";"))
    assert len(set(numbers)) == ROWS
    assert journal(house, practice) == numbers
    assert counted(house, practice) == ROWS

    goal = 2 * len(with_letters)
    wait_until(
        lambda: len([one for one in printed(house) if one.practice in with_letters]) == goal,
        "all letters are printed",
    )
    house.hurry("delivery.print_letters")
    ordered = printed(house)
    assert [(one.practice, one.kind) for one in ordered if one.practice in with_letters] == [
        (one, kind) for one in with_letters for kind in ("accounts.initialkennwort", "accounts.pruefnummer")
    ]
    folder = print_folder(house)
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        manifest = {row["Datei"]: row["SHA-256"] for row in csv.DictReader(file, delimiter=";")}
    assert sorted(path.name for path in folder.iterdir()) == sorted([*manifest, "manifest.csv"])
    assert {one.file: one.sha256 for one in ordered} == manifest
    for name, sha256 in manifest.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    for one in ordered:
        (secret,) = one.secrets
        assert check_password(code_in(folder / one.file), secret)
    house.stop(worker)
    house.stop(portal)
