"""`zuzahlung work`: the process that works while nobody waits."""

from __future__ import annotations

import argparse

from zuzahlung.cli import running


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing of its own."""
    running.arguments(parser)


def run(given: argparse.Namespace) -> int:
    """Works until a signal ends it."""
    from zuzahlung.cli import programs
    from zuzahlung.cli.preparation import PORTAL_SETTINGS

    with running.supervised(
        given, "DATABASE_URL", "DATABASE_OPERATOR_URL", settings=PORTAL_SETTINGS
    ) as supervisor:
        supervisor.start(programs.worker())
        supervisor.wait()
    return 0
