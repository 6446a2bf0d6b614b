"""Writes pictures of all sample pages: `python -m tests.portal.look_pictures [folder] [part of a name …]`."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings

WIDTHS = (1280, 720, 360)


def main(folder: Path, wanted: list[str]) -> None:
    """Three widths, light and dark at the ends, and print; files are named page-width-scheme.png."""
    from playwright.sync_api import sync_playwright

    from tests.portal.look_browser import launch
    from tests.portal.look_pages import ADDRESS, SAMPLES, sample_site, serve

    folder.mkdir(parents=True, exist_ok=True)
    samples = [one for one in SAMPLES if not wanted or any(part in one.name for part in wanted)]
    with sync_playwright() as playwright, launch(playwright) as browser, sample_site():
        for sample in samples:
            page = browser.new_page(locale="de-DE")
            serve(page, sample)
            for scheme in ("light", "dark"):
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    page.emulate_media(color_scheme=scheme, media="screen")
                    page.goto(f"{ADDRESS}/{sample.name}")
                    page.screenshot(path=folder / f"{sample.name}-{width}-{scheme}.png", full_page=True)
            page.set_viewport_size({"width": 794, "height": 1123})
            page.emulate_media(media="print")
            page.screenshot(path=folder / f"{sample.name}-print.png", full_page=True)
            page.close()


if __name__ == "__main__":
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles", "zuzahlung.portal"], USE_TZ=True, LANGUAGE_CODE="de"
    )
    django.setup()
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/pictures/look"), sys.argv[2:])
