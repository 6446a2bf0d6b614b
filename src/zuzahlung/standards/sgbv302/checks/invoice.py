"""Prüfstufe 3 of invoices: what SLGA and SLLA say of each other, the numbers and sums of a file as a whole.

An SLGA is judged when it is known what follows it: an SLLA makes it a Gesamtrechnung, another SLGA makes it
a Sammelrechnung. An invoice is judged when the next one begins, so that an SLLA too many is seen before its
sums are compared.

Source: TA1 V21, 5.3; TA1 V21, 5.5.2; TA1 V21, 7; house, what is asked when.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from zuzahlung.standards.keys.verarbeitung import ZUZAHLUNGSFORDERUNG
from zuzahlung.standards.sgbv302.checks import blocks, heads, numbers, sequence
from zuzahlung.standards.sgbv302.checks.blocks import Block
from zuzahlung.standards.sgbv302.checks.ges import of_ges
from zuzahlung.standards.sgbv302.checks.heading import (
    Heading,
    differences,
    heading_of,
    is_other_invoice,
    of_differences,
)
from zuzahlung.standards.sgbv302.checks.known import Known
from zuzahlung.standards.sgbv302.checks.rules import FileFinding
from zuzahlung.standards.sgbv302.checks.seen import At, Case, Message
from zuzahlung.standards.sgbv302.checks.sums import Sums
from zuzahlung.standards.sgbv302.checks.vouchers import Vouchers
from zuzahlung.standards.sgbv302.grouping import SELBST
from zuzahlung.standards.sgbv302.numbering import OHNE_SAMMELRECHNUNG

_SLGA: Final = "SLGA"
_SLLA: Final = "SLLA"
_NOTHING: Final[AbstractSet[str]] = frozenset()
_UNKNOWN: Final = Heading()


@dataclass(slots=True)
class _Invoice:
    """A Gesamtrechnung: its SLGA, None where there is none, or none that could be read (`is_lost`)."""

    slga: Message | None
    block: Block | None
    is_lost: bool = False
    heading: Heading = _UNKNOWN
    sums: Sums = field(default_factory=Sums)
    vouchers: Vouchers = field(default_factory=Vouchers)
    sllas: int = 0
    segments: int = 0


class Invoices:
    """The invoices of one file as they pass by."""

    def __init__(self) -> None:
        self._known = Known()
        self._slga: Message | None = None
        self._invoice: _Invoice | None = None
        self._block: Block | None = None

    def begin(self, unb: At) -> None:
        """Remember the head of the file."""
        self._known.begin(unb)

    def open(self, message: Message) -> Iterator[FileFinding]:
        """Yield what is known to be wrong before this message, now that it begins."""
        typ = message.typ
        if typ not in {_SLGA, _SLLA}:
            typ = _SLGA if self._slga is None or sequence.is_marked(self._slga) else _SLLA
        yield from self._settle(typ)
        if typ == _SLGA:
            yield from self._finish()
        if message.nachricht is None:
            self._lose(typ)

    def head(self, message: Message) -> Iterator[FileFinding]:
        """Yield what is wrong with the head of an SLLA beside its SLGA; asked once, before its first case ends."""
        invoice = self._invoice
        if invoice is None and not message.is_whole:
            self._lose(_SLGA)
            return
        if invoice is None or _is_another(invoice, message):
            yield from self._finish()
            yield sequence.WITHOUT_SLGA.broken_at(message.first)
            invoice = self._invoice = _Invoice(slga=None, block=None)
            self._spoil_block()
        if invoice.sllas:
            if invoice.sllas == 1 and invoice.slga is not None:
                yield sequence.SECOND_SLLA.broken_at(message.first)
        else:
            yield from self._of_heads(invoice, message)
        invoice.sllas += 1
        message.vkz = invoice.heading.vkz

    def add(self, case: Case) -> Iterator[FileFinding]:
        """Yield what is wrong with a case beside the others of its invoice."""
        invoice = self._invoice
        if invoice is None:
            return
        invoice.sums.add(case, invoice.heading.vkz, is_repeated=invoice.vouchers.has(case))
        yield from invoice.vouchers.add(case, invoice.heading.vkz)

    def close(self, message: Message) -> Iterator[FileFinding]:
        """Yield what is wrong with a message that ends here."""
        if message.typ == _SLGA:
            self._slga = message
            yield from heads.of_slga(message)
            yield from self._known.of_sender(message)
            return
        if not message.cases:
            yield from self.head(message)
        if self._invoice is not None:
            self._invoice.segments += message.segments
            if not message.is_whole:
                self._invoice.sums.is_complete = False

    def end(self, *, is_cut: bool) -> Iterator[FileFinding]:
        """Yield what is wrong with the file as a whole; where it is cut off, nothing that is missing is missed."""
        if is_cut and self._slga is not None:
            return
        yield from self._settle("")
        yield from self._finish()
        if not is_cut:
            yield from self._end_of_block()

    def _settle(self, following: str) -> Iterator[FileFinding]:
        """Decide what the last SLGA was, knowing which message follows, and yield what speaks against it."""
        slga, self._slga = self._slga, None
        if slga is None:
            return
        if slga.fkt is None:
            if following == _SLGA:
                self._lose(_SLGA)
            else:
                self._invoice = _Invoice(slga=slga, block=self._block)
            return
        is_marked, has_fund = sequence.is_marked(slga), slga.fkt.row.ik_krankenkasse is not None
        if is_marked == has_fund:
            is_sammel = following == _SLGA if following else is_marked
            yield from sequence.of_mark(slga.fkt, is_marked=is_marked, is_sammel=is_sammel)
        else:
            is_sammel = is_marked
        if is_sammel:
            yield from self._begin_block(slga)
        else:
            self._invoice = _Invoice(slga=slga, block=self._block)

    def _lose(self, typ: str) -> None:
        """A message cannot be read: what it belongs to is not compared, and nothing is said to be missing."""
        self._spoil_block()
        if typ == _SLGA:
            self._known.is_lost = True
            self._invoice = _Invoice(slga=None, block=None, is_lost=True)
        elif self._invoice is not None:
            self._invoice.sllas += 1
            self._invoice.sums.is_complete = False

    def _spoil_block(self) -> None:
        if self._block is not None:
            self._block.invoices += 1
            self._block.sums.is_complete = False
            self._block.rows.is_complete = False

    def _begin_block(self, slga: Message) -> Iterator[FileFinding]:
        yield from self._end_of_block()
        heading = heading_of(slga, None)
        self._block = Block(slga, heading)
        yield from self._known.of_iks(slga, _NOTHING)
        yield from numbers.of_form(heading)
        yield from numbers.of_use(heading, self._known, is_sammel=True)
        yield from self._known.of_heading(heading)
        yield from blocks.of_sammel(slga, heading, self._known)

    def _end_of_block(self) -> Iterator[FileFinding]:
        block, self._block = self._block, None
        if block is None:
            return
        if not block.invoices:
            yield blocks.EMPTY.broken_at(block.slga.first)
        elif block.heading.vkz is not None:
            expected = block.rows.beside(block.sums.expected(block.heading.vkz))
            yield from of_ges(block.slga, expected, is_claim=_is_claim(block.heading), is_sammel=True)

    def _of_heads(self, invoice: _Invoice, slla: Message | None) -> Iterator[FileFinding]:
        """Yield what SLGA and SLLA say wrongly, each by itself, of each other, and beside the rest of the file."""
        slga, known = invoice.slga, self._known
        names = _NOTHING if slga is None or slla is None else differences(slga, slla)
        if slga is not None and slla is not None:
            yield from of_differences(slga, slla, names, self._confirmed(invoice))
        if is_other_invoice(names):
            invoice.sums.is_complete = False
            invoice.heading = heading_of(slga, None)
        else:
            invoice.heading = heading_of(slga, slla)
        for message in (slga, slla):
            if message is not None:
                yield from known.of_iks(message, names)
        yield from self._of_heading(invoice, is_number_sure=not names & {"sammelnummer", "einzelnummer"})
        if slla is not None:
            yield from heads.of_slla(slla)
            yield from blocks.of_biller(slla, invoice.heading, invoice.block)

    def _of_heading(self, invoice: _Invoice, *, is_number_sure: bool) -> Iterator[FileFinding]:
        """Yield what is wrong with what SLGA and SLLA agree in."""
        heading, known = invoice.heading, self._known
        if is_number_sure:
            yield from numbers.of_form(heading)
        yield from known.of_heading(heading)
        if invoice.slga is None:
            return
        yield from blocks.of_sender(heading, invoice.slga, known)
        if invoice.block is None:
            yield from blocks.of_invoice_alone(heading, known)
        elif not (yield from blocks.of_invoice_under(invoice.block, heading, known)):
            yield from self._end_of_block()
            invoice.block = None
        if is_number_sure:
            yield from numbers.of_use(heading, known, is_sammel=False)

    def _confirmed(self, invoice: _Invoice) -> dict[str, object]:
        """Return what the rest of the file says of what SLGA and SLLA disagree in."""
        above = None if invoice.block is None else invoice.block.heading
        known = self._known
        said: dict[str, object] = {"vkz": known.vkz, "rechnungsart": known.rechnungsart}
        if above is None:
            if known.rechnungsart in {None, SELBST} and known.unb is not None:
                said["ik_rechnungssteller"] = known.unb.row.absender
            return {**said, "einzelnummer": OHNE_SAMMELRECHNUNG}
        return {
            **said,
            "ik_kostentraeger": above.ik_kostentraeger,
            "ik_rechnungssteller": above.ik_rechnungssteller,
            "sammelnummer": above.sammelnummer,
        }

    def _finish(self) -> Iterator[FileFinding]:
        """Yield what is wrong with the invoice that is complete now."""
        invoice, self._invoice = self._invoice, None
        if invoice is None or invoice.slga is None:
            return
        slga = invoice.slga
        if not invoice.sllas:
            invoice.sums.is_complete = False
            if slga.is_whole:
                yield sequence.WITHOUT_SLLA.broken_at(slga.first)
        if invoice.heading is _UNKNOWN:
            yield from self._of_heads(invoice, None)
        else:
            yield from numbers.of_group(invoice.heading, self._known, segments=invoice.segments)
        if invoice.heading.vkz is not None:
            expected = invoice.sums.expected(invoice.heading.vkz)
            yield from of_ges(slga, expected, is_claim=_is_claim(invoice.heading), is_sammel=False)
        if invoice.block is not None:
            invoice.block.invoices += 1
            invoice.block.sums.include(invoice.sums)
            invoice.block.rows.include(slga)


def _is_claim(heading: Heading) -> bool:
    return heading.vkz == ZUZAHLUNGSFORDERUNG


def _is_another(invoice: _Invoice, slla: Message) -> bool:
    """Say whether an SLLA, after the one of this invoice, belongs to none or to another."""
    if not invoice.sllas or invoice.is_lost:
        return False
    return invoice.slga is None or bool(differences(invoice.slga, slla))
