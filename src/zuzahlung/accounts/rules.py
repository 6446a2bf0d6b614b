"""Decisions about accounts: who may do what, when an account sleeps, when a try counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the house decides about accounts; the defaults are those of the leaflet and of `docs/security.md`."""

    pruefnummer_delay_days: int = 1
    initial_valid_days: int = 30
    sleep_after_days: int = 180
    recovery_tries: int = 5
    recovery_pause_hours: int = 24
    registration_cooldown_days: int = 14
    invitation_hours: int = 72
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12


class Role(StrEnum):
    """What a person of an institution is there for."""

    OWNER = "owner"
    BILLING = "billing"
    RECEPTION = "reception"
    AUDITOR = "auditor"


ROLE_NAMES: Mapping[Role, str] = {
    Role.OWNER: "Inhaberin oder Inhaber",
    Role.BILLING: "Abrechnung",
    Role.RECEPTION: "Anmeldung",
    Role.AUDITOR: "Prüfung (nur lesen)",
}


class Right(StrEnum):
    """One thing a role may do."""

    QUERY = "query"
    LIST_QUERY = "list-query"
    OWN_HISTORY = "own-history"
    WHOLE_HISTORY = "whole-history"
    EXPORT_HISTORY = "export-history"
    MANAGE_PEOPLE = "manage-people"
    MANAGE_KEYS = "manage-keys"
    CHANGE_INSTITUTION = "change-institution"


MATRIX: Mapping[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.BILLING: frozenset(
        {Right.QUERY, Right.LIST_QUERY, Right.OWN_HISTORY, Right.WHOLE_HISTORY, Right.EXPORT_HISTORY}
    ),
    Role.RECEPTION: frozenset({Right.QUERY, Right.OWN_HISTORY}),
    Role.AUDITOR: frozenset({Right.OWN_HISTORY, Right.WHOLE_HISTORY, Right.EXPORT_HISTORY}),
}


def may(role: str, right: Right) -> bool:
    """Says whether a person in this role may do this."""
    return right in MATRIX[Role(role)]


def is_asleep(*, last_used_at: datetime | None, now: datetime, settings: Settings) -> bool:
    """Says whether an account was not used for so long that only the Prüfnummer wakes it."""
    return last_used_at is not None and now - last_used_at >= timedelta(days=settings.sleep_after_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tries:
    """How often the Prüfnummer was wrong in a row, and until when recovery pauses."""

    failures: int
    paused_until: datetime | None


def after_wrong_pruefnummer(tries: Tries, *, now: datetime, settings: Settings) -> Tries:
    """Counts one wrong try; the last allowed one pauses recovery and starts a new count."""
    failures = tries.failures + 1
    if failures < settings.recovery_tries:
        return Tries(failures=failures, paused_until=tries.paused_until)
    return Tries(failures=0, paused_until=now + timedelta(hours=settings.recovery_pause_hours))


def throttle_delay(failures: int) -> timedelta:
    """How long the next try has to wait: nothing up to the third failure, then doubling up to 15 minutes.

    It never grows for good, so failures of others delay an account but cannot lock it.
    """
    if failures < 3:
        return timedelta()
    return timedelta(seconds=min(2 ** (failures - 2), 900))


COMMON_PASSWORD = "Dieses Passwort steht auf Listen häufiger Passwörter. Bitte wählen Sie ein anderes."
TRADE_WORDS = (
    "physiotherapie", "physiotherapeut", "krankengymnastik", "ergotherapie", "logopädie", "logopaedie",
    "podologie", "ernährung", "praxis", "therapie", "therapeut", "heilmittel", "hilfsmittel", "rezept",
    "verordnung", "zuzahlung", "befreiung", "krankenkasse", "serviceportal", "musterkasse", "apotheke",
    "massage", "patient", "passwort", "kennwort", "willkommen", "sommer", "winter", "herbst", "frühling",
    "geheim", "initialkennwort", "prüfnummer",
)  # fmt: skip


def fault_of_password(password: str, *, sign_in: str) -> str | None:
    """Why a chosen password is refused by length, trade words or the IK; lists of common ones come besides."""
    if len(password) < 12:
        return "Bitte wählen Sie mindestens 12 Zeichen. Gut sind mehrere Wörter hintereinander."
    if len(password) > 128:
        return "Bitte wählen Sie höchstens 128 Zeichen."
    lowered = password.lower()
    ik = sign_in[:9]
    rest = _without(lowered, (ik, ik[::-1], sign_in.lower()))
    if len(rest) < 8 and rest != lowered:
        return "Das Passwort besteht fast nur aus Ihrem Institutionskennzeichen, und das ist öffentlich. Bitte wählen Sie ein anderes."
    rest = _without(rest, TRADE_WORDS)
    letters = {character for character in rest if character.isalnum()}
    if len(rest) < 6 or len(letters) < 4:
        return (
            "Das Passwort ist zu leicht zu erraten: Es besteht fast nur aus Wörtern, die in Ihrem Beruf naheliegen, "
            "oder aus wenigen verschiedenen Zeichen. Bitte wählen Sie ein anderes."
        )
    return None


def _without(text: str, words: tuple[str, ...]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text
