r"""The charsets in which a file travels (I1, I5, I7, I8): its bytes as text, text as bytes, and doubts about them.

The file itself says UNOC:3 whatever it is written in; the charset stands in the Auftragsdatei. One byte is
one character in each of the four, so a place in the text is a place in the file.

| Code | Charset                                | Ä  | Ö  | Ü  | ä  | ö  | ü  | ß  | §  |
|------|----------------------------------------|----|----|----|----|----|----|----|----|
| I1   | ISO 8859-1 (= DIN 66303, 2000 edition) | C4 | D6 | DC | E4 | F6 | FC | DF | A7 |
| I5   | ISO 8859-15 (I1 with eight exchanged)  | C4 | D6 | DC | E4 | F6 | FC | DF | A7 |
| I7   | DIN 66003, 7 bit                       | 5B | 5C | 5D | 7B | 7C | 7D | 7E | 40 |
| I8   | DIN 66303, 1986 edition (DRV8)         | 5B | 5C | 5D | 7B | 7C | 7D | 7E | 40 |

I8 is not officially sourced here. Neither the DIN standard nor Anlage 15 of the Gemeinsame Grundsätze
Technik, which describes the charsets, was read; the key of the Kostenträgerdatei says „ASCII 8-Bit“ and
no more. What is public, an encyclopaedia and two free programs that exchange data with German funds,
agrees on this: I8 is ISO 8859-1 in which the eight characters of DIN 66003 have changed places with
`[ \ ] { | } ~ @`. Both programs print ä at E3 as well, where ã belongs, and one of them errs at A1, D5 and
F5 too; those four are read as in ISO 8859-1 and never written. Some receivers are said to read I8 as I1,
and published Kostenträgerdateien that name I8 are written in I1 themselves: ask before I8 is used.

Reading never fails and loses nothing. Writing refuses what a charset cannot carry, and also what it could
carry but not every receiver reads alike, unless `whole` asks for it; nothing is replaced silently.

Source: GGT2, ZEICHENSATZ; Anh3 V10, 8.11; TA1 V21, 5.4 UNB; ISO 8859, parts 1 and 15; DIN 66003, table;
DIN 66303, table of the 1986 edition; house, only what I1 and I5 have in common is written.

>>> Charset.I8.encode("Müller, Straße")
b'M}ller, Stra~e'
>>> Charset.I8.decode(b"M}ller, Stra~e")
'Müller, Straße'
>>> Charset.I1.encode("Dvořák")
Traceback (most recent call last):
    ...
zuzahlung.standards.edifact.charsets.NotInCharset: character not in the charset
>>> transliterated("„Dvořák“ – 5 €", Charset.I1)
'"Dvorák" - 5 EUR'
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

from zuzahlung.standards.errors import MalformedInput

DIFFERENT_IN_I1_AND_I5: Final = "¤¦¨´¸¼½¾€ŠšŽžŒœŸ"
"""Eight bytes are the first of these in I1 and the last in I5: neither leaves the house."""

UNSURE_IN_I8: Final = "@[\\]{|}~¡Õãõ"
"""Where these stand in I8 is not sure enough to write them: see above."""


class Charset(Enum):
    """A charset of the Auftragsdatei, by its code there: `Charset("I1")`."""

    I1 = "I1"
    I5 = "I5"
    I7 = "I7"
    I8 = "I8"

    def __str__(self) -> str:
        return self.value

    @property
    def label(self) -> str:
        """What people call it."""
        return _LABELS[self]

    def repertoire(self, *, whole: bool = False) -> frozenset[str]:
        """Return the characters that `encode` carries; never a control character."""
        printing = frozenset(_UNDEFINED.sub("", _TABLES[self]))
        return printing if whole else printing - _NOT_WRITTEN[self]

    def decode(self, data: bytes) -> str:
        r"""Return the text of the bytes, a character for each; this never fails.

        A byte the charset does not define becomes a lone surrogate that keeps its value (0xE4 in I7 is
        U+DCE4), and control characters stay themselves: `undefined` finds both, `visible` shows them.

        >>> Charset.I7.decode(b"M\xfcller")
        'M\udcfcller'
        """
        if self is Charset.I1:
            return data.decode("latin-1")
        return codecs.charmap_decode(data, "strict", _TABLES[self])[0]

    def encode(self, text: str, *, whole: bool = False) -> bytes:
        """Return the bytes of an element or segment, or raise NotInCharset at the first character refused.

        `whole` carries all printing characters of the charset, such as € in I5, for a receiver that agreed
        to it. Line ends between segments are control characters as well: they are joined as bytes.
        """
        if refused := _REFUSED[self, whole].search(text):
            raise _refusal(text, refused.start(), self, whole=whole)
        return codecs.charmap_encode(text, "strict", _BYTES[self])[0]

    def encode_lossless(self, text: str) -> bytes:
        """Return the bytes that `decode` made this text of, whatever they were; only for text that was read."""
        try:
            return codecs.charmap_encode(text, "strict", _BYTES[self])[0]
        except UnicodeEncodeError as error:
            raise _refusal(text, error.start, self, whole=True) from None


class NotInCharset(MalformedInput):
    """A character cannot be written in the charset, or not so that every receiver reads it.

    `place` is its index in the text; `character` may hold combining marks that follow a letter; `proposal`
    is what could be written instead ("" to leave it out), or None where nothing sensible is known.
    """

    phrase = "character not in the charset"

    def __init__(self, text: str, *, place: int, character: str, proposal: str | None) -> None:
        super().__init__(text)
        self.place = place
        self.character = character
        self.proposal = proposal


def _refusal(text: str, index: int, charset: Charset, *, whole: bool) -> NotInCharset:
    start, end = index, index + 1
    while start and _is_mark(text[start]):
        start -= 1
    while end < len(text) and _is_mark(text[end]):
        end += 1
    character = text[start:end]
    instead = transliterated(character, charset, whole=whole)
    proposal = None if _REFUSED[charset, whole].search(instead) else instead
    why = (
        f"lesen nicht alle Empfänger des Zeichensatzes {charset} gleich, es wird deshalb nicht übertragen."
        if text[index] in _TABLES[charset] and not _UNDEFINED.match(text[index])
        else f"kann der Zeichensatz {charset} nicht übertragen."
    )
    return NotInCharset(
        f"Das {_named(character)} an Stelle {start + 1} {why} {_proposed(proposal)}",
        place=start,
        character=character,
        proposal=proposal,
    )


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _named(character: str) -> str:
    code = ord(character[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"Byte 0x{code - 0xDC00:02X}"
    if _UNDEFINED.match(character):
        return f"Steuerzeichen U+{code:04X}"
    shown = unicodedata.normalize("NFC", character)
    return f"Zeichen „{shown}“" if shown.isprintable() and not _is_mark(shown[0]) else f"Zeichen U+{code:04X}"


def _proposed(proposal: str | None) -> str:
    if proposal is None:
        return "Bitte schreiben Sie es anders."
    return f"Vorschlag: { {'': 'weglassen', ' ': 'ein Leerzeichen'}.get(proposal, proposal) }"


def transliterated(text: str, charset: Charset, *, whole: bool = False) -> str:
    """Return the text with every refused character replaced by its proposal, to be shown and never taken silently.

    A character without a proposal stays as it is, so that `encode` still refuses it. Letters follow
    machine-readable passports (Ø as OE, Þ as TH), except that an accent is dropped.
    """
    refused = _REFUSED[charset, whole]
    composed = unicodedata.normalize("NFC", text)
    return refused.sub(lambda found: _stand_in(found[0], refused), composed)


def _stand_in(character: str, refused: re.Pattern[str]) -> str:
    if (known := _STAND_INS.get(character)) is not None:
        return known
    if "\x80" <= character <= "\x9f":  # Which letter was meant depends on the codepage it comes from.
        return character
    if character.isspace():
        return " "
    if unicodedata.category(character) in {"Cc", "Cf", "Mn", "Me"}:
        return ""
    parts = unicodedata.normalize("NFKD", character)
    instead = "".join(
        _STAND_INS.get(part, part) if refused.match(part) else part for part in parts if not _is_mark(part)
    )
    return character if refused.search(instead) or not instead.strip() else instead


def undefined(text: str) -> int | None:
    r"""Return the first place at which the text of a segment has no character: a control, or an undefined byte.

    >>> undefined("Müller"), undefined("M\x81ller")
    (None, 1)
    """
    found = _UNDEFINED.search(text)
    return found.start() if found else None


def visible(text: str) -> str:
    r"""Return text that was read so that it can be shown anywhere, with the bytes that are no characters.

    >>> visible(Charset.I7.decode(b"M\xfcller\x00"))
    'M<0xFC>ller<0x00>'
    """
    return _UNDEFINED.sub(lambda found: f"<0x{ord(found[0]) & 0xFF:02X}>", text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """Bytes look like another charset than the declared one.

    `meant` is I1, I8 (which reads I7 as well), UTF-8, UTF-16, CP850 or CP1252; `place` the offset of the
    first evidence. `text` says why in German, `detail` in English; both quote a single character at most.
    """

    meant: str
    place: int
    text: str
    detail: str


def suspicion(data: bytes, declared: Charset) -> Suspicion | None:
    r"""Say whether a segment or a chunk of a file looks like another charset; a clean one costs one search.

    This is a guess for a warning. I1 and I5 cannot be told apart, nor can text without any umlaut.

    >>> suspicion(b"NAD+M}ller", Charset.I1).meant
    'I8'
    >>> suspicion("NAD+Müller".encode(), Charset.I1).place
    5
    >>> suspicion("NAD+Gonçalves+Noël+Søren".encode("latin-1"), Charset.I1) is None
    True
    """
    noteworthy, doubtful = _NOTEWORTHY[declared].finditer(data), _DOUBTFUL[declared]
    if data.startswith(codecs.BOM_UTF8) or any(doubtful.match(data, hit.start()) for hit in noteworthy):
        return _wide(data, declared) or _utf_8(data, declared) or _single(data, declared)
    return None


def _wide(data: bytes, declared: Charset) -> Suspicion | None:
    found = _WIDE.search(data)
    if found is None:
        return None
    return _suspected("UTF-16", declared, found, "zwischen den Zeichen stehen Nullbytes")


def _utf_8(data: bytes, declared: Charset) -> Suspicion | None:
    # Either everything fits, or an Ã or Â is followed by what is no letter: both are rare in other charsets.
    found = (_SEQUENCE if _is_utf_8(data) else _SURE_SEQUENCE).search(data)
    if found is None:
        return None
    character = found[0].decode()
    there = f"„{character}“" if character.isprintable() else "ein Zeichen"
    return _suspected("UTF-8", declared, found, f"die Bytes {found[0].hex(' ').upper()} sind dort {there}")


def _is_utf_8(data: bytes) -> bool:
    """Say whether it is, but for characters cut off at both ends of a chunk."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data.lstrip(_CONTINUATIONS))
    except UnicodeDecodeError:
        return False
    return True


def _single(data: bytes, declared: Charset) -> Suspicion | None:
    for meant, evidence in _EVIDENCE[declared]:
        if found := evidence.search(data):
            byte = found[0]
            there = byte.decode(_CODECS[meant]) if meant in _CODECS else Charset(meant).decode(byte)
            here = declared.decode(byte)
            reads = "kein Zeichen" if _UNDEFINED.match(here) else f"„{here}“"
            because = f"das Byte 0x{byte[0]:02X} ist dort „{there}“, hier {reads}"
            return _suspected(meant, declared, found, because)
    return None


def _suspected(meant: str, declared: Charset, found: re.Match[bytes], because: str) -> Suspicion:
    evidence = found[0][:4].hex(" ").upper()
    return Suspicion(
        meant=meant,
        place=found.start(),
        text=f"Die Datei sieht nach {_MEANT[meant]} aus und nicht nach {declared}: {because}.",
        detail=f"Declared {declared}, but the bytes {evidence} look like {meant}.",
    )


_LABELS: Final = {
    Charset.I1: "ISO 8859-1 (Westeuropa)",
    Charset.I5: "ISO 8859-15 (Westeuropa mit €)",
    Charset.I7: "DIN 66003 (7 Bit)",
    Charset.I8: "DIN 66303, Ausgabe 1986 (8 Bit, DRV8)",
}

_LATIN_1: Final = bytes(range(256)).decode("latin-1")
_GERMAN: Final = str.maketrans("[\\]{|}~@", "ÄÖÜäöüß§")
_EXCHANGED: Final = str.maketrans("[\\]{|}~@ÄÖÜäöüß§", "ÄÖÜäöüß§[\\]{|}~@")
_TABLES: Final = {
    Charset.I1: _LATIN_1,
    Charset.I5: bytes(range(256)).decode("iso8859-15"),
    Charset.I7: _LATIN_1[:128].translate(_GERMAN) + "".join(chr(0xDC00 + byte) for byte in range(128, 256)),
    Charset.I8: _LATIN_1.translate(_EXCHANGED),
}
_BYTES: Final = {charset: codecs.charmap_build(table) for charset, table in _TABLES.items()}

_UNDEFINED: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_WRITTEN: Final = {
    Charset.I1: frozenset(DIFFERENT_IN_I1_AND_I5),
    Charset.I5: frozenset(DIFFERENT_IN_I1_AND_I5),
    Charset.I7: frozenset[str](),
    Charset.I8: frozenset(DIFFERENT_IN_I1_AND_I5 + UNSURE_IN_I8),
}
_REFUSED: Final = {
    (charset, whole): re.compile(f"[^{re.escape(''.join(sorted(charset.repertoire(whole=whole))))}]")
    for charset in Charset
    for whole in (False, True)
}

# All stand-ins are letters, digits and signs that each of the four charsets has at the same place.
_STAND_INS: Final = (
    dict.fromkeys("„“”‟«»″〃", '"')
    | dict.fromkeys("‚‘’‛′‹›´ʹʻʼʽʾʿ", "'")
    | dict.fromkeys("‐‑‒–—―−⁃•~", "-")
    | dict.fromkeys("|\\¦÷∕", "/")
    | dict.fromkeys("[{", "(")
    | dict.fromkeys("]}", ")")
    | {"@": "(at)", "©": "(c)", "®": "(R)", "€": "EUR", "£": "GBP", "¥": "JPY", "¢": "ct", "°": " Grad"}
    | {"¼": " 1/4", "½": " 1/2", "¾": " 3/4", "µ": "u", "μ": "u", "±": "+/-", "×": "x"}
    | {"·": ".", "¿": "?", "¡": "!", "≤": "<=", "≥": ">="}
    | {"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "OE", "ø": "oe", "Å": "AA", "å": "aa"}
    | {"Ð": "D", "ð": "d", "Đ": "D", "đ": "d", "Þ": "TH", "þ": "th", "Ħ": "H", "ħ": "h"}
    | {"Ł": "L", "ł": "l", "Ŋ": "N", "ŋ": "n", "Ŧ": "T", "ŧ": "t", "ı": "i", "ĸ": "q", "ẞ": "SS"}
)

_MEANT: Final = {
    "I1": "I1 (ISO 8859-1)",
    "I8": "I8 (DIN 66303)",
    "UTF-8": "UTF-8",
    "UTF-16": "UTF-16",
    "CP850": "Codepage 850",
    "CP1252": "Windows-1252 oder einer anderen Codepage",
}
_CODECS: Final = {"CP850": "cp850", "CP1252": "cp1252"}

_CONTINUATIONS: Final = bytes(range(0x80, 0xC0))
_WIDE: Final = re.compile(
    rb"\A(?:\xff\xfe[^\x00]|\xfe\xff)\x00|(?:[\t\r\n -~]\x00){4}|(?:\x00[\t\r\n -~]){4}"
)
_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SURE_SEQUENCE: Final = re.compile(rb"\A\xef\xbb\xbf|[\xc2\xc3][\x80-\xbf]")

# Without one of these bytes there is nothing to suspect. C2 to C5 begin the letters of Europe in UTF-8, E1 is
# the ß of codepage 850.
_NOTEWORTHY: Final = {
    Charset.I1: re.compile(rb"[\x00\x80-\x9f\[\\\]{|}~\xc2-\xc5\xe1]"),
    Charset.I5: re.compile(rb"[\x00\x80-\x9f\[\\\]{|}~\xc2-\xc5\xe1]"),
    Charset.I7: re.compile(rb"[\x00\x80-\xff]"),
    Charset.I8: re.compile(rb"[\x00\x80-\x9f\xc2-\xc5\xd6\xdc\xdf\xe1\xe4\xf6\xfc]"),
}
_CP850: Final = re.compile(
    rb"[\x81\x8d\x8f\x90\x9d]"  # Windows-1252 has no characters here.
    rb"|(?<=[A-Za-z])[\x82-\x84\x87\x88\x94](?=[a-z])"  # é â ä ç ê ö, in Windows ‚ ƒ „ ‡ ˆ ”
    rb"|(?<=[A-Z])[\x8e\x99\x9a](?=[A-Z])|(?<=[ +-])[\x99\x9a](?=[a-z])"  # Ä Ö Ü, in Windows Ž ™ š
    rb"|(?<=[Ss]tra)\xe1(?=e)"
)
_CP1252: Final = re.compile(rb"[\x80-\x9f]")
_GERMAN_PLACES: Final = re.compile(
    rb"(?<=[A-Za-z])[{|}](?=[a-z~])|(?<=[a-z{|}])~(?=[a-z])"  # M}ller, Gr|~e
    rb"|(?<=[A-Z])[\[\\\]](?=[A-Z])"  # M]LLER
    rb"|(?<=[ +-])[\\\]|}](?=[a-z]{2})"  # ]ber, since no bracket closes before a word
    rb"|(?<=[ +-])[\[{](?=[a-z]{2})(?![^+:']{0,70}[\]}])"  # [rzte, unless a bracket closes later
    rb"|(?<=[a-z{|}])~(?=[ +:',.;/)-])"  # Gro~
)
_LATIN_PLACES: Final = re.compile(
    rb"(?<=[A-Za-z])[\xe4\xf6\xfc](?=[a-z\xdf])|(?<=[a-z\xe4\xf6\xfc])\xdf(?=[a-z])"
    rb"|(?<=[A-Z])[\xc4\xd6\xdc](?=[A-Z])"
    rb"|(?<=[ +-])[\xc4\xd6\xdc\xe4\xf6\xfc](?=[a-z]{2})"
    rb"|(?<=[a-z\xe4\xf6\xfc])\xdf(?=[ +:',.;/)-])"
)
_LATIN_REST: Final = re.compile(rb"[\xa0-\xff]")
_CODEPAGES: Final = (("CP850", _CP850), ("CP1252", _CP1252))
_EVIDENCE: Final = {
    Charset.I1: (*_CODEPAGES, ("I8", _GERMAN_PLACES)),
    Charset.I5: (*_CODEPAGES, ("I8", _GERMAN_PLACES)),
    Charset.I7: (*_CODEPAGES, ("I1", _LATIN_PLACES), ("I8", _LATIN_REST)),
    Charset.I8: (*_CODEPAGES, ("I1", _LATIN_PLACES)),
}

# What makes a noteworthy byte worth a look at the whole.
_DOUBTFUL: Final = {
    charset: re.compile(
        b"|".join([rb"\x00|[\xc2-\xc5][\x80-\xbf]", *(found.pattern for _, found in evidence)])
    )
    for charset, evidence in _EVIDENCE.items()
}
