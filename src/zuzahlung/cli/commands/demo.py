"""`zuzahlung demo`: the whole house with synthetic data, to try it out."""

from __future__ import annotations

import argparse

from zuzahlung.cli import running


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes other ports, for a machine where the usual ones are taken."""
    parser.add_argument(
        "--port", type=running.port, default=8000, metavar="NUMMER", help="Anschluss des Portals (8000)"
    )
    parser.add_argument(
        "--operator-port",
        type=running.port,
        default=8001,
        metavar="NUMMER",
        help="Anschluss der Betreiberseite (8001)",
    )
    running.arguments(parser)


def run(given: argparse.Namespace) -> int:
    """Starts everything, says how to get in, and runs until a signal ends it."""
    from zuzahlung.cli import demo

    demo.run(given)
    return 0
