"""Writes the pictures of the help into the sources: `make pictures ONLY=help`, in both schemes, with invented data."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import typst
from PIL import Image, ImageEnhance
from playwright.sync_api import Browser, Locator, Page

from tests.stories.conftest import PASSWORD, House, ask, browser, browser_of_a_person, clock, house, register
from tests.stories.tour import CHANGING, CHILD, EXEMPT, LIABLE, REGISTRY, UNKNOWN
from zuzahlung.delivery import pdf
from zuzahlung.exemptions import receipts
from zuzahlung.portal.help_pages import HELP_PAGES
from zuzahlung.portal.help_pictures import DOTS_PER_PIXEL, FOLDER

__all__ = ["browser", "clock", "house"]

IK, NAME = "260326822", "Praxis für Physiotherapie Erika Muster"
PORTAL = "https://portal.musterkasse.example"
WIDTH = 360
MARGIN = 7
PAPER_WIDTH = 440
PAPER_SHARE = 0.84
"""How wide the receipt is shown, smaller than paper, and how much of its width that is without the margins."""

Snap = Callable[[str, Locator, Locator], None]


def test_write_the_pictures_of_the_help(house: House, browser: Browser, settings: Any) -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    with browser_of_a_person(
        browser, house, viewport={"width": WIDTH, "height": 800}, device_scale_factor=DOTS_PER_PIXEL
    ) as context:
        page = context.new_page()
        letters_and_sign_in(page, house, snapping(page))
        settings.PORTAL_URL = PORTAL
        work(page, house, snapping(page))
    written = {path.stem for path in FOLDER.glob("*.webp")}
    named = {picture.name for one in HELP_PAGES for picture in one.drawn}
    assert written == named | {f"{name}-dunkel" for name in named}


def snapping(page: Page) -> Snap:
    """Takes what lies between two elements, in both schemes."""

    def snap(name: str, first: Locator, last: Locator) -> None:
        page.locator("body").click(position={"x": 1, "y": 1})
        page.mouse.move(0, 0)
        top, bottom = first.bounding_box(), last.bounding_box()
        assert top is not None
        assert bottom is not None
        start = page.evaluate("() => window.scrollY") + top["y"] - MARGIN
        end = page.evaluate("() => window.scrollY") + bottom["y"] + bottom["height"] + MARGIN
        schemes: tuple[tuple[Literal["light", "dark"], str], ...] = (
            ("light", name),
            ("dark", f"{name}-dunkel"),
        )
        for scheme, file in schemes:
            page.emulate_media(color_scheme=scheme)
            shot = page.screenshot(
                full_page=True, clip={"x": 0, "y": start, "width": WIDTH, "height": round(end - start)}
            )
            write(file, Image.open(io.BytesIO(shot)), scheme)
        page.emulate_media(color_scheme="light")

    return snap


def write(name: str, picture: Image.Image, scheme: str) -> None:
    """In the colours of the scheme alone, without dots on plain grounds: both keep the file small."""
    few = picture.convert("RGB").quantize(palette=palette(scheme), dither=Image.Dither.NONE)
    save(name, few.convert("RGB"))


def save(name: str, picture: Image.Image) -> None:
    """A lossless WebP."""
    picture.save(FOLDER / f"{name}.webp", lossless=True, quality=100, method=6)


@cache
def palette(scheme: str) -> Image.Image:
    """The tokens of the style sheet, and what lies between letters and paper, for soft edges."""
    tokens = style_tokens(scheme)
    paper = tokens["paper"]
    letters = [tokens[name] for name in ("ink", "quiet", "accent", "good", "caution", "bad")]
    edges = [tuple((a + b) // 2 for a, b in zip(letter, paper, strict=True)) for letter in letters]
    holder = Image.new("P", (1, 1))
    holder.putpalette([part for colour in (*tokens.values(), *edges) for part in colour])
    return holder


def style_tokens(scheme: str) -> dict[str, tuple[int, int, int]]:
    """The colours that the style sheet names for a scheme."""
    sheet = (FOLDER.parent / "portal.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    named = re.findall(r"--([a-z-]+): #([0-9a-f]{6});", dark if scheme == "dark" else light)
    return {name: (int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)) for name, text in named}


def letters_and_sign_in(page: Page, house: House, snap: Snap) -> None:
    """From the registration to the own password."""
    house.registry(*REGISTRY)
    house.knows(IK, NAME)
    heading = page.get_by_role("heading", level=1)
    page.goto("/konto-registrieren/")
    page.get_by_label("Institutionskennzeichen").fill("260 326 822")
    snap("registrieren", heading, page.get_by_label("Institutionskennzeichen"))
    register(page, house, IK)
    snap("angekommen", heading, page.locator("main .lead"))
    house.works()
    house.clock.forward(days=1)
    house.works()
    page.goto("/passwort-vergessen/")
    page.get_by_label("Benutzername").fill(IK)
    snap(
        "vergessen", page.get_by_text("Benutzername", exact=True), page.get_by_label("Neues eigenes Passwort")
    )
    page.goto("/anmelden/")
    page.get_by_label("Benutzername").fill(IK)
    page.get_by_label("Passwort oder Initialkennwort").fill(house.letters()["Initialkennwort"])
    button = page.get_by_role("main").get_by_role("button", name="Anmelden")
    snap("anmelden", heading, button)
    button.click()
    for label in ("Neues eigenes Passwort", "Neues Passwort noch einmal"):
        page.get_by_label(label).fill(PASSWORD)
    snap(
        "passwort",
        page.get_by_text("Prüfnummer", exact=True),
        page.get_by_label("Neues Passwort noch einmal"),
    )
    page.get_by_label("Prüfnummer", exact=True).fill(house.letters()["Prüfnummer"])
    page.get_by_label("Ich bin mit den Nutzungsbedingungen einverstanden").check()
    page.get_by_role("button", name="Passwort festlegen").click()
    page.get_by_role("heading", name="Abfrage", exact=True).wait_for()


def work(page: Page, house: House, snap: Snap) -> None:
    """Query, answer, receipt, history, list, colleague and key."""
    heading = page.get_by_role("heading", level=1)
    page.get_by_label("Krankenversichertennummer").fill("A123 456 780")
    page.get_by_label("mündlich, hier vor Ort").check()
    snap("abfrage", page.locator(".field-first"), page.locator("label", has_text="schriftlich"))
    ask(page, LIABLE)
    ask(page, EXEMPT)
    snap("auskunft", page.locator(".answer"), page.get_by_role("link", name="Nachweis als PDF"))
    receipt(page)
    page.goto("/verlauf/")
    snap("verlauf", page.locator("caption"), page.locator("tbody tr").nth(1))
    page.goto("/abfrage/")
    page.get_by_label("Krankenversichertennummer").fill(CHANGING)
    page.get_by_label("schriftlich").check()
    page.get_by_label("Tag der Abgabe").fill("2026-11-05")
    page.get_by_text("Mehrere Tage einer Serie").click()
    page.get_by_label("Weitere Tage der Serie").fill("10.11.2026, 12.11.2026, 17.11.2026")
    page.get_by_role("button", name="Abfragen").click()
    snap("serie", page.locator("caption"), page.locator("tbody tr").last)
    a_list(page, house, snap)
    page.goto("/praxis/einladen/")
    page.get_by_label("Kurzname").fill("anna")
    page.get_by_label("Empfang").check()
    snap(
        "einladen", page.get_by_role("radiogroup", name="Rolle"), page.get_by_role("radiogroup", name="Rolle")
    )
    page.get_by_role("button", name="Einladung erstellen").click()
    snap("einladung", page.locator("main .lead"), page.get_by_role("button", name="Link kopieren"))
    page.goto("/praxis/schluessel/")
    page.get_by_label("Wofür ist der Schlüssel?").fill("Praxissoftware am Empfang")
    page.get_by_role("main").get_by_role("button").first.click()
    snap("schluessel", heading, page.get_by_role("button", name="Schlüssel kopieren"))


def a_list(page: Page, house: House, snap: Snap) -> None:
    """A list of five rows, one of them with a wrong check digit."""
    path: Path = house.folder / "liste.csv"
    rows = [f"{kvnr};in-person;;19.11.2026" for kvnr in (EXEMPT, LIABLE, CHILD, UNKNOWN, "A123456789")]
    path.write_text(
        "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    heading = page.get_by_role("heading", level=1)
    page.goto("/listenabfrage/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Datei prüfen").click()
    snap("liste", heading, page.locator(".facts > div").nth(2))
    page.get_by_role("button", name="abfragen").first.click()
    house.works()
    page.reload()
    snap("ergebnis", heading, page.get_by_role("button", name="Ergebnis als CSV-Datei laden"))


def receipt(page: Page) -> None:
    """The upper part of the receipt of the answer that is shown, drawn as a picture by what prints it."""
    drawn: list[bytes] = []

    def draw(template: str, data: Any, *, created_at: datetime) -> bytes:
        drawn.append(as_picture(template, data))
        return b""

    with patch.object(receipts, "render", draw):
        page.request.get(f"{page.url}nachweis.pdf")
    paper = Image.open(io.BytesIO(drawn[0])).convert("RGB")
    left, width = paper.width * 8 // 100, round(PAPER_WIDTH * DOTS_PER_PIXEL)
    top, height = paper.width * 5 // 100, paper.width // 6 * 2
    upper = paper.crop((left, top, left + width, top + height))
    write("nachweis", upper, "light")
    # Paper is white; on a dark page it is dimmed.
    with Image.open(FOLDER / "nachweis.webp") as written:
        save("nachweis-dunkel", ImageEnhance.Brightness(written.convert("RGB")).enhance(0.75))


def as_picture(template: str, data: Any) -> bytes:
    """The first page of a document, as wide as it is shown."""
    drawn = typst.compile(
        pdf.PACKAGE / template.lstrip("/"),
        root=pdf.PACKAGE,
        sys_inputs={"data": json.dumps(data)},
        format="png",
        ppi=PAPER_WIDTH * DOTS_PER_PIXEL / (PAPER_SHARE * 210 / 25.4),
        ignore_system_fonts=True,
    )
    assert isinstance(drawn, bytes)
    return drawn
