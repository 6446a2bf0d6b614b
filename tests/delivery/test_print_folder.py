"""What lies in the print folder is what the database knows as printed, whoever died or printed beside whom."""

from __future__ import annotations

import csv
import hashlib
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connections

from tests.database import HouseDatabase
from zuzahlung.delivery import services
from zuzahlung.delivery.services import Letter, Parcel
from zuzahlung.journal.services import acting_for

NOW = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)
KIND = "tests.letter"
PDF = b"%PDF of a letter"


@dataclass
class Printer:
    """Gives the letter; where it is told to, it stops after the file was written and before the commit."""

    stops: bool = False
    written: Event = field(default_factory=Event)
    may_go_on: Event = field(default_factory=Event)

    def prepare(self, parcel: Parcel, now: datetime) -> Letter | None:
        return Letter(pdf=PDF)

    def advanced(self, parcel: Parcel, state: str, now: datetime) -> None:
        if self.stops:
            self.written.set()
            assert self.may_go_on.wait(60)


@pytest.fixture
def folder(house_database: HouseDatabase, settings: Any, tmp_path: Path) -> Path:
    settings.LETTERS = tmp_path / "letters"
    return services.print_folder()


@pytest.fixture
def printer() -> Iterator[Printer]:
    made = Printer()
    services.register(KIND, made, name="Probebrief")
    yield made
    del services._handlers[KIND], services._names[KIND]


def order() -> str:
    """A letter that waits; returns the name that its file will have."""
    institution = uuid4()
    with acting_for(institution):
        letter = services.put(
            institution=institution, channel="letter", kind=KIND, subject=uuid4(), now=NOW,
            recipient={
                "ik": "260326822", "name": "Praxis am Markt", "street": "Markt 3", "postcode": "01067", "city": "Dresden",
            },
        )  # fmt: skip
    return f"{letter}.pdf"


def manifest(folder: Path) -> dict[str, str]:
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["Datei"]: row["SHA-256"] for row in csv.DictReader(file, delimiter=";")}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_printed_letter_stands_in_the_manifest_with_its_sum_and_is_for_its_owner_alone(
    folder: Path, printer: Printer
) -> None:
    name = order()
    assert services.print_due(NOW) == 1
    assert names(folder) == [name, "manifest.csv"]
    assert manifest(folder) == {name: hashlib.sha256(PDF).hexdigest()}
    sign = name.removesuffix(".pdf")[-12:].upper()
    line = f"{name};Probebrief;{sign};260326822;Praxis am Markt;Markt 3, 01067 Dresden;"
    assert line in (folder / "manifest.csv").read_text(encoding="utf-8-sig")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / name)] == [0o700, 0o600]


def test_what_a_killed_worker_left_half_written_is_erased(folder: Path, printer: Printer) -> None:
    half, never_committed = folder / f".{uuid4()}.pdf.4711.part", folder / f"{uuid4()}.pdf"
    half.write_bytes(PDF[:5])
    never_committed.write_bytes(PDF)
    services.print_due(NOW)
    assert names(folder) == ["manifest.csv"]


def test_a_letter_that_is_just_being_printed_is_left_alone_by_whoever_tidies_up(
    folder: Path, printer: Printer, house_database: HouseDatabase
) -> None:
    name = order()
    printer.stops = True

    def alone(step: Any) -> Any:
        try:
            return step(NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        printing = workers.submit(alone, services.print_due)
        assert printer.written.wait(60)
        tidying = workers.submit(alone, services.tidy_print_folder)
        with psycopg.connect(house_database.superuser, autocommit=True) as connection:
            waits = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
            while not tidying.done() and connection.execute(waits).fetchone() != (True,):
                pass
        printer.may_go_on.set()
        assert printing.result() == 1
        tidying.result()
    assert names(folder) == [name, "manifest.csv"]
    assert list(manifest(folder)) == [name]
