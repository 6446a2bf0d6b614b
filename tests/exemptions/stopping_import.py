"""An import in a process of its own that says each step and never gets past the one it was told.

It is run by tests that kill it there.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

import django


def main(path: str, day: str, stop_at: str) -> None:
    """Imports the file as the operator does; at the named step it sleeps until it is killed."""
    django.setup()
    from zuzahlung.exemptions.imports import Step, import_delivery

    def tell(step: Step, done: int, total: int | None) -> None:
        if step.name == stop_at:
            print(step.name, flush=True)
            time.sleep(600)

    now = datetime.fromisoformat(day)
    print(import_delivery(Path(path), day=now.date(), now=now, tell=tell), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
