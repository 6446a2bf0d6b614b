"""What was decided otherwise than on an ordinary Verordnung, each in one German sentence for letter and page.

Source: SGB V, §§ 32(2), 61 Satz 3, 62(1); TA1 V21, 5.5.3.3, 7.4; house, where `is_official` is False.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zuzahlung.standards import money
from zuzahlung.standards.copayment.law import Zuzahlungssatz
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import format_day


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One unusual decision: a stable English id, a German sentence, and on what it rests.

    `is_official` is False where no official text settles it and our reading is a setting
    (`CopaymentRules`); whoever shows the sentence may say so.
    """

    rule: str
    text: str
    source: str
    is_official: bool


def flat_capped(betrag: Decimal, satz: Zuzahlungssatz) -> Decision:
    """Say that less than the full amount for each Verordnung is due, because the services cost no more."""
    return Decision(
        rule="flat.capped",
        text=f"Statt {euro(satz.je_verordnung)} je Verordnung fallen nur {euro(betrag)} an: "
        "Die Zuzahlung ist nie höher als der Preis der Leistungen.",
        source="TA1 V21, 5.5.3.3 BES, GZF",
        is_official=True,
    )


def flat_dropped(first_day: date, status: Status, satz: Zuzahlungssatz) -> Decision:
    """Say that the amount for each Verordnung is not due, since nothing was owed on the first day."""
    was = "noch nicht 18" if status is Status.MINOR else "befreit"
    return _ours(
        f"flat.{status.value}-on-first-day",
        f"{_the(satz.je_verordnung)} je Verordnung entfallen: "
        f"Am ersten Behandlungstag, dem {format_day(first_day)}, war die Person {was}.",
    )


def flat_stays(first_day: date, satz: Zuzahlungssatz) -> Decision:
    """Say that the amount for each Verordnung is due although an exemption began later."""
    return _ours(
        "flat.liable-on-first-day",
        f"{_the(satz.je_verordnung)} je Verordnung bleiben fällig: "
        f"Am ersten Behandlungstag, dem {format_day(first_day)}, war die Person noch nicht befreit.",
    )


def flat_due_later(liable_day: date, satz: Zuzahlungssatz) -> Decision:
    """Say that the amount for each Verordnung is due because of a later day."""
    return _ours(
        "flat.liable-on-a-later-day",
        f"{_the(satz.je_verordnung)} je Verordnung sind fällig: "
        f"Ab dem {format_day(liable_day)} war die Zuzahlung zu leisten.",
    )


def flat_without_bearing_item(satz: Zuzahlungssatz) -> Decision:
    """Say that the amount for each Verordnung is not due, since no position bears a Zuzahlung."""
    return _ours(
        "flat.no-bearing-item",
        f"{_the(satz.je_verordnung)} je Verordnung entfallen: Alle Leistungen sind zuzahlungsfrei.",
    )


def flat_charged_before(satz: Zuzahlungssatz) -> Decision:
    """Say that an invoice for what was forgotten does not carry the amount for each Verordnung again."""
    return _ours(
        "flat.charged-before",
        f"{_the(satz.je_verordnung)} je Verordnung werden nicht noch einmal berechnet: "
        "Sie gehören zur ersten Abrechnung der Verordnung.",
    )


def flat_not_repeated(satz: Zuzahlungssatz) -> Decision:
    """Say that a Korrekturrechnung for the unpaid part does not carry the amount for each Verordnung."""
    return _ours(
        "flat.not-repeated",
        f"{_the(satz.je_verordnung)} je Verordnung werden nicht noch einmal abgezogen: "
        "Ein Teil der Verordnung ist bereits bezahlt.",
    )


def flat_never_repeated(satz: Zuzahlungssatz) -> Decision:
    """Say that no Korrekturrechnung carries the amount for each Verordnung, because it is set so."""
    return _ours(
        "flat.never-repeated",
        f"{_the(satz.je_verordnung)} je Verordnung werden in einer Korrekturrechnung nicht noch einmal "
        "abgezogen (so eingestellt).",
    )


def some_days_only(liable: int, others: Collection[Status], satz: Zuzahlungssatz) -> Decision:
    """Say on how many days of this invoice the share is due; `others` has a status for each other day."""
    was = " oder ".join(
        words
        for status, words in ((Status.MINOR, "noch nicht 18"), (Status.EXEMPT, "befreit"))
        if status in others
    )
    rest = "Am anderen Tag" if len(others) == 1 else "An den anderen Tagen"
    return Decision(
        rule="percent.some-days",
        text=f"Die {per_cent(satz)} Prozent fallen nur an {liable} von {len(others) + liable} "
        f"Behandlungstagen an: {rest} war die Person {was}.",
        source="SGB V, §§ 32(2), 62(1); TA1 V21, 7.4.2.3; UE, 13",
        is_official=True,
    )


def free_positions(positions: Iterable[str]) -> Decision:
    """Say which positions bear no Zuzahlung though the insured owes."""
    *most, last = sorted(set(positions))
    text = f"Die Positionen {', '.join(most)} und {last} sind" if most else f"Die Position {last} ist"
    return Decision(
        rule="percent.free-positions",
        text=f"{text} zuzahlungsfrei.",
        source="Vergütungsvereinbarung nach § 125 SGB V",
        is_official=True,
    )


def spared(by: str) -> Decision:
    """Say that the law demands nothing here for a reason other than age and exemption."""
    return _ours("all.spared", f"Es ist keine gesetzliche Zuzahlung zu leisten ({by}).")


def flat_claimed(first_day: date, betrag: Decimal) -> Decision:
    """Say that a claim for a part takes the amount for each Verordnung along, because of the first day."""
    return _ours(
        "claim.first-day-claimed",
        f"{_the(betrag)} je Verordnung werden mitgefordert: Der erste Behandlungstag, "
        f"der {format_day(first_day)}, gehört zu den geforderten Tagen.",
    )


def flat_not_claimed(first_day: date, betrag: Decimal) -> Decision:
    """Say that a claim for a part leaves the amount for each Verordnung out, because of the first day."""
    return _ours(
        "claim.first-day-not-claimed",
        f"{_the(betrag)} je Verordnung werden nicht gefordert: Der erste Behandlungstag, "
        f"der {format_day(first_day)}, gehört nicht zu den geforderten Tagen.",
    )


def flat_claimed_always(betrag: Decimal) -> Decision:
    """Say that a claim for a part takes the amount for each Verordnung along, because it is set so."""
    return _ours(
        "claim.flat-always",
        f"{_the(betrag)} je Verordnung werden mitgefordert, obwohl nur ein Teil gefordert wird "
        "(so eingestellt).",
    )


def flat_claimed_never(betrag: Decimal) -> Decision:
    """Say that a claim for a part leaves the amount for each Verordnung out, because it is set so."""
    return _ours(
        "claim.flat-never",
        f"{_the(betrag)} je Verordnung werden nicht gefordert, weil nur ein Teil gefordert wird "
        "(so eingestellt).",
    )


def flat_still_owed(betrag: Decimal) -> Decision:
    """Say that the amount for each Verordnung stays with the insured: only a position was free."""
    return _ours(
        "claim.flat-still-owed",
        f"{_the(betrag)} je Verordnung werden nicht gefordert: "
        "Die Person ist zuzahlungspflichtig und hat sie selbst zu zahlen.",
    )


def euro(amount: Decimal) -> str:
    """Return the amount as a sentence says it.

    >>> euro(Decimal("10.00")), euro(Decimal("7.59"))
    ('10 Euro', '7,59 Euro')
    """
    return f"{money.format(amount).removesuffix(' €').removesuffix(',00')} Euro"


def per_cent(satz: Zuzahlungssatz) -> str:
    """Return the share of the law as a sentence says it: „10“."""
    return f"{satz.vom_hundert.normalize():f}".replace(".", ",")


def _the(amount: Decimal) -> str:
    return f"Die {euro(amount)}"


def _ours(rule: str, text: str) -> Decision:
    return Decision(rule=rule, text=text, source="house, not officially sourced", is_official=False)
