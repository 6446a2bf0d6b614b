"""What an entry of the journal says, in German words for the operator; nothing of it names an insured."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from zuzahlung.accounts.rules import ROLE_NAMES
from zuzahlung.accounts.services.keys import SCOPES
from zuzahlung.delivery.services import kind_name, sign_of
from zuzahlung.exemptions import disclosure
from zuzahlung.exemptions.permission_texts import Permission, permission_text
from zuzahlung.journal import reading
from zuzahlung.standards.days import format_day
from zuzahlung.vault import codes

ACTIONS: Mapping[str, str] = {
    "exemption-query": "Abfrage des Befreiungsstatus",
    "list-query": "Listenabfrage begonnen",
    "list-export": "Ergebnisse einer Liste heruntergeladen",
    "history-export": "Verlauf heruntergeladen",
    "sign-in": "Anmeldung",
    "first-sign-in": "erste Anmeldung",
    "terms-accepted": "neuen Nutzungsbedingungen zugestimmt",
    "password-changed": "Passwort geändert",
    "email-changed": "E-Mail-Adresse geändert",
    "recovery": "Passwort mit der Prüfnummer neu festgelegt",
    "recovery-paused": "Prüfnummer mehrmals falsch, Pause",
    "pruefnummer-ordered": "neue Prüfnummer bestellt",
    "invitation-made": "Einladung ausgesprochen",
    "invitation-accepted": "Einladung angenommen",
    "invitation-revoked": "Einladung zurückgenommen",
    "role-changed": "Rolle geändert",
    "person-left": "Person ausgeschieden",
    "person-removed": "Person entfernt",
    "key-made": "Schlüssel für Praxissoftware angelegt",
    "key-revoked": "Schlüssel für Praxissoftware widerrufen",
    "participation-ended": "Teilnahme beendet",
    "registration-letters": "Registrierung: Briefe bestellt",
    "registration-resumed": "Registrierung wieder aufgenommen",
    "registration-closed": "Registrierung geschlossen",
    "registration-objected": "Widerspruch gegen Registrierung",
    "letters-ordered-again": "Briefe neu bestellt",
    "letter-posted": "Brief verschickt",
    "letter-returned": "Brief zurückgekommen",
    "letter-withdrawn": "Brief zurückgezogen",
    "letter-impossible": "Brief nicht möglich: keine Anschrift",
    "mail-again": "E-Mail noch einmal versucht",
    "address-changed": "Name, Anschrift oder Leistungsarten geändert",
    "institution-added": "Einrichtung von Hand aufgenommen",
    "institution-removed": "Einrichtung aus dem Verzeichnis genommen",
    "institution-readmitted": "Einrichtung wieder ins Verzeichnis genommen",
    "house-restored": "aus einer Sicherung wiederhergestellt",
    "directory-import": "Verzeichnis eingespielt",
    "directory-refused": "Verzeichnis abgelehnt",
    "registry-served": "Stand des Registers in Kraft",
    "registry-waiting": "Stand des Registers wartet",
    "registry-released": "Stand des Registers freigegeben",
    "registry-refused": "Stand des Registers abgelehnt",
    "quota-changed": "Kontingent geändert",
    "quota-reset": "Zählung von heute neu begonnen",
    "insured-search": "Suche nach einer versicherten Person",
    "keys-rotated": "Schlüssel des Tresors gewechselt",
    "journal-expired": "Einträge nach Ablauf gelöscht",
    "operator-sign-in": "Anmeldung im Betrieb",
    "operator-created": "Zugang zum Betrieb angelegt",
    "operator-replaced": "Zugang zum Betrieb erneuert",
    "operator-blocked": "Zugang zum Betrieb gesperrt",
    "operator-unblocked": "Zugang zum Betrieb wieder zugelassen",
    "operator-password": "Passwort im Betrieb geändert",
    "operator-second-factor": "zweiter Faktor eingerichtet",
}
RESULTS: Mapping[str, str] = {
    "exempt": "befreit",
    "liable": "nicht befreit",
    "minor": "unter 18",
    "mixed": "wechselt in der Serie",
    "unknown": "keine Auskunft möglich",
}
MOST_DAYS_NAMED = 3


def facts(line: reading.Line) -> list[tuple[str, str]]:
    """What an entry says besides, as label and words; nothing in it names an insured."""
    if line.action == disclosure.QUERY:
        days = [format_day(day) for day in line.days]
        more = f" und {len(days) - MOST_DAYS_NAMED} weitere" if len(days) > MOST_DAYS_NAMED else ""
        told = [
            ("Ergebnis", RESULTS.get(line.result or "", line.result or "")),
            ("Tage", ", ".join(days[:MOST_DAYS_NAMED]) + more),
            ("Erlaubnis", _permission(line)),
            ("Auskunft-Nummer", _number(line.id)),
        ]
        return [*told, ("Stand", format_day_of_iso(line.detail.get("stand", "")))]
    return [
        (_LABELS.get(name, name), _words(name, value))
        for name, value in sorted(line.detail.items(), key=lambda pair: pair[0] == "reason")
        if value not in ("", None) and name != "search"
    ]


_LABELS: Mapping[str, str] = {
    "reason": "Grund", "ik": "IK", "name": "Name", "file": "Datei", "complete": "vollständig", "lines": "Zeilen",
    "new": "neu", "returned": "wieder da", "moved": "Anschrift geändert", "changed": "Leistungsarten geändert",
    "missing": "fehlend", "unnamed": "nicht genannt", "without_address": "ohne Anschrift",
    "letters_withdrawn": "Briefe zurückgezogen", "faulty": "fehlerhaft", "changes": "Änderungen", "kind": "Art",
    "parcel": "Sendung", "before": "vorher", "after": "nachher", "used": "gefragt", "unknown": "ohne Auskunft",
    "form": "Form", "stand": "Stand", "day": "vom", "insured": "Versicherte", "current": "jetzt in Gebrauch",
    "role": "Rolle", "person": "Person", "street": "Straße", "postcode": "PLZ", "city": "Ort",
    "service_kinds": "Leistungsarten", "per_day": "am Tag", "per_burst": "in kurzer Zeit",
    "unknown_per_day": "ohne Auskunft am Tag", "keys": "Schlüssel abgeschaltet",
    "invitations": "Einladungen zurückgenommen", "institutions": "Einrichtungen benachrichtigt",
    "refused": "abgelehnt", "rows": "Zeilen", "key": "Schlüssel", "scopes": "darf", "sign_in": "Benutzername",
    "from": "vorher", "to": "jetzt", "again": "zum wiederholten Mal", "invitation": "Einladung", "version": "Fassung",
    "entries": "Einträge", "since": "von", "until": "bis", "asker": "gefragt hat", "number": "Auskunft-Nummer",
    "by_insured": "nach einer Person", "result": "Ergebnis", "list": "Liste",
}  # fmt: skip


def _number(entry: UUID) -> str:
    """The Auskunft-Nummer of an answer; what was never given out has none."""
    try:
        return codes.number_of_uuid7(entry)
    except ValueError:
        return "–"


def _sign(value: Any) -> str:
    """Enough of an id to tell two apart."""
    try:
        return sign_of(UUID(str(value)))
    except ValueError:
        return str(value)


def _capitals(kinds: Any) -> str:
    return ", ".join(str(kind).capitalize() for kind in kinds)


def _role(value: Any) -> str:
    return next((words for role, words in ROLE_NAMES.items() if role == value), str(value))


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "kind": kind_name,
    **dict.fromkeys(("parcel", "list", "key", "invitation"), _sign),
    "result": lambda value: RESULTS.get(value, value),
    **dict.fromkeys(("role", "from", "to"), _role),
    "service_kinds": _capitals,
    "scopes": lambda value: ", ".join(SCOPES.get(one, one) for one in value),
}
"""How a value is written, by what it is the value of; everything else goes by its kind."""
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _words(name: str, value: Any) -> str:
    match value:
        case dict():
            inner = value.items()
            changed = name == "changes"
            return "; ".join(
                f"{_LABELS.get(key, key)}: {_pair(key, one) if changed else _words(key, one)}"
                for key, one in inner
            )
        case _ if name in _WORDS and value:
            return _WORDS[name](value)
        case list():
            return ", ".join(_words("", one) for one in value)
        case bool():
            return "ja" if value else "nein"
        case None:
            return "wie im Haus"
        case str() if _ISO_DAY.fullmatch(value):
            return format_day_of_iso(value)
        case _:
            return str(value)


def _pair(name: str, change: list[Any]) -> str:
    before, after = (_words(name, one) if one else "–" for one in change)
    return f"{before} → {after}"


def _permission(line: reading.Line) -> str:
    try:
        label = permission_text(Permission(line.permission or ""), version=line.permission_text or "").label
    except (KeyError, ValueError):
        label = line.permission or ""
    until = f", bis {format_day(line.permission_until_on)}" if line.permission_until_on else ""
    return f"{label}{until}"


def format_day_of_iso(text: str) -> str:
    """A day as it stands in the journal, written as in Germany."""
    return ".".join(reversed(text.split("-")))
