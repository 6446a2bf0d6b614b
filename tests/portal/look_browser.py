"""The one browser that looks at sample pages: Debian's chromium, quiet and without its own network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    """Starts chromium from the path and closes it afterwards."""
    program = os.environ.get("ZUZAHLUNG_CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise RuntimeError("Für diese Tests fehlt chromium. Bitte installieren Sie es (Debian: chromium).")
    browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
    try:
        yield browser
    finally:
        browser.close()
