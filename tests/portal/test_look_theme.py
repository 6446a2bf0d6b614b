"""Words stay readable in every colour of ours and of a fund: at least 4.5 to 1, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import zuzahlung.portal
from zuzahlung.portal.theme import DARK_GROUNDS, LIGHT_GROUNDS, check_theme, contrast, theme_css

SHEET = (Path(zuzahlung.portal.__file__).parent / "static/portal/portal.css").read_text(encoding="utf-8")


def tokens(scheme: str) -> dict[str, str]:
    """The colours of the style sheet in one scheme."""
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", SHEET, re.DOTALL)[:2]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("ink", "paper"),
        ("ink", "surface"),
        ("ink", "good-ground"),
        ("ink", "caution-ground"),
        ("ink", "bad-ground"),
        ("quiet", "paper"),
        ("quiet", "surface"),
        ("accent", "paper"),
        ("accent", "surface"),
        ("good", "paper"),
        ("good", "good-ground"),
        ("caution", "paper"),
        ("caution", "caution-ground"),
        ("bad", "paper"),
        ("bad", "bad-ground"),
        ("on-accent", "accent"),
        ("on-state", "bad"),
    ],
)
def test_words_in_our_own_colours_are_readable(scheme: str, words: str, ground: str) -> None:
    assert contrast(tokens(scheme)[words], tokens(scheme)[ground]) >= 4.5


def test_the_grounds_a_funds_colour_is_checked_on_are_those_of_the_sheet() -> None:
    assert set(LIGHT_GROUNDS) == {tokens("light")["paper"], tokens("light")["surface"]}
    assert set(DARK_GROUNDS) == {tokens("dark")["paper"], tokens("dark")["surface"]}


def test_contrast_is_that_of_the_accessibility_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ffffff", "#767676") == contrast("#767676", "#ffffff")


def test_a_fund_may_use_a_strong_colour() -> None:
    assert check_theme("#0a5c4a", "#6fd0b8") == ()
    assert check_theme("#8b0f3a", "#ff9ab5") == ()


def test_a_colour_too_weak_to_read_is_refused_with_its_figure() -> None:
    assert check_theme("#7ab800", "#6fd0b8") == (
        "accent #7ab800 ist auf weißem Grund zu schwach: Kontrast 2,4, nötig sind 4,5.",
        "accent #7ab800 ist auf hellgrauem Grund zu schwach: Kontrast 2,2, nötig sind 4,5.",
    )


def test_a_colour_that_would_smuggle_in_a_rule_is_refused() -> None:
    assert check_theme("#0a5c4a;}body{display:none", "#6fd0b8") == (
        "accent muss eine Farbe wie #0a5c4a sein.",
    )
    with pytest.raises(ValueError, match="accent_dark muss eine Farbe wie"):
        theme_css("#0a5c4a", "green")


def test_the_sheet_of_a_fund_sets_its_colour_for_both_schemes_and_none_on_paper() -> None:
    assert theme_css("#0a5c4a", "#6fd0b8") == (
        ":root{--accent:#0a5c4a;--on-accent:#ffffff}\n"
        "@media screen and (prefers-color-scheme:dark){:root{--accent:#6fd0b8;--on-accent:#0d1316}}\n"
        "@media print{:root{--accent:#000;--on-accent:#fff}}\n"
    )
