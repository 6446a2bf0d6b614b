"""Promise: a new stand replaces the old one at once and wholly, while queries run without a pause and none of them notices."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPException
from itertools import cycle
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.security.served import ZUZAHLUNG, ServedHouse, wait_until, write_registry
from tests.stories.conftest import ask_by_json, practice_with_key
from zuzahlung.cli import synthetic
from zuzahlung.standards.days import german_day
from zuzahlung.vault.codes import number_of_uuid7

pytestmark = pytest.mark.story

CLIENTS, OTHERS = 4, 20_000
REVOKED, GRANTED, NEWCOMER, SAME = "A123456780", "B123456782", "C123456784", "T123456780"
# What each stand says of them: initials and result.
OLD: dict[str, tuple[str | None, str]] = {
    REVOKED: ("A. A.", "exempt"),
    GRANTED: ("A. B.", "liable"),
    NEWCOMER: (None, "unknown"),
    SAME: ("A. T.", "exempt"),
}
NEW: dict[str, tuple[str | None, str]] = {
    REVOKED: ("N. A.", "liable"),
    GRANTED: ("N. B.", "exempt"),
    NEWCOMER: ("N. C.", "exempt"),
    SAME: ("N. T.", "exempt"),
}


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An answer, with the moments between which it was given."""

    began: float
    ended: float
    status: int
    json: dict[str, Any]

    @property
    def said(self) -> tuple[str, str | None, str]:
        return self.json["kvnr"], self.json["initials"], self.json["result"]


@dataclass
class Clients:
    """Programs that ask and ask."""

    heard: list[Heard] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, served: ServedHouse, token: str, day: date) -> None:
        """Asks about one after the other until it is over."""
        for kvnr in cycle(OLD):
            if self.over.is_set():
                return
            began = monotonic()
            try:
                status, said = ask_by_json(served.caller(), token, kvnr, day)
            except (OSError, HTTPException) as error:
                self.broken.append(type(error).__name__)
            else:
                self.heard.append(Heard(began=began, ended=monotonic(), status=status, json=said))

    def wait_for_more(self, count: int) -> None:
        """Waits until so many more answers were asked for and given."""
        goal = len(self.heard) + count
        wait_until(lambda: len(self.heard) >= goal, f"{count} more answers came")


@contextmanager
def clients(served: ServedHouse, token: str, day: date) -> Iterator[Clients]:
    """Lets them ask meanwhile."""
    asking = Clients()
    threads = [threading.Thread(target=asking.ask, args=(served, token, day)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield asking
    finally:
        asking.over.set()
        for thread in threads:
            thread.join()


def stand(served: ServedHouse, name: str, says: dict[str, tuple[str | None, str]], today: date) -> str:
    """A delivery of many, among them those who are asked about."""
    year = {"from": f"{today.year - 1}-01-01", "to": f"{today.year + 1}-12-31", "revokedOn": None}
    path = write_registry(
        served.folder / name,
        *(
            {"kvnr": kvnr, "initials": initials, "birthDate": "1961-03-09",
             "periods": [year] if result == "exempt" else []}
            for kvnr, (initials, result) in says.items()
            if initials is not None
        ),
    )  # fmt: skip
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{synthetic.ndjson(one)}\n" for one in synthetic.insured(OTHERS, today=today))
    return str(path)


def journal(served: ServedHouse) -> dict[str, tuple[str, str]]:
    """Stand and result of each query in the journal, by its number."""
    with psycopg.connect(served.database.superuser) as connection:
        rows = connection.execute(
            "select id, detail ->> 'stand', result from journal_entry where action = 'exemption-query'"
        ).fetchall()
    return {number_of_uuid7(UUID(str(entry))): (day, result) for entry, day, result in rows}


def test_every_answer_is_wholly_of_the_old_or_wholly_of_the_new_stand(served: ServedHouse) -> None:
    token = practice_with_key(served, "260326822")
    today = german_day(datetime.now(UTC))
    yesterday = today - timedelta(days=1)
    served.command("import-exemptions", stand(served, "old.ndjson", OLD, today), "--day", str(yesterday))
    delivery = stand(served, "new.ndjson", NEW, today)
    portal = served.start_portal()

    with clients(served, token, today) as asking:
        asking.wait_for_more(50)
        command = subprocess.Popen(
            [ZUZAHLUNG, "import-exemptions", delivery, "--day", str(today)],
            env=served.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        before = len(asking.heard)
        said, _ = command.communicate(timeout=120)
        served_from = monotonic()
        during = len(asking.heard) - before
        asking.wait_for_more(50)
    served.stop(portal)

    assert command.returncode == 0
    assert f"Der Stand vom {today:%d.%m.%Y} gilt." in said
    assert during > 20, "so few asked meanwhile that nothing was shown"
    assert asking.broken == []
    assert {one.status for one in asking.heard} == {200}

    olds = [one for one in asking.heard if one.json["stand"] == yesterday.isoformat()]
    news = [one for one in asking.heard if one.json["stand"] == today.isoformat()]
    assert len(olds) + len(news) == len(asking.heard)
    assert {one.said for one in olds} == {(kvnr, *what) for kvnr, what in OLD.items()}
    assert {one.said for one in news} == {(kvnr, *what) for kvnr, what in NEW.items()}
    assert [one for one in olds if one.began > served_from] == [], "the command had ended"
    first_new = min(one.ended for one in news)
    assert [one for one in olds if one.began > first_new] == [], "somebody had heard the new stand before"

    assert len({one.json["number"] for one in asking.heard}) == len(asking.heard)
    assert journal(served) == {
        one.json["number"]: (one.json["stand"], one.json["result"]) for one in asking.heard
    }
