"""The key file: which keys the vault has, for its owner alone, written whole or not at all."""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import secrets
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

FORMAT = "zuzahlung vault keys 1"
KEY_BYTES = 32
LAST_KEY_ID = 32767
LARGEST_FILE = 1_000_000


class KeyFileError(Exception):
    """The key file is missing, open to others, or not as it was written; the text says what to do."""


class Purpose(StrEnum):
    """What a key is for; no key serves both."""

    FINGERPRINT = "fingerprint"
    SEAL = "seal"


class State(StrEnum):
    """Where a key stands: it makes new values, it only finds and opens, or its bytes are gone."""

    CURRENT = "current"
    OLD = "old"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One key; a retired one keeps its id, so that no other key ever gets it, and has no bytes."""

    id: int
    purpose: Purpose
    state: State
    created_at: datetime
    material: bytes = field(repr=False)


def read(path: Path) -> tuple[Key, ...]:
    """Reads all keys in the order of their ids, or raises `KeyFileError` with one sentence."""
    content = _read_private(path)
    try:
        return _parse(content)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise KeyFileError(
            f"Die Schlüsseldatei {path} ist beschädigt oder unvollständig ({_reason(error)}). Bitte spielen Sie ihre "
            "neueste Sicherung ein."
        ) from None


def create(path: Path, now: datetime) -> tuple[Key, ...]:
    """Makes the file with one key of each purpose; a file that is there already is never touched."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path):
        if path.exists():
            raise KeyFileError(f"Die Schlüsseldatei {path} gibt es schon; sie bleibt, wie sie ist.")
        return _write(path, _with_new_keys((), now))


def rotate(path: Path, now: datetime) -> tuple[Key, ...]:
    """Adds a new current key of each purpose; the ones before still find and open what they made."""
    with _locked(path):
        former = [_aged(key) for key in read(path)]
        return _write(path, _with_new_keys(former, now))


def retire(path: Path, key_id: int) -> tuple[Key, ...]:
    """Erases the bytes of an old key: what it made is found and opened by nobody any more."""
    with _locked(path):
        keys = read(path)
        state = next((key.state for key in keys if key.id == key_id), None)
        if state is None:
            raise KeyFileError(f"In {path} gibt es keinen Schlüssel {key_id}.")
        if state is State.CURRENT:
            raise KeyFileError(
                f"Der Schlüssel {key_id} ist in Gebrauch. Bitte wechseln Sie zuerst die Schlüssel."
            )
        return _write(path, [_erased(key) if key.id == key_id else key for key in keys])


def _aged(key: Key) -> Key:
    return replace(key, state=State.OLD) if key.state is State.CURRENT else key


def _erased(key: Key) -> Key:
    return replace(key, state=State.RETIRED, material=b"")


def _with_new_keys(former: Sequence[Key], now: datetime) -> list[Key]:
    first = max((key.id for key in former), default=0) + 1
    if first + len(Purpose) - 1 > LAST_KEY_ID:
        raise KeyFileError("Alle Nummern für Schlüssel sind verbraucht.")
    new = [
        Key(
            id=key_id,
            purpose=purpose,
            state=State.CURRENT,
            created_at=now.astimezone(UTC),
            material=secrets.token_bytes(KEY_BYTES),
        )
        for key_id, purpose in enumerate(Purpose, start=first)
    ]
    return [*former, *new]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lets one process at a time change the file; the lock ends with the process that holds it."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise KeyFileError(f"Der Ordner {path.parent} der Schlüsseldatei lässt sich nicht öffnen.") from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(path: Path, keys: Sequence[Key]) -> tuple[Key, ...]:
    """Puts the whole new file in the place of the old one; whoever reads sees one or the other."""
    # A link to the file stays a link: what it points to is replaced.
    target = path.resolve()
    _refuse_open_folder(target)
    draft = target.with_name(f".{target.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_text(keys).encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return tuple(keys)


def _read_private(path: Path) -> bytes:
    # Rights are asked of the opened file, so that nobody can exchange it between look and read.
    handle = _open(path)
    try:
        _refuse_open_file(path, os.fstat(handle).st_mode)
        _refuse_open_folder(path.resolve())
        with open(handle, "rb", closefd=False) as file:
            return file.read(LARGEST_FILE + 1)
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyFileError(
            f"Die Schlüsseldatei {path} fehlt; ohne sie lässt sich nichts finden und öffnen, was gespeichert ist. "
            "Bitte spielen Sie ihre neueste Sicherung ein."
        ) from None
    except OSError as error:
        raise KeyFileError(f"Die Schlüsseldatei {path} lässt sich nicht öffnen: {error.strerror}.") from None


def _refuse_open_file(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise KeyFileError(f"{path} ist keine Datei, hier gehört die Schlüsseldatei hin.")
    if mode & 0o077:
        raise KeyFileError(
            f"Die Schlüsseldatei {path} ist für andere offen ({stat.S_IMODE(mode):04o}). Bitte schließen Sie sie: "
            f"chmod 600 {path}"
        )


def _refuse_open_folder(path: Path) -> None:
    if path.parent.stat().st_mode & 0o022:
        raise KeyFileError(
            f"Im Ordner {path.parent} könnten andere die Schlüsseldatei austauschen. Bitte schließen Sie ihn: "
            f"chmod 700 {path.parent}"
        )


def _text(keys: Sequence[Key]) -> str:
    rows = [
        {
            "id": key.id,
            "purpose": key.purpose.value,
            "state": key.state.value,
            "created_at": key.created_at.isoformat(),
            "material": base64.b64encode(key.material).decode("ascii"),
        }
        for key in keys
    ]
    return json.dumps({"format": FORMAT, "keys": rows, "checksum": _checksum(rows)}, indent=2) + "\n"


def _checksum(rows: Any) -> str:
    """Finds damage: a wrong bit in a key would else be a key that silently finds and opens nothing."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _parse(content: bytes) -> tuple[Key, ...]:
    if len(content) > LARGEST_FILE:
        raise _Damage("sie ist zu groß")
    document = json.loads(content)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _Damage("ihre Form ist unbekannt")
    if document.get("checksum") != _checksum(document.get("keys")):
        raise _Damage("ihre Prüfsumme passt nicht")
    keys = tuple(_key(row) for row in document["keys"])
    _refuse_odd(keys)
    return keys


def _key(row: dict[str, Any]) -> Key:
    created_at = datetime.fromisoformat(row["created_at"])
    if created_at.tzinfo is None:
        raise _Damage("eine Zeit ist ohne Zone")
    return Key(
        id=row["id"],
        purpose=Purpose(row["purpose"]),
        state=State(row["state"]),
        created_at=created_at,
        material=base64.b64decode(row["material"], validate=True),
    )


def _refuse_odd(keys: Sequence[Key]) -> None:
    for key in keys:
        if type(key.id) is not int or not 1 <= key.id <= LAST_KEY_ID:
            raise _Damage("eine Nummer ist zu groß oder zu klein")
        if len(key.material) != (0 if key.state is State.RETIRED else KEY_BYTES):
            raise _Damage(f"der Schlüssel {key.id} hat eine falsche Länge")
    if [key.id for key in keys] != sorted({key.id for key in keys}):
        raise _Damage("die Nummern sind nicht geordnet")
    current = Counter(key.purpose for key in keys if key.state is State.CURRENT)
    if any(current[purpose] != 1 for purpose in Purpose):
        raise _Damage("nicht für jeden Zweck ist genau ein Schlüssel in Gebrauch")


class _Damage(ValueError):
    """What is wrong with the content, in words that hold nothing of it."""


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _Damage) else "sie ist nicht lesbar"
