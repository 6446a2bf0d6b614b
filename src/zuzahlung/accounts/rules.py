"""Decisions about accounts: who may do what, when an account sleeps, when a try counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the house decides about accounts; the defaults are those of the leaflet and of `docs/security.md`."""

    pruefnummer_delay_days: int = 1
    initial_valid_days: int = 30
    sleep_after_days: int = 180
    recovery_tries: int = 5
    recovery_pause_hours: int = 24
    registration_cooldown_days: int = 14
    letter_cooldown_days: int = 7
    objection_cooldown_days: int = 90
    directory_faulty_share: float = 0.05
    directory_missing_share: float = 0.1
    directory_bytes: int = 200_000_000
    invitation_hours: int = 72
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    registration_kept_days: int = 365
    invitation_kept_days: int = 90
    notice_kept_days: int = 365
    secret_kept_days: int = 90


class Role(StrEnum):
    """What a person of an institution is there for."""

    OWNER = "owner"
    BILLING = "billing"
    RECEPTION = "reception"
    AUDITOR = "auditor"


ROLE_NAMES: Mapping[Role, str] = {
    Role.OWNER: "Inhaberin oder Inhaber",
    Role.BILLING: "Abrechnung",
    Role.RECEPTION: "Empfang",
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
    ORDER_LETTERS = "order-letters"
    END_PARTICIPATION = "end-participation"


RIGHT_NAMES: Mapping[Right, str] = {
    Right.QUERY: "Den Befreiungsstatus abfragen",
    Right.LIST_QUERY: "Listen abfragen",
    Right.OWN_HISTORY: "Eigene Abfragen und Nachweise sehen",
    Right.WHOLE_HISTORY: "Alle Abfragen und Nachweise der Praxis sehen",
    Right.EXPORT_HISTORY: "Den Verlauf als Datei speichern",
    Right.MANAGE_PEOPLE: "Personen einladen, Rollen ändern, Personen entfernen",
    Right.MANAGE_KEYS: "Schlüssel für Programme anlegen und widerrufen",
    Right.ORDER_LETTERS: "Eine neue Prüfnummer bestellen",
    Right.END_PARTICIPATION: "Die Teilnahme der Praxis beenden",
}


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


def keeps_an_owner(owners: Collection[UUID], *, without: UUID) -> bool:
    """Says whether somebody still has the role owner when this person has it no longer."""
    return any(owner != without for owner in owners)


SHORT_NAME_LENGTHS = range(2, 31)


def fault_of_short_name(short_name: str) -> str | None:
    """Why a short name cannot stand behind the IK in a sign-in name, as a sentence, or None when it can."""
    if len(short_name) not in SHORT_NAME_LENGTHS:
        return "Ein Kurzname hat 2 bis 30 Zeichen, zum Beispiel anna."
    if not re.fullmatch(r"[a-z0-9-]+", short_name):
        meant = spelled_plainly(short_name)
        suggestion = f" Wie wäre es mit {meant}?" if re.fullmatch(r"[a-z0-9-]{2,30}", meant) else ""
        return f"Bitte nur kleine Buchstaben a bis z, Ziffern und Bindestrich.{suggestion}"
    if short_name.startswith("-") or short_name.endswith("-"):
        return "Ein Kurzname beginnt und endet mit einem Buchstaben oder einer Ziffer."
    return None


def spelled_plainly(text: str) -> str:
    """A name in small letters, with umlauts written out and spaces as hyphens."""
    return "-".join(_plain(text).split())


def _plain(text: str) -> str:
    text = text.lower()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, written)
    return text


TERMS_VERSIONS: tuple[str, ...] = ("2026-11",)
"""Every version of the Nutzungsbedingungen there was, oldest first: what was accepted once stays readable."""


def current_terms() -> str:
    """The version that is shown, and accepted by whoever comes in."""
    return TERMS_VERSIONS[-1]


def owes_agreement(role: str, accepted: str) -> bool:
    """Says whether somebody has to agree to the current terms before going on: an owner, for the institution."""
    return role == Role.OWNER and accepted != current_terms()


def terms_since(accepted: str) -> tuple[str, ...]:
    """The versions that came after the accepted one, the newest first; none where that one is not known."""
    if accepted not in TERMS_VERSIONS:
        return ()
    return TERMS_VERSIONS[TERMS_VERSIONS.index(accepted) + 1 :][::-1]


def is_asleep(*, last_used_at: datetime | None, now: datetime, settings: Settings) -> bool:
    """Says whether an account was not used for so long that a password alone does not wake it."""
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


LONGEST_WAIT = timedelta(minutes=15)


def throttle_delay(beyond: int) -> timedelta:
    """How long the next try has to wait after so many failures beyond those that are allowed.

    It doubles from 2 seconds up to 15 minutes and never grows for good: failures of others delay, they lock
    nobody out.
    """
    if beyond <= 0:
        return timedelta()
    return min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST_WAIT)


COMMON_PASSWORD = "Dieses Passwort steht auf Listen häufiger Passwörter. Bitte wählen Sie ein anderes."  # noqa: S105 - a sentence
TRADE_WORDS = (
    "physiotherapie", "physiotherapeut", "krankengymnastik", "ergotherapie", "ergotherapeut", "logopädie",
    "logopäde", "podologie", "podologe", "ernährung", "praxis", "therapie", "therapeut", "heilmittel",
    "hilfsmittel", "rezept", "verordnung", "zuzahlung", "befreiung", "befreit", "krankenkasse", "gesundheit",
    "serviceportal", "musterkasse", "apotheke", "sanitätshaus", "massage", "patient", "versichert", "physio",
    "initialkennwort", "prüfnummer", "passwort", "kennwort", "password", "willkommen", "geheim", "hallo",
    "frühling", "sommer", "herbst", "winter", "montag", "abcdef",
)  # fmt: skip
KEY_ROWS = (
    "^1234567890ß´", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-",
    "`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
    "1qay", "2wsx", "3edc", "4rfv", "5tgb", "6zhn", "7ujm", "1qaz", "6yhn",
)  # fmt: skip
"""The rows of the German and the American keyboard, and the slanting ones that run down from the digits."""

SHORTEST_RUN = 4
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128


class _Cheap(StrEnum):
    """What a password can be made of without being a secret; as the sentence says it."""

    OWN = "aus dem Namen oder Ort Ihrer Einrichtung"
    KEYS = "aus einer Reihe auf der Tastatur"
    WORDS = "aus häufigen Wörtern oder Ziffernfolgen"
    REPEATED = "aus einem Wort, das sich wiederholt"
    FEW = "aus wenigen verschiedenen Zeichen"


def words_of_institution(name: str, city: str) -> tuple[str, ...]:
    """The words of an institution's name and town that a password must not mainly be made of."""
    words = re.findall(r"[^\W\d_]{3,}", f"{name} {city}")
    return tuple(dict.fromkeys(form for word in words for form in (_folded(word), _bare(word.lower()))))


def fault_of_password(password: str, *, sign_in: str, own_words: Collection[str] = ()) -> str | None:
    """Why a chosen password is refused by length or by what it is made of; lists of common ones come besides.

    `own_words` are those of `words_of_institution`, where the institution is known.
    """
    if len(password) < SHORTEST_PASSWORD:
        return "Bitte wählen Sie mindestens 12 Zeichen. Gut sind mehrere Wörter hintereinander."
    if len(password) > LONGEST_PASSWORD:
        return "Bitte wählen Sie höchstens 128 Zeichen."
    whole, ik = _without_gaps(password), sign_in[:9]
    cheap = _made_of(password, (ik, ik[::-1], _without_gaps(sign_in[9:])), own_words)
    if cheap is None:
        return None
    if ik and (ik in whole or ik[::-1] in whole):
        return (
            "Das Passwort besteht fast nur aus Ihrem Institutionskennzeichen, und das ist öffentlich. "
            "Bitte wählen Sie ein anderes."
        )
    return (
        f"Das Passwort ist zu leicht zu erraten: Es besteht fast nur {cheap}. Bitte wählen Sie ein anderes."
    )


def _made_of(password: str, names: tuple[str, ...], own_words: Collection[str]) -> _Cheap | None:
    """What most of a password is made of when the rest is too little to be a secret, or None when it is enough."""
    rest, on_keys, digits = _without_runs(password.lower())
    rest = _without_gaps(rest)
    rest, own = _without(rest, own_words)
    rest, common = _without(rest, (*names, *map(_folded, TRADE_WORDS)))
    if _is_little(rest):
        found = {_Cheap.OWN: own, _Cheap.KEYS: on_keys, _Cheap.WORDS: common + digits}
        most = max(found, key=lambda cheap: found[cheap])
        return most if found[most] and found[most] >= len(rest) else _Cheap.FEW
    return _Cheap.REPEATED if _is_repetition(password) else None


def _without_runs(text: str) -> tuple[str, int, int]:
    """A text without what runs along a keyboard, and how much that was: with letters, and of digits alone."""
    rest, on_keys, digits, place = "", 0, 0, 0
    while place < len(text):
        length = _run_at(text, place)
        run = text[place : place + length]
        if length < SHORTEST_RUN:
            rest, length = rest + text[place], 1
        elif run.isdigit():
            digits += length
        else:
            on_keys += length
        place += length
    return rest, on_keys, digits


def _run_at(text: str, place: int) -> int:
    longest = 0
    for row in _RUNS:
        while place + longest < len(text) and text[place : place + longest + 1] in row:
            longest += 1
    return longest


_RUNS = tuple(run for row in KEY_ROWS for run in (row, row[::-1]))


def _is_repetition(password: str) -> bool:
    """Says whether a password is too short once every word in it counts only once."""
    words = re.findall(r"[^\W\d_]+", _folded(password))
    once = re.sub(r"(.{3,}?)\1+", r"\1", "".join(dict.fromkeys(words)))
    others = len(re.findall(r"[\d_]", password))
    return len(once) < len("".join(words)) and len(once) + others < SHORTEST_PASSWORD


def _folded(text: str) -> str:
    """Small letters, umlauts written out, without accents."""
    return _bare(_plain(text))


def _bare(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _without_gaps(text: str) -> str:
    return re.sub(r"[\s\-_./,]", "", _folded(text))


def _is_little(rest: str) -> bool:
    """Says whether what is left is too little to be a secret: six letters or ten other signs are enough."""
    letters = sum(sign.isalpha() for sign in rest)
    return 10 * letters + 6 * (len(rest) - letters) < 60 or len(set(rest)) < 4


def _without(text: str, words: Collection[str]) -> tuple[str, int]:
    """A text without these words, the longest first, and how much that was."""
    rest = text
    for word in sorted(words, key=len, reverse=True):
        # A short name of two letters says nothing about a password that has them somewhere.
        if len(word) > 2:
            rest = rest.replace(word, "")
    return rest, len(text) - len(rest)
