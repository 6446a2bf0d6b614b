"""Prüfstufe 3 of Sammelrechnungen: which invoices stand under one, and what the Rechnungsart asks for.

Either every Kostenträger of a file has its Sammelrechnung or none has. That one is missing is told once for
all invoices that would stand under it.

Source: TA1 V21, 5.3; TA1 V21, 5.5.2; TA1 V21, 5.5.3.1 FKT.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from zuzahlung.standards.sgbv302.checks.heading import Heading
from zuzahlung.standards.sgbv302.checks.known import Known
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.checks.seen import Message
from zuzahlung.standards.sgbv302.checks.sums import Rows, Sums
from zuzahlung.standards.sgbv302.grouping import MIT_INKASSO, SELBST
from zuzahlung.standards.sgbv302.numbering import OHNE_SAMMELRECHNUNG

_FKT = "TA1 V21, 5.5.2 FKT"
_REC = "TA1 V21, 5.5.2 REC"

MIXED = error(
    "sammel.mixed",
    3,
    "Die Datei mischt Rechnungen mit und ohne Sammelrechnung. Entweder hat jeder Kostenträger eine oder keiner.",
    "Either all Kostenträger of a file have a Sammelrechnung or none.",
    "TA1 V21, 5.3.2, 5.3.3",
)
MISSING = error(
    "sammel.missing",
    3,
    "Für diesen Kostenträger fehlt die Sammelrechnung. Bei Rechnungsart 3 steht über seinen Rechnungen immer eine.",
    "With Rechnungsart 3 each Kostenträger has a Sammelrechnung.",
    "TA1 V21, 5.3.4",
)
EMPTY = error(
    "sammel.empty",
    3,
    "Unter dieser Sammelrechnung steht keine Rechnung.",
    "No Gesamtrechnung follows this Sammelrechnung.",
    "TA1 V21, 5.3",
)
OTHER_PAYER = error(
    "sammel.other-paymaster",
    3,
    "Diese Rechnung geht an den Kostenträger {given}, die Sammelrechnung darüber an {above}.",
    "A Gesamtrechnung has the Kostenträger of the Sammelrechnung above it.",
    "TA1 V21, 5.3",
)
OTHER_NUMBER = error(
    "sammel.other-number",
    3,
    "Diese Rechnung hat die Sammel-Rechnungsnummer {given}, die Sammelrechnung darüber {above}.",
    "A Gesamtrechnung has the Sammel-Rechnungsnummer of the Sammelrechnung above it.",
    _REC,
)
OTHER_PROVIDER = error(
    "sammel.other-provider",
    3,
    "Rechnungssteller dieser Rechnung ist {given}, der Sammelrechnung darüber {above}. Nur bei Rechnungsart 3 "
    "dürfen das zwei sein.",
    "Only with Rechnungsart 3 the Sammelrechnung is another body's than the invoices under it.",
    "TA1 V21, 5.3.3(1)",
)
NEEDS_SINGLE_NUMBER = error(
    "rec.single-number-missing",
    3,
    "Unter einer Sammelrechnung braucht jede Rechnung eine eigene Einzel-Rechnungsnummer, hier steht 0.",
    "Below a Sammelrechnung the single number is another than 0.",
    _REC,
)
NO_SINGLE_NUMBER = error(
    "rec.single-number",
    3,
    "Ohne Sammelrechnung ist die Einzel-Rechnungsnummer 0, hier steht {given}.",
    "Without a Sammelrechnung the single number is 0.",
    _REC,
)
SINGLE_NUMBER_OF_SAMMEL = warning(
    "rec.single-number-of-sammel",
    3,
    "Die Sammelrechnung selbst hat üblicherweise die Einzel-Rechnungsnummer 0, hier steht {given}.",
    "By custom the single number of the Sammelrechnung itself is 0; TA1 does not say it.",
    _REC,
)
TAX_OF_SAMMEL = error(
    "ust.in-sammel",
    3,
    "In einer Sammelrechnung steht kein UST.",
    "UST does not occur in a Sammelrechnung.",
    "TA1 V21, 5.5.2 UST",
)
NOT_SELF = warning(
    "fkt.not-self-billed",
    3,
    "Rechnungsart 1 heißt, dass der Leistungserbringer selbst sendet. Er hat hier aber das IK {given}, der "
    "Absender {sender}. Gemeint ist wohl Rechnungsart 2.",
    "With Rechnungsart 1 the Leistungserbringer is the sender of the file.",
    "TA1 V21, 5.3.2",
)
BILLER_MISSING = error(
    "fkt.biller-missing",
    3,
    "Bei Rechnungsart 3 muss die SLLA das IK des Rechnungsstellers nennen, also der Abrechnungsstelle.",
    "FKT field 6 of an SLLA is mandatory with Rechnungsart 3.",
    "TA1 V21, 5.5.3.1 FKT",
)
BILLER_SURPLUS = error(
    "fkt.biller-surplus",
    3,
    "Das IK des Rechnungsstellers steht in der SLLA nur bei Rechnungsart 3.",
    "FKT field 6 of an SLLA is empty with Rechnungsart 1 and 2.",
    "TA1 V21, 5.5.3.1 FKT",
)
OTHER_BILLER = error(
    "fkt.other-biller",
    3,
    "Als Rechnungssteller nennt die SLLA {given}, die Sammelrechnung darüber {above}.",
    "FKT field 6 of an SLLA is FKT field 3 of the Sammelrechnung.",
    "TA1 V21, 5.5.3.1 FKT",
)


@dataclass(slots=True)
class Block:
    """A Sammelrechnung, and what the invoices under it come to so far."""

    slga: Message
    heading: Heading
    sums: Sums = field(default_factory=Sums)
    rows: Rows = field(default_factory=Rows)
    invoices: int = 0
    told: set[tuple[str, str]] = field(default_factory=set)

    def is_new(self, rule_id: str, value: str) -> bool:
        """Say, once, that this was not yet told of the invoices under this Sammelrechnung."""
        key = (rule_id, value)
        if key in self.told:
            return False
        self.told.add(key)
        return True


def of_sammel(slga: Message, heading: Heading, known: Known) -> Iterator[FileFinding]:
    """Yield what is wrong with a Sammelrechnung by itself, and with there being one."""
    if slga.fkt is not None and known.has_single and not known.has_sammel and known.is_new(MIXED, ""):
        yield MIXED.broken_at(slga.fkt.piece, "2")
    known.has_sammel = True
    if slga.ust is not None:
        yield TAX_OF_SAMMEL.broken_at(slga.ust.piece)
    if heading.rec is not None and heading.einzelnummer not in {None, OHNE_SAMMELRECHNUNG}:
        yield SINGLE_NUMBER_OF_SAMMEL.broken_at(heading.rec.piece, "1.2", given=heading.einzelnummer)


def of_invoice_under(block: Block, heading: Heading, known: Known) -> Generator[FileFinding, None, bool]:
    """Yield what is wrong with an invoice below a Sammelrechnung; return whether it belongs there at all."""
    above = block.heading
    wrong = [
        (rule, at, place, given, other)
        for rule, at, place, given, other in (
            (OTHER_PAYER, heading.fkt, "4", heading.ik_kostentraeger, above.ik_kostentraeger),
            (OTHER_NUMBER, heading.rec, "1.1", heading.sammelnummer, above.sammelnummer),
            (OTHER_PROVIDER, heading.fkt, "3", *_providers(heading, above)),
        )
        if at is not None and given is not None and other is not None and given != other
    ]
    if len(wrong) > 1:
        yield from of_invoice_alone(heading, known)
        return False
    for rule, at, place, given, other in wrong:
        if at is not None and block.is_new(rule.id, given):
            yield rule.broken_at(at.piece, place, given=given, above=other)
    if heading.rec is not None and heading.einzelnummer == OHNE_SAMMELRECHNUNG:
        yield NEEDS_SINGLE_NUMBER.broken_at(heading.rec.piece, "1.2")
    return True


def _providers(heading: Heading, above: Heading) -> tuple[str | None, str | None]:
    if heading.rechnungsart in {None, MIT_INKASSO}:
        return None, None
    return heading.ik_rechnungssteller, above.ik_rechnungssteller


def of_invoice_alone(heading: Heading, known: Known) -> Iterator[FileFinding]:
    """Yield what is wrong with an invoice that has no Sammelrechnung above it."""
    if heading.fkt is None or known.is_lost:
        return
    known.has_single = True
    if heading.rechnungsart == MIT_INKASSO:
        known.told.add((MIXED.id, ""))
        if known.is_new(MISSING, heading.ik_kostentraeger):
            yield MISSING.broken_at(heading.fkt.piece, "4")
    elif known.has_sammel:
        if known.is_new(MIXED, (heading.ik_kostentraeger, heading.sammelnummer)):
            yield MIXED.broken_at(heading.fkt.piece, "4")
    elif heading.rec is not None and heading.einzelnummer not in {None, OHNE_SAMMELRECHNUNG}:
        # Several such numbers of one series mean that their Sammelrechnung is missing.
        known.told.add((MIXED.id, ""))
        if known.is_new(NO_SINGLE_NUMBER, heading.sammelnummer):
            yield NO_SINGLE_NUMBER.broken_at(heading.rec.piece, "1.2", given=heading.einzelnummer)


def of_sender(heading: Heading, slga: Message, known: Known) -> Iterator[FileFinding]:
    """Yield that who bills himself does not send the file."""
    provider = heading.ik_rechnungssteller
    if heading.rechnungsart != SELBST or provider is None or slga.fkt is None:
        return
    senders = {slga.fkt.row.ik_absender} | ({known.unb.row.absender} if known.unb else set())
    if provider not in senders and known.is_new(NOT_SELF, provider):
        yield NOT_SELF.broken_at(slga.fkt.piece, "3", given=provider, sender=slga.fkt.row.ik_absender)


def of_biller(slla: Message, heading: Heading, block: Block | None) -> Iterator[FileFinding]:
    """Yield what is wrong with who is said to bill, which is asked for with Rechnungsart 3 only."""
    if slla.fkt is None or heading.rechnungsart is None:
        return
    given, piece = slla.fkt.row.ik_rechnungssteller, slla.fkt.piece
    above = None if block is None else block.heading.ik_rechnungssteller
    if heading.rechnungsart != MIT_INKASSO:
        if given is not None:
            yield BILLER_SURPLUS.broken_at(piece, "6")
    elif given is None:
        yield BILLER_MISSING.broken_at(piece, "6")
    elif block is not None and above not in {None, given} and block.is_new(OTHER_BILLER.id, given):
        yield OTHER_BILLER.broken_at(piece, "6", given=given, above=above)
