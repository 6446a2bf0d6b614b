"""The outbox forgets what was done with long ago, and nothing that waits or lies in the print folder."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from tests.database import HouseDatabase
from zuzahlung.delivery import services, tasks
from zuzahlung.delivery.models import Outgoing
from zuzahlung.journal.services import acting_for

PRACTICE = UUID(int=1)


@pytest.fixture
def now(house_database: HouseDatabase, tmp_path: Path, settings: Any) -> datetime:
    """The real time, because the database looks at its own clock too."""
    settings.LETTERS = tmp_path / "letters"
    return datetime.now(UTC)


def parcel(channel: str, state: str, done_at: datetime | None, made_at: datetime | None = None) -> UUID:
    made = made_at or datetime.now(UTC) - timedelta(days=5000)
    with acting_for(PRACTICE):
        return Outgoing.objects.create(
            id=uuid4(), institution=PRACTICE, channel=channel, kind="accounts.pruefnummer", subject=uuid4(),
            recipient={"name": "Praxis am Markt"}, state=state, made_at=made, not_before_at=made, done_at=done_at,
        ).id  # fmt: skip


def left() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from delivery_outgoing")
        found: int = cursor.fetchone()[0]
        return found


@pytest.mark.parametrize("state", ["posted", "returned", "failed", "cancelled"])
def test_a_letter_goes_a_year_after_it_was_done_with(now: datetime, state: str) -> None:
    parcel("letter", state, now - timedelta(days=364))
    assert services.forget(now) == (0, 0)
    parcel("letter", state, now - timedelta(days=366))
    assert services.forget(now) == (1, 0)
    assert left() == 1


@pytest.mark.parametrize("state", ["sent", "failed", "cancelled"])
def test_a_mail_goes_ninety_days_after_it_was_done_with(now: datetime, state: str) -> None:
    parcel("mail", state, now - timedelta(days=89))
    assert services.forget(now) == (0, 0)
    parcel("mail", state, now - timedelta(days=91))
    assert services.forget(now) == (0, 1)
    assert left() == 1


@pytest.mark.parametrize(("channel", "days"), [("letter", 365), ("mail", 90)])
def test_what_was_taken_back_before_it_left_counts_from_when_it_was_made(
    now: datetime, channel: str, days: int
) -> None:
    parcel(channel, "cancelled", None, now - timedelta(days=days - 1))
    assert services.forget(now) == (0, 0)
    parcel(channel, "cancelled", None, now - timedelta(days=days + 1))
    assert sum(services.forget(now)) == 1


@pytest.mark.parametrize(
    ("channel", "state"), [("letter", "waiting"), ("letter", "printed"), ("mail", "waiting")]
)
def test_what_is_open_stays_however_old_it_is(now: datetime, channel: str, state: str) -> None:
    parcel(channel, state, now - timedelta(days=5000))
    assert services.forget(now) == (0, 0)
    assert left() == 1


def test_a_letter_in_the_print_folder_keeps_its_file_and_its_line_in_the_manifest(
    now: datetime, settings: Any
) -> None:
    printed = parcel("letter", "printed", now - timedelta(days=5000))
    settings.LETTERS.mkdir()
    (settings.LETTERS / f"{printed}.pdf").write_bytes(b"%PDF")
    tasks.forget()
    services.tidy_print_folder(now)
    assert [path.name for path in settings.LETTERS.glob("*.pdf")] == [f"{printed}.pdf"]
    manifest = (settings.LETTERS / "manifest.csv").read_text(encoding="utf-8-sig")
    assert [row[0] for row in csv.reader(manifest.splitlines(), delimiter=";")] == ["Datei", f"{printed}.pdf"]


def test_nothing_goes_early_because_somebody_says_a_wrong_time_or_no_days(now: datetime) -> None:
    parcel("letter", "posted", now - timedelta(days=29))
    parcel("mail", "sent", now - timedelta(days=29))
    with connection.cursor() as cursor:
        for said in (now + timedelta(days=5000), now - timedelta(days=2)):
            cursor.execute("select letters, mails from delivery_forget(%s, 0, -5)", [said])
            assert cursor.fetchone() == (0, 0)


def test_the_worker_erases_in_all_institutions_each_hour(now: datetime) -> None:
    parcel("letter", "posted", now - timedelta(days=400))
    parcel("mail", "sent", now - timedelta(days=400))
    tasks.forget()
    assert left() == 0
