"""Writes the pictures of the page „Eine § 302-Datei prüfen“ to docs/pictures: `make pictures ONLY=docs`.

What is photographed is the page that `zuzahlung explain --html` makes of the very file that stands in the document.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser

from tests.stories.conftest import browser
from zuzahlung.cli.main import main

__all__ = ["browser"]

DOCS = Path(__file__).parents[2] / "docs"
FILE = "rechnung.esol"
PICTURE = DOCS / "pictures" / "rechnung-erklaert.png"
WIDTH = 880
MARGIN = 24
DOTS_PER_PIXEL = 1.5
COLOURS = 16
"""Letters have soft edges; more shades than these make the file larger and nothing clearer."""
WORDS = "Words"
"""The note in the picture that tells which words it shows."""


def test_write_the_picture_of_an_explained_file(browser: Browser, tmp_path: Path) -> None:
    page_file = explained(tmp_path)
    page = browser.new_page(
        viewport={"width": WIDTH, "height": 600}, device_scale_factor=DOTS_PER_PIXEL, locale="de-DE"
    )
    page.goto(page_file.as_uri())
    # The invoice; what stands before and behind it says only of which file it is.
    invoice = page.locator("section").first.bounding_box()
    assert invoice is not None
    top, height = invoice["y"] - MARGIN, invoice["height"] + 2 * MARGIN
    taken = page.screenshot(full_page=True, clip={"x": 0, "y": top, "width": WIDTH, "height": height})
    shot = Image.open(io.BytesIO(taken)).convert("RGB")
    note = PngInfo()
    note.add_text(WORDS, fingerprint(page_file))
    few = shot.quantize(COLOURS, dither=Image.Dither.NONE)
    PICTURE.parent.mkdir(exist_ok=True)
    few.save(PICTURE, optimize=True, pnginfo=note)


def explained(folder: Path) -> Path:
    """The page of the example in the document."""
    (folder / FILE).write_text(example(), encoding="latin-1")
    written = folder / "rechnung.html"
    assert main(["explain", str(folder / FILE), "--html", str(written)]) == 0
    return written


def example() -> str:
    """The example as it stands in the document."""
    text = (DOCS / "pruefen.md").read_text(encoding="utf-8")
    found = re.search(r"```esol\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def fingerprint(page_file: Path) -> str:
    """What tells whether a page says the same as another, whatever it looks like."""
    page = page_file.read_text(encoding="utf-8")
    words = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()
