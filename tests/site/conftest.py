"""The stage of the accounts, for tests of what stands around all businesses."""

from __future__ import annotations

from tests.accounts.conftest import clock, letters, practice

__all__ = ["clock", "letters", "practice"]
