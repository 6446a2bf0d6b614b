"""What a file seems to be that is no Abrechnungsdatei, told by its first bytes, and what helps then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class Beginning:
    """Remembers the first bytes of what passes by."""

    def __init__(self) -> None:
        self._bytes = b""

    def of(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yields the pieces as they are."""
        for piece in pieces:
            self._bytes = self._bytes or piece[:_LENGTH]
            yield piece

    @property
    def advice(self) -> str:
        """A sentence or two, with a blank before them, or nothing if nobody knows what it is."""
        return next((f" {sentence}" for begins, sentence in _KINDS if begins.match(self._bytes)), "")


_LENGTH = 32
_KINDS = [
    (re.compile(begins, re.DOTALL), sentence)
    for begins, sentence in (
        (
            rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ",
            "Sie ist gepackt (zum Beispiel als ZIP). Bitte packen Sie sie zuerst aus.",
        ),
        (
            rb"%PDF-",
            "Sie ist ein PDF. Gebraucht wird die Datei, die Ihre Software für die Datenannahmestelle schreibt.",
        ),
        (
            rb"\x89PNG|\xff\xd8\xff|II\*\x00|MM\x00\*|GIF8",
            "Sie ist ein Bild. Gebraucht wird die Datei, die Ihre Software für die Datenannahmestelle schreibt.",
        ),
        (
            rb"5000000100000348",
            "Sie ist eine Auftragsdatei. Gebraucht wird die Datei, die mit ihr gesendet wird; sie heißt ebenso, ohne .AUF.",
        ),
        (
            rb"\x30[\x80-\x84].{0,4}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07|-----BEGIN (PKCS7|CMS)",
            "Sie ist verschlüsselt oder unterschrieben. Prüfen lässt sie sich nur, wie sie davor war.",
        ),
        (
            rb"\xef\xbb\xbfUN[AB]|\xff\xfeU\x00N|\xfe\xff\x00U\x00N|U\x00N\x00|\x00U\x00N",
            "Sie ist in Unicode (UTF-8 mit BOM, oder UTF-16) gespeichert. Ihre Software muss sie in ISO 8859-1 schreiben.",
        ),
        (
            rb'(\xef\xbb\xbf)?\s*\{\s*"',
            "Sie ist JSON. Hat „zuzahlung convert“ sie geschrieben, wird sie mit „--to esol“ wieder eine Abrechnungsdatei.",
        ),
        (rb"(\xef\xbb\xbf)?\s*<", "Sie ist XML oder eine Internetseite."),
    )
]
