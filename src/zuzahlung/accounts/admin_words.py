"""What a row of accounts is called on the operator's pages: states in words, and what parcels are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from zuzahlung.accounts.models import Person, Registration
from zuzahlung.delivery import operating
from zuzahlung.delivery.admin import state_of_parcel
from zuzahlung.delivery.services import kind_name
from zuzahlung.journal.admin import moment, state_words


def account_words(row: Any) -> SafeString:
    """What became of an institution's account, from the row and its two annotations."""
    if row.left_at is not None:
        return state_words("none", "Teilnahme beendet")
    if row.removed_at is not None:
        return state_words("bad", "aus dem Verzeichnis genommen")
    if row.missing_at is not None:
        return state_words("caution", "fehlt im Verzeichnis")
    if row.is_active:
        return state_words("good", "in Gebrauch")
    if row.is_waiting:
        return state_words("none", "Erstanmeldung steht aus")
    return state_words("none", "kein Konto")


REGISTRATION_WORDS: Mapping[str, tuple[str, str]] = {
    Registration.OPEN: ("none", "beim Arbeiter"),
    Registration.LETTERS: ("good", "Briefe bestellt"),
    Registration.UNKNOWN: ("caution", "IK nicht im Verzeichnis"),
    Registration.NO_ADDRESS: ("caution", "keine Anschrift"),
    Registration.REGISTERED: ("none", "Konto bestand schon"),
    Registration.COOLING: ("none", "zu früh nach der letzten"),
    Registration.OBJECTED: ("bad", "Widerspruch"),
    Registration.CLOSED: ("none", "ohne Briefe geschlossen"),
}


def registration_words(state: str) -> SafeString:
    """The state of a request in words."""
    return state_words(*REGISTRATION_WORDS[state])


PERSON_WORDS: Mapping[str, tuple[str, str]] = {
    Person.WAITING: ("none", "wartet auf Erstanmeldung"),
    Person.ACTIVE: ("good", "aktiv"),
    Person.LEFT: ("none", "ausgeschieden"),
}


def letter_line(line: operating.LetterLine) -> dict[str, Any]:
    """A letter in the list beside an institution or a request."""
    return {
        "kind": kind_name(line.kind),
        "state": state_of_parcel(line.state),
        "at": moment(line.done_at or line.made_at),
    }
