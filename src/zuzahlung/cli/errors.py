"""What ends a command with a sentence instead of a traceback."""

from __future__ import annotations


class HouseError(Exception):
    """Something the person at the terminal can mend; the text is a German sentence that says what."""
