"""Without its database the house says so, and when; nobody gets an answer that the journal does not hold."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.client import HTTPException
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.security import catalog, visits
from tests.security.served import HttpCaller, ServedHouse, wait_until, write_directory, write_registry
from zuzahlung.accounts.services import keys
from zuzahlung.cli.postgres import running_pid
from zuzahlung.standards.days import german_day
from zuzahlung.vault.codes import number_of_uuid7

pytestmark = pytest.mark.story

EXEMPT = "A123456780"
QUERIES = "/api/v1/exemption-queries"


@pytest.fixture(scope="module")
def token(served: ServedHouse) -> str:
    """The key of a practice whose program asks and asks."""
    directory = write_directory(
        served.folder / "directory.csv",
        ("260326822", "Praxis am Markt", "Markt 3", "01067", "Dresden", "heilmittel"),
    )
    registry = write_registry(
        served.folder / "registry.ndjson",
        {"kvnr": EXEMPT, "initials": "M. M.", "birthDate": "1961-03-09",
         "periods": [{"from": "2026-01-01", "to": "2027-12-31", "revokedOn": None}]},
    )  # fmt: skip
    served.command("import-institutions", str(directory))
    served.command("import-exemptions", str(registry))
    made = keys.new_token()
    with psycopg.connect(served.database.superuser, autocommit=True) as connection:
        # What was answered has to be on the disk, as in earnest.
        connection.execute(f"alter database {served.database.name} set synchronous_commit = on".encode())
        row = connection.execute("select id from accounts_institution").fetchone()
        assert row is not None
        catalog.add_row(
            connection, "accounts_apikey", institution=row[0], scopes=[keys.EXEMPTION_QUERIES],
            token_hash=keys.token_hash(made), revoked_at=None, prefix="zuz_",
        )  # fmt: skip
    return made


@pytest.fixture
def portal(served: ServedHouse, token: str) -> Iterator[ServedHouse]:
    """The running portal; PostgreSQL runs again afterwards, whatever happened to it."""
    process = served.start_portal()
    yield served
    served.server.postgres.start()
    served.stop(process)


def query(caller: HttpCaller, token: str, key: str | None = None) -> tuple[int, dict[str, object]]:
    headers = {"Authorization": f"Bearer {token}", **({} if key is None else {"Idempotency-Key": key})}
    body = {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": [today().isoformat()]}
    answer = caller.call(
        "POST", QUERIES, body=json.dumps(body).encode(), content_type="application/json", headers=headers
    )
    return answer.status, json.loads(answer.body)


def today() -> date:
    return german_day(datetime.now(UTC))


def test_the_pages_say_that_there_is_no_answer_and_when_and_recover_by_themselves(
    portal: ServedHouse, token: str
) -> None:
    caller = portal.caller()
    assert query(caller, token)[0] == 200
    assert caller.get("/status/").status == 200

    portal.server.postgres.stop(patience=0)
    for address in ("/status/", "/konto-registrieren/"):
        answer = caller.get(address)
        assert (answer.status, answer.title) == (503, "Zurzeit ist keine Auskunft möglich")
        assert re.search(r"\d\d\.\d\d\.\d{4}", answer.text)
        assert re.search(r"\d\d:\d\d Uhr", answer.text)
        assert answer.header("Retry-After") == "30"
    status, problem = query(caller, token)
    assert (status, problem["status"]) == (503, 503)
    assert "at" in problem

    portal.server.postgres.start()
    assert caller.get("/status/").status == 200
    assert query(caller, token)[0] == 200


def test_the_operators_site_says_that_its_database_is_away_and_when_and_recovers_by_itself(
    served: ServedHouse,
) -> None:
    name, password = "erika.muster", "vier krumme hunde singen"
    served.command("create-operator", name, "--password-stdin", typed=f"{password}\n")
    process = served.start_operator_site(ZUZAHLUNG_DEMO="1")
    try:
        caller = served.caller()
        entry = {**visits.hidden(caller.get("/login/").text), "name": name, "password": password}
        assert caller.post("/login/", entry).status == 302
        assert caller.get("/").title == "Heute"

        served.server.postgres.stop(patience=0)
        for answer in (caller.get("/"), caller.get("/journal/entry/"), caller.post("/login/", entry)):
            assert (answer.status, answer.header("Retry-After")) == (503, "30")
            assert "Die Datenbank antwortet nicht" in answer.text
            assert re.search(r"Stand \d\d\.\d\d\.\d{4}, \d\d:\d\d Uhr\.", answer.text)
            assert "default-src 'none'" in str(answer.header("Content-Security-Policy"))

        served.server.postgres.start()
        assert caller.get("/").title == "Heute"
    finally:
        served.server.postgres.start()
        served.stop(process)


def test_a_database_that_takes_the_call_and_says_nothing_holds_up_a_page_for_seconds_only(
    served: ServedHouse,
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"postgresql://zuzahlung_portal@127.0.0.1:{silent.getsockname()[1]}/zuzahlung"
        process = served.start_portal(DATABASE_URL=address)
        caller = served.caller()
        caller.timeout = 25
        assert caller.get("/status/").status == 503
        served.stop(process)


def test_whoever_got_an_answer_finds_it_in_the_journal_though_postgresql_was_killed_in_mid_work(
    portal: ServedHouse, token: str
) -> None:
    answered: list[str] = []
    failed: list[int] = []
    lock, over = threading.Lock(), threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                status, said = query(portal.caller(), token)
            except (OSError, HTTPException):
                status, said = 0, {}
            with lock:
                if status == 200:
                    answered.append(str(said["number"]))
                else:
                    failed.append(status)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            count = len(answered)
            wait_until(lambda: len(answered) > count + 20, "some more answers came")  # noqa: B023
            kill_postgresql(portal)
            wait_until(lambda: failed, "somebody got no answer")
            failed.clear()
            portal.server.postgres.start()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert len(set(answered)) == len(answered)
    assert set(answered) <= set(journal(portal))


def test_a_postgresql_that_is_stopped_at_once_gives_no_answer_for_now_and_no_error_of_ours(
    portal: ServedHouse, token: str
) -> None:
    failed: list[tuple[int, object]] = []
    count, over = [0], threading.Event()

    def ask() -> None:
        caller = portal.caller()
        while not over.is_set():
            status, said = query(caller, token)
            count[0] += 1
            if status != 200:
                failed.append((status, said["type"]))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            before, failed_before = count[0], len(failed)
            wait_until(lambda: count[0] > before + 20, "some more answers came")  # noqa: B023
            pid = running_pid(portal.server.postgres.place.data)
            assert pid is not None
            os.kill(pid, signal.SIGQUIT)
            wait_until(lambda: not portal.server.postgres.is_running(), "PostgreSQL is gone")
            wait_until(lambda: len(failed) > failed_before, "somebody got no answer")  # noqa: B023
            portal.server.postgres.start()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert {status for status, _ in failed} == {503}


def test_an_idempotency_key_brings_the_same_answer_though_postgresql_was_killed_in_between(
    portal: ServedHouse, token: str
) -> None:
    before = query(portal.caller(), token, "praxis-4711")
    kill_postgresql(portal)
    portal.server.postgres.start()
    after = wait_until(lambda: answered_or_none(portal, token), "the portal answers again")
    assert after == before
    assert journal(portal).count(str(before[1]["number"])) == 1


def answered_or_none(portal: ServedHouse, token: str) -> tuple[int, dict[str, object]] | None:
    found = query(portal.caller(), token, "praxis-4711")
    return found if found[0] == 200 else None


def kill_postgresql(house: ServedHouse) -> None:
    """Ends PostgreSQL without a warning, all of its processes at once."""
    pid = running_pid(house.server.postgres.place.data)
    assert pid is not None
    children = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if parent_of(path) == pid]
    for one in (pid, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    wait_until(lambda: not house.server.postgres.is_running(), "PostgreSQL is gone")
    time.sleep(0.1)


def parent_of(stat: Path) -> int | None:
    try:
        return int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return None


def journal(house: ServedHouse) -> list[str]:
    """The numbers of all queries that the journal holds."""
    with psycopg.connect(house.database.superuser) as connection:
        rows = connection.execute("select id from journal_entry where action = 'exemption-query'").fetchall()
    return [number_of_uuid7(UUID(str(row[0]))) for row in rows]
