"""The fund's own colour on our pages, and the check that its words stay readable in it.

Contrast is that of WCAG 2.2 (relative luminance); text needs at least 4.5 to 1.
"""

from __future__ import annotations

import re

__all__ = ["check_theme", "contrast", "theme_css"]

# The grounds the accent stands on in portal.css, light and dark, and the inks that may stand on the accent.
LIGHT_GROUNDS = {"#ffffff": "weißem Grund", "#f4f6f5": "hellgrauem Grund"}
DARK_GROUNDS = {"#14191d": "dunklem Grund", "#1d2429": "dunkelgrauem Grund"}
LIGHT_INK, DARK_INK = "#ffffff", "#0d1316"
ENOUGH = 4.5


def contrast(a: str, b: str) -> float:
    """The contrast of two colours written `#rrggbb`, from 1 (equal) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def check_theme(accent: str, accent_dark: str) -> tuple[str, ...]:
    """What is wrong with a fund's colours, in sentences for its operator; empty when they may be used."""
    return (*_faults("accent", accent, LIGHT_GROUNDS), *_faults("accent_dark", accent_dark, DARK_GROUNDS))


def theme_css(accent: str, accent_dark: str) -> str:
    """The small style sheet that puts a fund's colours in place of ours; refuses what `check_theme` refuses."""
    if faults := check_theme(accent, accent_dark):
        raise ValueError(" ".join(faults))
    return (
        f":root{{--accent:{accent};--on-accent:{_ink_on(accent)}}}\n"
        "@media screen and (prefers-color-scheme:dark){"
        f":root{{--accent:{accent_dark};--on-accent:{_ink_on(accent_dark)}}}}}\n"
        "@media print{:root{--accent:#000;--on-accent:#fff}}\n"
    )


def _faults(name: str, colour: str, grounds: dict[str, str]) -> tuple[str, ...]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return (f"{name} muss eine Farbe wie #0a5c4a sein.",)
    return tuple(
        f"{name} {colour} ist auf {words} zu schwach: Kontrast {_german(contrast(colour, ground))}, "
        f"nötig sind {_german(ENOUGH)}."
        for ground, words in grounds.items()
        if contrast(colour, ground) < ENOUGH
    )


def _german(value: float) -> str:
    # Cut, not rounded: 4.49 must not be reported as 4.5, which would be enough.
    return f"{int(value * 10) / 10:.1f}".replace(".", ",")


def _ink_on(accent: str) -> str:
    return max(LIGHT_INK, DARK_INK, key=lambda ink: contrast(accent, ink))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
