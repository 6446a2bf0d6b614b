"""Makes PDFs that people and machines can read for years (PDF/UA-1, PDF/A-2a) from templates and plain values.

Values reach a template as data and never as markup, so no name and no address can do anything in it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

PACKAGE = Path(__file__).resolve().parent.parent
_STANDARDS: list[Any] = ["a-2a", "ua-1"]
_NOT_SHOWN = re.compile(r'the text `"(?P<shown>.*?)"` could not be displayed')
_NOT_ALLOWED = re.compile(r'the text contains the disallowed codepoint `"(?P<shown>.*?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PdfError(Exception):
    """A PDF could not be made; the text names the template and the reason, never the values."""


class UnprintableError(PdfError):
    """The values hold characters that the fonts of our letters do not have; `characters` are these."""

    def __init__(self, characters: frozenset[str]) -> None:
        named = ", ".join(f"U+{ord(character):04X}" for character in sorted(characters))
        super().__init__(f"characters without a glyph in our fonts: {named}")
        self.characters = characters


def render(template: str, data: Mapping[str, Any], *, created_at: datetime) -> bytes:
    """Renders a template such as `/accounts/typst/initialkennwort.typ` with values that JSON can hold.

    The template finds the values in `json(bytes(sys.inputs.data))`. The same values and the same `created_at`
    (aware; it becomes the date of the file) give the same bytes. Safe among threads.
    """
    _refuse_packages()
    path = PACKAGE / template.lstrip("/")
    if not path.is_file():
        raise PdfError(f"there is no template {template}")
    try:
        made = _compiler(path).compile(
            sys_inputs={"data": json.dumps(data)},
            format="pdf",
            pdf_standards=_STANDARDS,
            timestamp=int((created_at - _EPOCH).total_seconds()),
        )
    except typst.TypstError as error:
        raise _explained(template, error) from None
    # The compiler insists on title and alternative texts, but not on the language a voice reads in.
    if not isinstance(made, bytes) or b"/Lang(de-DE)" not in made:
        raise PdfError(f"{template} gave no PDF in German")
    return made


def unprintable(texts: Iterable[str]) -> frozenset[str]:
    """The characters of these texts that our letters cannot show; one call is enough for a whole file."""
    characters = sorted(set().union(*texts))
    try:
        render("/delivery/typst/glyphs.typ", {"characters": characters}, created_at=_EPOCH)
    except UnprintableError as error:
        return error.characters
    return frozenset()


_of_thread = threading.local()


def _compiler(path: Path) -> typst.Compiler:
    # A compiler refuses to be used by two threads at once, so each thread has its own.
    compilers: dict[Path, typst.Compiler] = _of_thread.__dict__.setdefault("compilers", {})
    if path not in compilers:
        compilers[path] = typst.Compiler(path, root=PACKAGE, font_paths=_fonts(), ignore_system_fonts=True)
    return compilers[path]


@cache
def _fonts() -> typst.Fonts:
    # Fonts of the machine would make a letter look different elsewhere.
    return typst.Fonts(include_system_fonts=False)


@cache
def _refuse_packages() -> None:
    """Templates come from here alone: a package of typst would be fetched from the network."""
    for source in sorted(PACKAGE.glob("*/typst/*.typ")):
        if '"@' in source.read_text(encoding="utf-8"):
            raise PdfError(f"{source.relative_to(PACKAGE)} uses a package from the network")


def _explained(template: str, error: typst.TypstError) -> PdfError:
    report = f"{error.message}\n{error.diagnostic}"
    found = [*_NOT_SHOWN.finditer(report), *_NOT_ALLOWED.finditer(report)]
    if found:
        shown = (_ESCAPED.sub(_unescaped, match["shown"]) for match in found)
        return UnprintableError(frozenset("".join(shown)))
    return PdfError(f"{template}: {error.message}")


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
