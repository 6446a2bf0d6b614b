"""`zuzahlung serve`: the portal's web server, or the operator's."""

from __future__ import annotations

import argparse

from zuzahlung.cli import running
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.loopback import is_this_machine

PORTAL_PORT, OPERATOR_PORT = 8000, 8001


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes where to listen and how many requests to answer at once."""
    parser.add_argument("--operator", action="store_true", help="startet die Seite des Betreibers")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADRESSE", help="lauscht hier (127.0.0.1)")
    parser.add_argument(
        "--port",
        type=running.port,
        metavar="NUMMER",
        help=f"Anschluss ({PORTAL_PORT}, mit --operator {OPERATOR_PORT})",
    )
    parser.add_argument(
        "--threads", type=running.number(1, 256), default=4, metavar="ZAHL", help="gleichzeitige Anfragen (4)"
    )
    running.arguments(parser)


def run(given: argparse.Namespace) -> int:
    """Serves until a signal ends it."""
    from zuzahlung.cli import programs
    from zuzahlung.cli.preparation import OPERATOR_SETTINGS, PORTAL_SETTINGS, collect_static_where_changed

    program = programs.operator_site if given.operator else programs.portal
    needed = "DATABASE_OPERATOR_URL" if given.operator else "DATABASE_URL"
    settings = OPERATOR_SETTINGS if given.operator else PORTAL_SETTINGS
    port = given.port or (OPERATOR_PORT if given.operator else PORTAL_PORT)
    programs.refuse_used_port(given.host, port)
    with running.supervised(given, needed, settings=settings) as supervisor:
        _refuse_plain_network(given.host)
        collect_static_where_changed()
        supervisor.start(program(given.host, port, threads=given.threads))
        supervisor.wait()
    return 0


def _refuse_plain_network(host: str) -> None:
    """Refuses to listen where others listen too while cookies are not marked for https."""
    from django.conf import settings

    if not (settings.SECURE or is_this_machine(host)):
        raise HouseError(
            f"{host} ist aus dem Netz erreichbar, aber ZUZAHLUNG_URL beginnt nicht mit https://: Anmeldungen wären "
            "unterwegs lesbar. Bitte stellen Sie einen Proxy mit TLS davor und nennen Sie dessen Adresse, zum Beispiel "
            "ZUZAHLUNG_URL=https://portal.example.de"
        )
