"""Arbitrary rows of every segment and arbitrary whole files, made from the tables alone: for properties.

What comes out has its form and its order, and nothing more: no sum fits, no code need be in its table. Numbers
and texts are drawn up to their greatest length, texts are full of the characters that have to be released.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.forms import Form
from zuzahlung.standards.edifact.tables import Field, Segment, Table, table_of
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.files import (
    Abrechnungsfall,
    Einzelabrechnung,
    Gesamtaufstellung,
    Nutzdaten,
    Position,
)
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ

Alphabets = Sequence[str | st.SearchStrategy[str]]
"""A text is drawn from one of them."""

SEGMENTS: tuple[type[Segment], ...] = (
    UNB, UNH, UNT, UNZ,
    slga.FKT, slga.REC, slga.UST, slga.SKO, slga.GES, slga.NAM,
    slla.FKT, slla.INV, slla.URI, slla.NAD, slla.IMG, slla.EVO, slla.EHE, slla.TXT, slla.MWS, slla.ZHE,
    slla.DIA, slla.SKZ, slla.BES, slla.GZF,
)  # fmt: skip
"""Every segment there is; FKT is one of SLGA and another of SLLA."""


def name_of(segment: type[Segment]) -> str:
    """Return what tells two segments of one tag apart in the names of tests."""
    return f"{segment.__module__.rsplit('.', 1)[-1]}.{segment.__name__}"


# What has to be released, the decimal mark, which need not be, and little else.
_SPECIAL = ":+?', äÖß-A1"

EVERYTHING: Alphabets = (_SPECIAL, st.characters(exclude_categories=("Cc", "Cs")))
"""Every character of a text, in no charset in particular."""


def characters_of(charset: Charset) -> Alphabets:
    """Return the characters that can be written in this charset."""
    return (_SPECIAL, "".join(sorted(charset.repertoire())))


def rows(segment: type[Any], alphabets: Alphabets = EVERYTHING) -> st.SearchStrategy[Any]:
    """Return any rows of a segment or composite whose values have their forms."""
    return _rows(table_of(segment), alphabets)


def _rows(table: Table, alphabets: Alphabets) -> st.SearchStrategy[Any]:
    return st.builds(table.row, **{field.name: _values(field, alphabets) for field in table.fields})


def _values(field: Field, alphabets: Alphabets) -> st.SearchStrategy[Any]:
    values: st.SearchStrategy[Any] = (
        _rows(field.composite, alphabets)
        if field.composite is not None
        else of_form(field.the_form, alphabets)
    )
    return values if field.is_mandatory else st.one_of(st.none(), values)


def of_form(form: Form, alphabets: Alphabets = EVERYTHING) -> st.SearchStrategy[Any]:
    """Return any values of a form, the longest and the shortest among them."""
    if not form.most:
        return st.none()
    if form.decimals:
        largest = 10 ** (form.most + form.decimals) - 1
        return st.integers(-largest, largest).map(lambda whole: _shifted(whole, form.decimals))
    if form.read is int:
        return st.integers(0, 10**form.most - 1)
    if form.read is str:
        return _texts(form, ("0123456789",) if form.is_number else alphabets)
    return st.dates(date.min, date.max)


def _shifted(whole: int, decimals: int) -> Decimal:
    digits = tuple(int(digit) for digit in str(abs(whole)))
    return Decimal((int(whole < 0), digits, -decimals))


def _texts(form: Form, alphabets: Alphabets) -> st.SearchStrategy[str]:
    sizes = {(form.least, form.most), (form.most, form.most), (form.least, form.least)}
    return st.one_of(
        [
            st.text(alphabet, min_size=least, max_size=most)
            for alphabet in alphabets
            for least, most in sorted(sizes)
        ]
    )


def positions(alphabets: Alphabets = EVERYTHING) -> st.SearchStrategy[Position]:
    """Return any positions."""
    return st.builds(
        Position,
        ehe=rows(slla.EHE, alphabets),
        txt=_maybe(slla.TXT, alphabets),
        mws=_maybe(slla.MWS, alphabets),
    )


def cases(alphabets: Alphabets = EVERYTHING) -> st.SearchStrategy[Abrechnungsfall]:
    """Return any cases, with one to three positions and diagnoses."""
    return st.builds(
        Abrechnungsfall,
        inv=rows(slla.INV, alphabets),
        uri=_maybe(slla.URI, alphabets),
        nad=rows(slla.NAD, alphabets),
        img=_maybe(slla.IMG, alphabets),
        evo=_maybe(slla.EVO, alphabets),
        positionen=_several(positions(alphabets), 1, 3),
        zhe=rows(slla.ZHE, alphabets),
        diagnosen=_several(rows(slla.DIA, alphabets), 1, 3),
        skz=_maybe(slla.SKZ, alphabets),
        summe=st.one_of(rows(slla.BES, alphabets), rows(slla.GZF, alphabets)),
    )


def messages(alphabets: Alphabets = EVERYTHING) -> st.SearchStrategy[Gesamtaufstellung | Einzelabrechnung]:
    """Return any messages of both kinds; SKO and GES stand as often as they may."""
    slga_messages = st.builds(
        Gesamtaufstellung,
        fkt=rows(slga.FKT, alphabets),
        rec=rows(slga.REC, alphabets),
        ust=_maybe(slga.UST, alphabets),
        sko=_several(rows(slga.SKO, alphabets), 0, 9),
        ges=_several(rows(slga.GES, alphabets), 2, 9),
        nam=rows(slga.NAM, alphabets),
    )
    slla_messages = st.builds(
        Einzelabrechnung,
        fkt=rows(slla.FKT, alphabets),
        rec=rows(slga.REC, alphabets),
        faelle=_several(cases(alphabets), 1, 2),
    )
    return st.one_of(slga_messages, slla_messages)


def whole_files(alphabets: Alphabets = EVERYTHING) -> st.SearchStrategy[Nutzdaten]:
    """Return any files of version 21, with one to three messages in any order."""
    return st.builds(
        Nutzdaten,
        unb=rows(UNB, alphabets),
        version=st.just("21"),
        nachrichten=_several(messages(alphabets), 1, 3),
    )


def _maybe(segment: type[Any], alphabets: Alphabets) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), rows(segment, alphabets))


def _several(of: st.SearchStrategy[Any], least: int, most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, min_size=least, max_size=most).map(tuple)
