"""The browser for tests that look at pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.accounts.conftest import clock, letters, practice
from tests.portal.look_browser import launch
from tests.portal.look_pages import sample_site

__all__ = ["browser", "clock", "letters", "practice", "sample_settings"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One chromium for the tests of a file; afterwards this thread is free for loops of others again."""
    with (
        sync_playwright() as playwright,
        launch(playwright) as started,
        pytest.MonkeyPatch.context() as patch,
    ):
        # Playwright's loop runs in this thread, and Django would take that for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started


@pytest.fixture
def sample_settings() -> Iterator[None]:
    """The few settings the sample pages need."""
    with sample_site():
        yield
