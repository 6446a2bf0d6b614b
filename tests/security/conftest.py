"""Houses that are built once for all tests of a file: in this process, or served by processes of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.conftest import connections_to
from tests.database import HouseDatabase, TestServer
from tests.security.served import ServedHouse, served_house


@pytest.fixture(scope="module")
def served(test_server: TestServer) -> Iterator[ServedHouse]:
    """A house with its own PostgreSQL; the test starts portal and worker as it needs them."""
    folder = Path(tempfile.mkdtemp(prefix="zuzahlung-served-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        with served_house(folder) as house:
            yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def lasting_house(test_server: TestServer, django_db_blocker: DjangoDbBlocker) -> Iterator[HouseDatabase]:
    """A database for all tests of a file, which leave each other's rows alone."""
    with (
        test_server.clone(f"zuzahlung_lasting_{os.getpid()}") as house,
        django_db_blocker.unblock(),
        connections_to(house.name),
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in house.environment.items():
            patch.setenv(name, value)
        yield house
