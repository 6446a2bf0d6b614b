"""What ends a command with a sentence instead of a traceback."""

from __future__ import annotations

import errno

REASONS = {
    errno.ENOSPC: "Der Datenträger ist voll",
    errno.EDQUOT: "Der Platz, der diesem Benutzer zusteht, ist aufgebraucht",
    errno.EFBIG: "Die Datei würde größer, als sie hier sein darf",
    errno.EROFS: "Der Datenträger lässt sich nur lesen",
    errno.EACCES: "Die Rechte dafür fehlen",
    errno.EPERM: "Die Rechte dafür fehlen",
    errno.ENOENT: "Die Datei oder der Ordner darüber fehlt",
    errno.ENOTDIR: "Im Pfad steht eine Datei, wo ein Ordner sein müsste",
    errno.EISDIR: "Das ist ein Ordner",
    errno.ENAMETOOLONG: "Der Name ist zu lang",
    errno.ELOOP: "Die Verknüpfungen führen im Kreis",
    errno.EIO: "Der Datenträger antwortet mit einem Fehler",
}
"""What the operating system refuses in our folders, and people can mend; everything else is a fault of ours."""


class HouseError(Exception):
    """Something the person at the terminal can mend; the text is a German sentence that says what."""


def reason(error: OSError) -> str:
    """Why the operating system refused, in German where it is one of the usual reasons."""
    return REASONS.get(error.errno or 0) or str(error.strerror or error)


def refusal(error: OSError) -> HouseError | None:
    """The sentence for what was refused in our folders, or nothing for an error of another kind."""
    if error.errno not in REASONS:
        return None
    where = error.filename or error.filename2
    return HouseError(f"{reason(error)}: {where}." if where else f"{reason(error)}.")
