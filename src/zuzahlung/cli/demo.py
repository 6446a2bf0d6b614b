"""The demo: everything started in the right order, and what one needs to know to try it out."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zuzahlung.cli import demo_claim, preparation, programs, running
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.places import var_folder
from zuzahlung.cli.terminal import say

if TYPE_CHECKING:
    from zuzahlung.cli.demo_data import DemoAccess
    from zuzahlung.cli.supervisor import Supervisor

HOST = "127.0.0.1"
READY_SECONDS = 60.0
SETTINGS = """\
[accounts]
pruefnummer_delay_days = 0

[exemptions]
previous_year = true
next_year_from_month = 1
"""
NEEDED = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPERATOR_URL")


def run(given: argparse.Namespace) -> None:
    """Starts everything, prints how to get in, and keeps it running until a signal ends it."""
    began = time.monotonic()
    if given.port == given.operator_port:
        raise HouseError("Portal und Betreiberseite brauchen zwei Anschlüsse (--port, --operator-port).")
    portal, operator = f"http://{HOST}:{given.port}", f"http://{HOST}:{given.operator_port}"
    with demo_claim.claimed(var_folder(), portal):
        programs.refuse_used_port(HOST, given.port)
        programs.refuse_used_port(HOST, given.operator_port, option="--operator-port")
        os.environ.update(ZUZAHLUNG_DEMO="1", ZUZAHLUNG_URL=portal)
        os.environ.setdefault("ZUZAHLUNG_SETTINGS", str(_settings_file()))
        _make_private(var_folder() / "mail")
        with running.supervised(
            given, *NEEDED, settings=preparation.PORTAL_SETTINGS, expect_tables=False
        ) as supervisor:
            access = _open_the_house(given, supervisor, portal=portal, operator=operator)
            print(welcome(access, portal=portal, operator=operator, var=var_folder()), flush=True)
            supervisor.wait(
                lambda: say(f"Bereit nach {time.monotonic() - began:.1f} s. Strg+C beendet alles.")
            )
            say("Wird beendet …")


def _make_private(folder: Path) -> None:
    """A folder for its owner alone: mails name addresses."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)


def _settings_file() -> Path:
    """The settings of the demo: no waiting for the second letter, and days of every year that can be asked."""
    path = demo_claim.demo_folder(var_folder()) / "settings.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


def _open_the_house(
    given: argparse.Namespace, supervisor: Supervisor, *, portal: str, operator: str
) -> DemoAccess:
    """Makes tables and data; the servers start as soon as the tables are there, and load meanwhile."""
    from django.db import connections
    from django.utils import timezone

    from zuzahlung.cli import demo_data

    now = timezone.now()
    logs = var_folder() / "logs"
    _prepare(now)
    supervisor.start(programs.portal(HOST, given.port, log=logs / "portal.log"))
    supervisor.start(programs.operator_site(HOST, given.operator_port, log=logs / "operator.log"))
    try:
        access = demo_data.load_demo_data(now)
    finally:
        connections.close_all()
    for name, address in (("Das Portal", portal), ("Die Betreiberseite", operator)):
        _wait_until_it_answers(name, address, supervisor.check)
    # Nobody waits for the worker; loading, it would take the time from those for whom people wait.
    supervisor.start(programs.worker(log=logs / "worker.log"))
    return access


def _prepare(now: datetime) -> None:
    """Has tables, keys and static files there, each made only where it is missing."""
    preparation.refuse_newer_tables(alias="owner")
    demo_claim.refuse_foreign_house(var_folder())
    preparation.make_vault_keys_for_new_house(now)
    if preparation.missing_migrations(alias="owner"):
        say("Die Tabellen werden angelegt …")
        preparation.migrate_where_needed()
    preparation.note_vault_keys(alias="owner")
    preparation.collect_static_where_changed()


def _wait_until_it_answers(name: str, address: str, check: Callable[[], None]) -> None:
    """Waits for the first page; any page will do, an error of the server will not."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        check()
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address, put together above
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            raise HouseError(
                f"{name} antwortet mit einem Fehler ({error.code}); siehe {var_folder() / 'logs'}."
            ) from error
        except OSError:
            time.sleep(0.05)
    raise HouseError(f"{name} antwortet nach {READY_SECONDS:.0f} s nicht; siehe {var_folder() / 'logs'}.")


def welcome(access: DemoAccess, *, portal: str, operator: str, var: Path) -> str:
    """What the demo prints: addresses, sign-ins, a call that works when pasted, where the letters lie."""
    body = json.dumps(access.example_query)
    insured = "\n".join(f"    {number}     {status}" for number, status in access.insured)
    command = " ".join(
        (
            "curl -sS",
            shlex.quote(f"{portal}/api/v1/exemption-queries"),
            "-H",
            shlex.quote(f"Authorization: Bearer {access.api_key}"),
            "-H 'Content-Type: application/json' -d",
            shlex.quote(body),
        )
    )
    return f"""
zuzahlung läuft mit erfundenen Daten.

  Portal           {portal}
    Einrichtung    {access.institution_name} (IK {access.institution_ik})
    Anmeldename    {access.user_name}
    Passwort       {access.password}

  Betreiberseite   {operator}
    Benutzername   {access.operator_name}
    Passwort       {access.operator_password}

  JSON-Schnittstelle ({portal}/api/v1/docs), Schlüssel gilt bis zum nächsten Start:
    {access.api_key}

  Zum Ausprobieren:
{command}

  Versicherte zum Abfragen:
{insured}

  Neu registrieren   {access.registrable_name} (IK {access.registrable_ik})
  Erste Anmeldung    {access.invited_name} (IK {access.invited_ik}): Die Briefe liegen
                     in etwa einer Minute unter Gedruckte Briefe.

  Gedruckte Briefe   {access.letters}
  E-Mails            {var / "mail"}
  Protokolle         {var / "logs"}
"""
