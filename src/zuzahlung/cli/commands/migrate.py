"""`zuzahlung migrate`: the tables as this version needs them, made by the role that owns them."""

from __future__ import annotations

import argparse

from zuzahlung.cli.terminal import progress, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes whether an empty database is really the beginning of a house."""
    parser.add_argument(
        "--new-house",
        action="store_true",
        help="legt die Tabellen auch an, wenn für eine leere Datenbank schon eine Schlüsseldatei da ist",
    )


def run(given: argparse.Namespace) -> int:
    """Migrates, and makes the vault's keys for a new house."""
    from zuzahlung.cli import preparation

    with preparation.house("DATABASE_OWNER_URL", settings=preparation.PORTAL_SETTINGS, say=say):
        from django.utils import timezone

        if not given.new_house:
            preparation.refuse_lost_database()
        preparation.make_vault_keys_for_new_house(timezone.now())
        with progress("Tabellen", unit="Schritte") as advance:
            changed = preparation.migrate_where_needed(advance)
        preparation.note_vault_keys(alias="owner")
    print(
        "Die Tabellen sind jetzt auf dem neuesten Stand."
        if changed
        else "Die Tabellen waren auf dem neuesten Stand."
    )
    return 0
