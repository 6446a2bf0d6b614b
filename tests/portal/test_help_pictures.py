"""Each page of the help shows pictures of our own pages: there in both schemes, described, and light."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

import zuzahlung.portal
from tests.portal.look_pages import SAMPLES, render
from zuzahlung.portal.help_pages import HELP_PAGES, HelpPage
from zuzahlung.portal.help_pictures import DOTS_PER_PIXEL, FOLDER, HelpPicture, pictures_shown, size_of
from zuzahlung.portal.theme import theme_css

PORTAL = Path(zuzahlung.portal.__file__).parent
LIMIT = 60_000
DRAWN = [picture for page in HELP_PAGES for picture in page.drawn]

each_page = pytest.mark.parametrize("page", HELP_PAGES, ids=lambda page: page.slug)
each_picture = pytest.mark.parametrize("picture", DRAWN, ids=lambda picture: picture.name)


@each_page
def test_each_task_has_a_picture(page: HelpPage) -> None:
    assert page.drawn


@each_picture
def test_a_picture_that_a_page_names_is_there_in_both_schemes_and_of_one_size(picture: HelpPicture) -> None:
    for name in (picture.light, picture.dark):
        path = PORTAL / "static" / name
        with Image.open(path) as opened:
            assert opened.format == "WEBP"
            assert opened.size == size_of(path.read_bytes())
    sizes = {size_of((PORTAL / "static" / name).read_bytes()) for name in (picture.light, picture.dark)}
    assert len(sizes) == 1


@each_picture
def test_a_picture_is_no_wider_than_a_phone_or_half_a_page(picture: HelpPicture) -> None:
    width, _ = size_of((PORTAL / "static" / picture.light).read_bytes())
    assert width / DOTS_PER_PIXEL in {360, 440}


@each_picture
def test_on_a_dark_page_a_picture_does_not_glare(picture: HelpPicture) -> None:
    with Image.open(PORTAL / "static" / picture.dark) as opened:
        counted = opened.convert("L").histogram()
    brightest = sum(counted[200:]) / sum(counted)
    assert brightest < 0.2


def test_no_file_lies_there_that_no_page_shows() -> None:
    named = {Path(name).name for picture in DRAWN for name in (picture.light, picture.dark)}
    assert {path.name for path in FOLDER.iterdir()} == named


@each_page
def test_a_page_shows_each_of_its_pictures_with_words_size_and_without_haste(
    page: HelpPage, sample_settings: None
) -> None:
    shown = re.findall(r'<picture><source media="(.*?)" srcset="(.*?)"><img (.*?)></picture>', html_of(page))
    assert len(shown) == len(page.drawn)
    for (media, dark, image), picture in zip(shown, page.drawn, strict=True):
        attributes = dict(re.findall(r'(\w+)="(.*?)"', image))
        width, height = size_of((PORTAL / "static" / picture.light).read_bytes())
        assert media == "screen and (prefers-color-scheme: dark)"
        assert dark == f"/static/{picture.dark}"
        assert attributes == {
            "src": f"/static/{picture.light}",
            "alt": picture.alt,
            "width": str(width // DOTS_PER_PIXEL),
            "height": str(height // DOTS_PER_PIXEL),
            "loading": "lazy",
            "decoding": "async",
        }


def html_of(page: HelpPage) -> str:
    (sample,) = [one for one in SAMPLES if one.template == page.template]
    return render(sample)


@each_page
def test_a_page_with_its_files_and_pictures_stays_light_even_uncompressed(
    page: HelpPage, sample_settings: None
) -> None:
    html = html_of(page)
    linked = re.findall(r'(?:src|href)="/static/(.*?)"', html)
    files = {path: (PORTAL / "static" / path).stat().st_size for path in linked}
    assert len([path for path in files if path.endswith(".webp")]) == len(page.drawn)
    for picture in page.drawn:
        files[picture.light] = max(
            (PORTAL / "static" / name).stat().st_size for name in (picture.light, picture.dark)
        )
    assert sum(files.values()) + len(html.encode()) + len(theme_css("#0a5c4a", "#6fd0b8")) < LIMIT


@each_picture
def test_the_words_for_a_picture_are_a_german_sentence_and_say_no_more_than_needed(
    picture: HelpPicture,
) -> None:
    assert picture.alt.endswith(".")
    assert 60 <= len(picture.alt) <= 260
    assert '"' not in picture.alt
    assert "Bild" not in picture.alt


def test_no_two_pictures_are_described_alike() -> None:
    described = sorted(picture.alt for picture in DRAWN)
    assert all(first != second for first, second in pairwise(described))


def test_a_page_that_names_a_missing_picture_fails() -> None:
    with pytest.raises(FileNotFoundError):
        pictures_shown((HelpPicture(name="gibt-es-nicht", alt="…"),))


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(ValueError, match="not a lossless WebP"):
        size_of(b"\x89PNG\r\n\x1a\n" + bytes(40))
