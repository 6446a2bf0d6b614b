"""Houses that are built once for all tests of a file: in this process, or served by processes of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.conftest import moved_into
from tests.database import HouseDatabase, TestServer
from tests.security.served import ServedHouse, served_house


@pytest.fixture(scope="module")
def served(test_server: TestServer) -> Iterator[ServedHouse]:
    """A house with its own PostgreSQL; the test starts portal and worker as it needs them."""
    with served_house() as house:
        yield house


@pytest.fixture(scope="module")
def lasting_house(test_server: TestServer, django_db_blocker: DjangoDbBlocker) -> Iterator[HouseDatabase]:
    """A database for all tests of a file, which leave each other's rows alone."""
    with moved_into(test_server, django_db_blocker, f"zuzahlung_lasting_{os.getpid()}") as house:
        yield house
