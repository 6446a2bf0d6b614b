"""Which keys of the vault this house has used, so that a key file of another house is noticed at the start.

With a wrong key nobody would be found and nothing would open, and both would look like an honest answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connections

from zuzahlung.vault.services import KeyInfo


def note(keys: Iterable[KeyInfo], *, using: str) -> None:
    """Remembers keys by their marks; what is known already stays as it is."""
    rows = [(key.id, key.mark) for key in keys if key.mark]
    with connections[using].cursor() as cursor:
        cursor.executemany(
            "insert into journal_keymark (id, mark) values (%s, %s) on conflict (id) do nothing", rows
        )


def fault_of(keys: Iterable[KeyInfo], *, using: str) -> str | None:
    """Why these cannot be the keys of this house, as a sentence, or None when they can."""
    marks = {key.id: key.mark for key in keys}
    with connections[using].cursor() as cursor:
        cursor.execute("select id, mark from journal_keymark order by id")
        known: list[tuple[int, str]] = cursor.fetchall()
    for key, mark in known:
        if key not in marks:
            return (
                f"In der Schlüsseldatei fehlt der Schlüssel {key}: Sie ist älter als die Datenbank. "
                "Bitte spielen Sie ihre neueste Sicherung ein."
            )
        # A key that was retired has no mark any more.
        if marks[key] not in {mark, ""}:
            return (
                f"Der Schlüssel {key} in der Schlüsseldatei ist nicht der dieses Hauses. "
                "Bitte legen Sie die Schlüsseldatei an ihren Ort, die zu dieser Datenbank gehört."
            )
    return None
