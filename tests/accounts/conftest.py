"""The stage for tests of accounts: a clock to turn, a print folder, and the codes that letters carry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.database import HouseDatabase

if TYPE_CHECKING:
    # This file is read before Django is set up, and the household knows its models.
    from tests.accounts.household import Clock, Letters, Practice


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A Thursday in November, 10:42 in Germany."""
    from tests.accounts.household import Clock

    made = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    return made


@pytest.fixture
def practice(house_database: HouseDatabase, clock: Clock, tmp_path: Path, settings: Any) -> Practice:
    """An institution of the directory in a database of its own."""
    from tests.accounts.household import known_practice

    settings.LETTERS = tmp_path / "letters"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return known_practice(clock)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    """The codes of all letters, read at the moment they are made."""
    from tests.accounts.household import Letters
    from zuzahlung.accounts.services import letters
    from zuzahlung.vault import codes

    read = Letters()

    def reading(kind: codes.Kind, random_bytes: Callable[[int], bytes]) -> str:
        code = codes.make(kind, random_bytes)
        read.made.append((kind.name, code))
        return code

    monkeypatch.setattr(letters, "codes", SimpleNamespace(**{**vars(codes), "make": reading}))
    return read
