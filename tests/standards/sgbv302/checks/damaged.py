"""Good files of several invoices as text, one change to them, and what the check tells then.

A place is written as a finding is read: „FKT#2.4“ is the fourth element of the second FKT of the file, „REC.1.2“
the second component of the first element of the first REC. Amounts are written out, never computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zuzahlung.standards.sgbv302.checks.flow import check

END = "'\r\n"

PRAXIS, ANDERE_PRAXIS, ABRECHNUNGSSTELLE = "440301798", "461100877", "590301867"
KASSE, ANDERE_KASSE, DRITTE_KASSE = "109990018", "109990029", "109990030"


def message(typ: str, *parts: str | Sequence[str]) -> list[str]:
    """Return the segments of a message, with UNH and UNT that are numbered later."""
    return [f"UNH+0+{typ}:21:0:0", *_flat(parts), "UNT+0+0"]


def _flat(parts: Iterable[str | Sequence[str]]) -> list[str]:
    return [one for part in parts for one in ([part] if isinstance(part, str) else part)]


def luigi(beleg: str, *, status: str = "10000", uri: str | None = None) -> list[str]:
    """Return a case of 13,09 gross, Zuzahlung 1,31 and 10,00; with `uri` it claims them (VKZ 03)."""
    return [
        f"INV+A123456780+{status}+1+{beleg}",
        *([] if uri is None else [f"URI+{uri}"]),
        "NAD+D?'Angelo+Luigi+19720413",
        "EHE+22:00501+29951+1,00+13,09+20260911+1,31",
        f"ZHE+110178400+906716934+20260901+{'3' if uri is None else '2'}+WS+03++++++1+1000++0+1+2",
        "DIA+M54.5",
        "BES+13,09+11,31+1,31+10,00" if uri is None else "GZF+11,31+1,31+10,00",
    ]


def fritz(beleg: str, *, status: str = "50000") -> list[str]:
    """Return a case of 59,26 gross without any Zuzahlung."""
    return [
        f"INV+D456789013+{status}+1+{beleg}",
        "NAD+Frei+Fritz+19600606",
        "EHE+22:00501+20501+1,00+29,63+20260910",
        "EHE+22:00501+20501+1,00+29,63+20260917",
        "ZHE+110178400+906716934+20260901+1+WS+03+++++++1000++0+1+2",
        "DIA+M54.4",
        "BES+59,26",
    ]


def file_of(*messages: Sequence[str], unb: str = "440301798+660999007+20261005") -> str:
    """Return the file of these messages, numbered and counted."""
    sender = unb.split("+", maxsplit=1)[0]
    art = "A" if sender == ABRECHNUNGSSTELLE else "S"
    head = f"UNB+UNOC:3+{unb}:1040+00118+B+SL{sender[2:8]}{art}10+0"
    return counted([head, *_flat(messages), "UNZ+0+00118"])


def counted(segments: Sequence[str]) -> str:
    """Return the file with right numbers and counts in UNH, UNT and UNZ."""
    result, messages, count = [], 0, 0
    for segment in segments:
        count += 1
        if segment.startswith("UNH+"):
            messages, count = messages + 1, 1
            result.append("+".join(["UNH", f"{messages:05}", *segment.split("+")[2:]]))
        elif segment.startswith("UNT+"):
            result.append(f"UNT+{count:06}+{messages:05}")
        elif segment.startswith("UNZ+"):
            result.append("+".join(["UNZ", f"{messages:06}", *segment.split("+")[2:]]))
        else:
            result.append(segment)
    return "".join(segment + END for segment in result)


def put(text: str, where: str, new: str) -> str:
    """Return the file with another element or component at this place, or another segment; counts follow."""
    segments = text.split(END)[:-1]
    name, *numbers = where.split(".")
    place = _place(segments, name)
    if not numbers:
        return counted([*segments[:place], *new.split(END), *segments[place + 1 :]])
    elements = segments[place].split("+")
    element = int(numbers[0])
    elements += [""] * (element + 1 - len(elements))
    if numbers[1:]:
        components = elements[element].split(":")
        components[int(numbers[1]) - 1] = new
        elements[element] = ":".join(components)
    else:
        elements[element] = new
    return counted([*segments[:place], "+".join(elements).rstrip("+"), *segments[place + 1 :]])


def drop(text: str, where: str, upto: str | None = None) -> str:
    """Return the file without a segment, or without several up to and with the second one named; counts follow."""
    segments = text.split(END)[:-1]
    end = _place(segments, where if upto is None else upto)
    return counted([*segments[: _place(segments, where)], *segments[end + 1 :]])


def add(text: str, behind: str, *new: str) -> str:
    """Return the file with segments more behind another one; counts follow."""
    segments = text.split(END)[:-1]
    place = _place(segments, behind) + 1
    return counted([*segments[:place], *new, *segments[place:]])


def _place(segments: Sequence[str], name: str) -> int:
    tag, _, nth = name.partition("#")
    places = [place for place, segment in enumerate(segments) if segment.split("+")[0] == tag]
    return places[int(nth or 1) - 1]


def told(text: str) -> list[str]:
    """Return what is found: rule, Stufe, severity and place, for example `fkt.differs 3 error FKT#2.4`."""
    tags = ["", *(segment.split("+")[0] for segment in text.split(END))]
    return [
        f"{one.rule} {one.stufe} {one.severity.value} {_where(tags, one.segment)}"
        + (f".{one.place}" if one.place else "")
        for one in check([text.encode("latin-1")])
    ]


def _where(tags: Sequence[str], number: int) -> str:
    nth = tags[: number + 1].count(tags[number])
    return tags[number] + (f"#{nth}" if nth > 1 else "")


_NAM = "NAM+Physiotherapie Mustermann+Frau Muster 0300000000"
_TO_KASSE = f"{KASSE}+{KASSE}"

SINGLE = file_of(
    message(
        "SLGA",
        f"FKT+01++{PRAXIS}+{_TO_KASSE}+{PRAXIS}",
        "REC+2026-1001:0+20261005+1",
        "GES+00+62,82+85,44+22,62",
        "GES+11+3,56+26,18+22,62",
        "GES+51+59,26+59,26+0,00",
        _NAM,
    ),
    message(
        "SLLA",
        f"FKT+01++{PRAXIS}+{_TO_KASSE}",
        "REC+2026-1001:0+20261005+1",
        luigi("1"),
        luigi("2", status="10001"),
        fritz("3"),
    ),
)
"""One Gesamtrechnung of three cases: two of status 11, one of status 51."""


def small_invoice(
    number: str, fund: str, *, payer: str = KASSE, provider: str = PRAXIS, sender: str = PRAXIS, art: str = "1",
    biller: str = "",
) -> list[str]:  # fmt: skip
    """Return SLGA and SLLA of one case, 13,09 gross and 11,31 Zuzahlung."""
    return [
        *message(
            "SLGA",
            f"FKT+01++{provider}+{payer}+{fund}+{sender}",
            f"REC+{number}+20261005+{art}",
            "GES+00+1,78+13,09+11,31",
            "GES+11+1,78+13,09+11,31",
            _NAM,
        ),
        *message(
            "SLLA",
            f"FKT+01++{provider}+{payer}+{fund}{biller and '+'}{biller}",
            f"REC+{number}+20261005+{art}",
            luigi("1"),
        ),
    ]


def sammel(
    number: str, *ges: str, payer: str = KASSE, biller: str = PRAXIS, sender: str = PRAXIS, art: str = "1"
) -> list[str]:
    """Return the SLGA of a Sammelrechnung."""
    return message(
        "SLGA", f"FKT+01+J+{biller}+{payer}++{sender}", f"REC+{number}:0+20261005+{art}", ges, _NAM
    )


_ONE = ("GES+00+1,78+13,09+11,31", "GES+11+1,78+13,09+11,31")
_TWO = ("GES+00+3,56+26,18+22,62", "GES+11+3,56+26,18+22,62")

SEVERAL = file_of(small_invoice("2026-1001:0", KASSE), small_invoice("2026-1002:0", ANDERE_KASSE))
"""Two Gesamtrechnungen to two Krankenkassen of one Kostenträger."""

GATHERED = file_of(
    sammel("2026-1001", *_TWO),
    small_invoice("2026-1001:1", KASSE),
    small_invoice("2026-1001:2", ANDERE_KASSE),
    sammel("2026-1002", *_ONE, payer=DRITTE_KASSE),
    small_invoice("2026-1002:1", DRITTE_KASSE, payer=DRITTE_KASSE),
)
"""Two Kostenträger, each with a Sammelrechnung (the first and fourth SLGA), over two invoices and over one."""

_RA2 = {"sender": ABRECHNUNGSSTELLE, "art": "2"}

THIRD_PARTY = file_of(
    small_invoice("2026-1001:0", KASSE, **_RA2),
    small_invoice("2026-77:0", KASSE, provider=ANDERE_PRAXIS, **_RA2),
    unb=f"{ABRECHNUNGSSTELLE}+660999007+20261005",
)
"""Rechnungsart 2: a third party sends the invoices of two practices."""

THIRD_PARTY_GATHERED = file_of(
    sammel("2026-1001", *_ONE, **_RA2),
    small_invoice("2026-1001:1", KASSE, **_RA2),
    sammel("2026-77", *_ONE, biller=ANDERE_PRAXIS, **_RA2),
    small_invoice("2026-77:1", KASSE, provider=ANDERE_PRAXIS, **_RA2),
    unb=f"{ABRECHNUNGSSTELLE}+660999007+20261005",
)
"""Rechnungsart 2 with a Sammelrechnung for each practice."""

_RA3 = {"sender": ABRECHNUNGSSTELLE, "art": "3"}

INKASSO = file_of(
    sammel("001", *_TWO, biller=ABRECHNUNGSSTELLE, **_RA3),
    small_invoice("001:1", KASSE, biller=ABRECHNUNGSSTELLE, **_RA3),
    small_invoice("001:2", KASSE, provider=ANDERE_PRAXIS, biller=ABRECHNUNGSSTELLE, **_RA3),
    sammel("002", *_ONE, biller=ABRECHNUNGSSTELLE, payer=DRITTE_KASSE, **_RA3),
    small_invoice("002:1", DRITTE_KASSE, payer=DRITTE_KASSE, biller=ABRECHNUNGSSTELLE, **_RA3),
    unb=f"{ABRECHNUNGSSTELLE}+660999007+20261005",
)
"""Rechnungsart 3: an Abrechnungsstelle bills for two practices, to two Kostenträger."""

CLAIM = file_of(
    message(
        "SLGA",
        f"FKT+03++{PRAXIS}+{_TO_KASSE}+{PRAXIS}",
        "REC+2026-1104:0+20261005+1",
        "GES+00+22,62+0,00+22,62",
        "GES+11+11,31+0,00+11,31",
        "GES+51+11,31+0,00+11,31",
        _NAM,
    ),
    message(
        "SLLA",
        f"FKT+03++{PRAXIS}+{_TO_KASSE}",
        "REC+2026-1104:0+20261005+1",
        luigi("1", uri=f"{PRAXIS}+2026-1001:0+20260930+1"),
        luigi("2", status="50000", uri=f"{PRAXIS}+2026-1001:0+20260930+2"),
    ),
)
"""VKZ 03: two Zuzahlungsforderungen on one earlier invoice."""

GOOD = {
    "single": SINGLE,
    "several": SEVERAL,
    "gathered": GATHERED,
    "third party": THIRD_PARTY,
    "third party gathered": THIRD_PARTY_GATHERED,
    "inkasso": INKASSO,
    "claim": CLAIM,
}
