"""What is left of an institution's queries, and the warning before they come to an end."""

from __future__ import annotations

from dataclasses import dataclass

from zuzahlung.exemptions.rules import is_scarce
from zuzahlung.exemptions.services import QuotaState


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownQuota:
    """The two numbers of „73 von 100 übrig“, and sentences about what is running short."""

    left: int
    limit: int
    unknown_left: int
    unknown_limit: int
    is_low: bool
    warnings: tuple[str, ...]


def show_quota(state: QuotaState, *, telephone: str, at_once: bool = True) -> ShownQuota:
    """What the pages say; `at_once` leaves out the limit of five minutes where it does not count, as for lists."""
    warnings = []
    is_low = is_scarce(state.left, state.per_day)
    if is_low:
        warnings.append(
            f"Für heute ist das Kontingent {_ends(state.left)}. Brauchen Sie heute mehr, rufen Sie uns bitte an: "
            f"{telephone}."
        )
    if is_scarce(state.unknown_left, state.unknown_per_day, share=2) and state.left:
        warnings.append(_of_unknown(state.unknown_left, state.unknown_per_day))
    if at_once and not is_low and is_scarce(state.burst_left, state.per_burst):
        warnings.append(
            f"In den nächsten Minuten {_are(state.burst_left)} möglich. Für viele Personen gibt es die "
            "Listenabfrage."
        )
    return ShownQuota(
        left=state.usable,
        limit=state.per_day,
        unknown_left=state.unknown_left,
        unknown_limit=state.unknown_per_day,
        is_low=is_low or not state.usable,
        warnings=tuple(warnings),
    )


def _ends(left: int) -> str:
    return "verbraucht" if left == 0 else "bald verbraucht"


def _of_unknown(left: int, limit: int) -> str:
    """Too many numbers without answer stop everybody of the institution, so that is told early."""
    if left == 0:
        return f"Heute gab es schon {limit} Nummern ohne Auskunft. Zum Schutz der Versicherten geht es erst morgen weiter."
    return (
        f"Heute gab es schon {limit - left} von {limit} Nummern ohne Auskunft. Nach der letzten ist bis morgen keine "
        "Abfrage mehr möglich. Bitte vergleichen Sie jede Nummer mit der Karte, auch die Krankenkasse."
    )


def _are(left: int) -> str:
    if left == 0:
        return "ist keine Abfrage mehr"
    return "ist noch eine Abfrage" if left == 1 else f"sind noch {left} Abfragen"
