"""Whether folder and database are the demo's: one demo at a time, and never upon a house used in earnest."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from zuzahlung.cli import preparation
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.places import write_whole


@contextmanager
def claimed(var: Path, address: str) -> Iterator[None]:
    """Keeps the folder for this demo alone; the kernel gives it back however we end."""
    folder = demo_folder(var)
    with (folder / "running.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise HouseError(
                f"In {var} läuft schon eine Demo: {lock.read()}. Eine zweite braucht einen anderen Ordner "
                "(ZUZAHLUNG_VAR) und andere Anschlüsse (--port, --operator-port)."
            ) from error
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield


def demo_folder(var: Path) -> Path:
    """What the demo keeps for itself beside the things of every house."""
    folder = var / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def refuse_foreign_house(var: Path) -> None:
    """Refuses a database that holds more than this demo has made.

    In a real house the invented registry would replace the real one, and somebody would own an institution with a
    password that stands on the screen. Tables of another version are refused by the contents of their migrations:
    before a release these change without a new name.
    """
    applied = preparation.applied_migrations(alias="owner")
    made = demo_folder(var) / "tables.json"
    now = _digests()
    if applied:
        if not made.exists():
            raise HouseError(
                "In dieser Datenbank liegt schon etwas, das nicht die Demo angelegt hat. Die Demo braucht einen leeren "
                "Ordner (ZUZAHLUNG_VAR) und, wo DATABASE_URL gesetzt ist, eine leere Datenbank."
            )
        then: Mapping[str, str] = json.loads(made.read_text(encoding="utf-8"))
        names = {f"{label}.{name}" for label, name in applied}
        if any(then[name] != now.get(name) for name in then.keys() & names):
            raise HouseError(
                f"Die Demo in {var} ist von einer anderen Fassung, deren Tabellen zu dieser nicht passen. Bitte nehmen Sie "
                "einen neuen Ordner (ZUZAHLUNG_VAR), oder löschen Sie den alten, wenn Sie ihn nicht mehr brauchen: "
                f"rm -r {var}"
            )
    write_whole(made, json.dumps(now, indent=1, sort_keys=True))


def _digests() -> dict[str, str]:
    """Each migration of our own with a name for what stands in it."""
    return {
        f"{label}.{name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for (label, name), path in preparation.migration_files().items()
        if preparation.is_ours(label)
    }
