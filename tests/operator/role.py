"""Lets a test act with the database role of the operator's site inside its own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def operator_role() -> Iterator[None]:
    """While this lasts, the connection `default` of this thread is the operator's, as on the operator's site."""
    before = connections["default"]
    mine = connections.create_connection("operator")
    mine.alias = "default"
    connections["default"] = mine
    try:
        yield
    finally:
        mine.close()
        connections["default"] = before
