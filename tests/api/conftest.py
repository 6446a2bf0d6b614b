"""A stage for each test: a registry, a clock that stands, and a database that the tests of one file share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

from tests.conftest import connections_to
from tests.database import HouseDatabase, TestServer

if TYPE_CHECKING:
    from tests.api.stage import Stage


@pytest.fixture(scope="module")
def house(test_server: TestServer, django_db_blocker: DjangoDbBlocker) -> Iterator[HouseDatabase]:
    """A database in which commits stay; practices of one test are strangers to those of another."""
    # This file is read before Django is set up.
    from tests.api.stage import NOW, load_registry

    with (
        test_server.clone(f"zuzahlung_api_{os.getpid()}") as house,
        django_db_blocker.unblock(),
        connections_to(house.name),
    ):
        load_registry(NOW.date())
        yield house


@pytest.fixture
def stage(house: HouseDatabase, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A house that answers, on a Thursday in November, 10:42 in Germany."""
    from tests.api.stage import Stage
    from zuzahlung.api.guessing import Guessing

    made = Stage(house=house)
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    monkeypatch.setattr("zuzahlung.api.entrance.guessing", Guessing())
    return made
