"""The served house: built once for all tests that look at it from outside."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import TestServer
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
