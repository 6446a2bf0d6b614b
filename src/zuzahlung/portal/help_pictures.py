"""Pictures of our own pages in the help, each in two schemes; `make pictures ONLY=help` writes their files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "HelpPicture", "PictureShown", "pictures_shown"]

FOLDER = Path(__file__).parent / "static" / "portal" / "help"
DOTS_PER_PIXEL = 2
"""The files are this much finer than they are shown, for screens on which one pixel is several dots."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpPicture:
    """A picture by its name; `alt` says what somebody learns from it who does not see it."""

    name: str
    alt: str

    @property
    def light(self) -> str:
        """The file for the light scheme."""
        return f"portal/help/{self.name}.webp"

    @property
    def dark(self) -> str:
        """The file for the dark scheme."""
        return f"portal/help/{self.name}-dunkel.webp"


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureShown:
    """A picture as a page shows it; width and height in pixels of the page keep its place before it is there."""

    light: str
    dark: str
    alt: str
    width: int
    height: int


@cache
def pictures_shown(pictures: tuple[HelpPicture, ...]) -> dict[str, PictureShown]:
    """The pictures of a help page by their names; raises FileNotFoundError where one was not written."""
    return {picture.name: _shown(picture) for picture in pictures}


def _shown(picture: HelpPicture) -> PictureShown:
    width, height = size_of((FOLDER / f"{picture.name}.webp").read_bytes())
    return PictureShown(
        light=picture.light,
        dark=picture.dark,
        alt=picture.alt,
        width=width // DOTS_PER_PIXEL,
        height=height // DOTS_PER_PIXEL,
    )


def size_of(webp: bytes) -> tuple[int, int]:
    """Width and height of a lossless WebP in dots: two numbers of 14 bits behind the mark 0x2f (RFC 9649, 3.4)."""
    if webp[8:16] != b"WEBPVP8L" or webp[20] != 0x2F:
        raise ValueError("not a lossless WebP")
    bits = int.from_bytes(webp[21:25], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
