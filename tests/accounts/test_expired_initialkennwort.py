"""An Initialkennwort whose days are over is marked as expired by the worker, and nothing else is."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections

from tests.database import HouseDatabase
from tests.exemptions.practice import NOW, Practice, practice
from zuzahlung.accounts import tasks
from zuzahlung.accounts.models import Secret
from zuzahlung.journal.services import acting_for


def secret(given: Practice, kind: str, expires_at: datetime | None, state: str = Secret.VALID) -> UUID:
    with acting_for(given.id):
        made = Secret.objects.create(
            institution=given.id, person=uuid4(), kind=kind, state=state, hash="", letter=uuid4(),
            made_at=NOW, expires_at=expires_at,
        )  # fmt: skip
    return made.id


def test_only_what_is_over_is_marked(house_database: HouseDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    market, forest = practice(), practice("590301867")
    second = timedelta(seconds=1)
    over = secret(market, Secret.INITIAL, NOW)
    over_elsewhere = secret(forest, Secret.INITIAL, NOW - second)
    not_yet = secret(market, Secret.INITIAL, NOW + second)
    used = secret(market, Secret.INITIAL, NOW - second, Secret.USED)
    pruefnummer = secret(market, Secret.PRUEFNUMMER, None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    tasks.expire_initial_secrets()
    with connections["owner"].cursor() as cursor:
        cursor.execute("select id, state from accounts_secret")
        assert dict(cursor.fetchall()) == {
            over: "expired",
            over_elsewhere: "expired",
            not_yet: "valid",
            used: "used",
            pruefnummer: "valid",
        }
