"""`zuzahlung rotate-keys`: new keys for the vault; the old ones go on finding and opening what they made."""

from __future__ import annotations

import argparse

from zuzahlung.cli.terminal import say
from zuzahlung.standards.days import format_day, german_day


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(given: argparse.Namespace) -> int:
    """Adds a new current key of each purpose, notes it in the journal, and lists all keys."""
    from zuzahlung.cli import preparation

    with preparation.house("DATABASE_OPERATOR_URL", settings=preparation.OPERATOR_SETTINGS, say=say):
        from django.conf import settings
        from django.db import transaction
        from django.utils import timezone

        from zuzahlung.accounts.services.operators import COMMAND_LINE
        from zuzahlung.cli.errors import HouseError
        from zuzahlung.journal import services as journal
        from zuzahlung.vault.services import KeyFileError, Vault, rotate

        now = timezone.now()
        preparation.refuse_old_tables()
        try:
            with transaction.atomic():
                keys = rotate(settings.VAULT_KEYS, now)
                current = [key.id for key in keys if key.state == "current"]
                journal.add(
                    "keys-rotated",
                    actor=COMMAND_LINE,
                    institution=None,
                    now=now,
                    detail={"current": current},
                )
            preparation.note_vault_keys(alias="default")
            known = Vault.open(settings.VAULT_KEYS).keys()
        except KeyFileError as error:
            raise HouseError(str(error)) from error
    purposes = {"fingerprint": "finden", "seal": "verschließen"}
    states = {"current": "neu in Gebrauch", "old": "liest weiter, was da ist", "retired": "gelöscht"}
    for key in known:
        made = format_day(german_day(key.created_at))
        print(f"Schlüssel {key.id:>3}  {purposes[key.purpose]:<12}  {states[key.state]:<24}  {made}")
    say("Bitte sichern Sie die Schlüsseldatei jetzt neu, getrennt von der Datenbank.")
    return 0
