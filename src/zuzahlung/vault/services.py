"""The vault as the house uses it: fingerprints to find by, sealed values to open, keys that change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from time import monotonic

from django.conf import settings

from zuzahlung.vault import keyfile, sealing
from zuzahlung.vault.fingerprints import Fingerprint, fingerprinter
from zuzahlung.vault.keyfile import Key, KeyFileError, Purpose, State, retire, rotate
from zuzahlung.vault.sealing import CannotOpen

__all__ = [
    "CannotOpen",
    "Fingerprint",
    "KeyFileError",
    "KeyInfo",
    "UnknownKey",
    "Vault",
    "retire",
    "rotate",
    "vault",
]

LOOK_AGAIN_SECONDS = 1.0
_log = logging.getLogger(__name__)


class UnknownKey(Exception):
    """A fingerprint was asked for under a key that the vault does not have (any more)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyInfo:
    """What may be shown of a key; `mark` tells two keys with the same id apart and nothing else."""

    id: int
    purpose: str
    state: str
    created_at: datetime
    mark: str


class Vault:
    """Keys from one file; a change of that file is noticed within a second. Safe among threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen = _stamp(path)
        self._ring = _Ring(keyfile.read(path))
        self._look_at = monotonic() + LOOK_AGAIN_SECONDS

    @classmethod
    def open(cls, path: Path) -> Vault:
        """Opens an existing key file, or raises `KeyFileError` with one sentence that says what to do."""
        return cls(path)

    @classmethod
    def create(cls, path: Path, now: datetime) -> Vault:
        """Makes a new key file (0600, folder 0700) and opens it; an existing one is never replaced."""
        keyfile.create(path, now)
        return cls(path)

    def fingerprint(self, purpose: str, text: str, key_id: int | None = None) -> Fingerprint:
        """The fingerprint of a text under the current key, or under the one named."""
        ring = self._ring_with(key_id)
        chosen = ring.fingerprint_key if key_id is None else key_id
        return Fingerprint(chosen, ring.fingerprinter(chosen, purpose)(text.encode()))

    def fingerprints(self, purpose: str, text: str) -> list[Fingerprint]:
        """The fingerprints under every key not retired, the current one first: what to search by."""
        ring = self._latest()
        encoded = text.encode()
        return [
            Fingerprint(key_id, ring.fingerprinter(key_id, purpose)(encoded))
            for key_id in ring.fingerprint_keys
        ]

    def fingerprint_key(self) -> int:
        """The id of the key that makes new fingerprints now."""
        return self._latest().fingerprint_key

    def fingerprinter(self, purpose: str, key_id: int | None = None) -> Callable[[bytes], bytes]:
        """A bare function from UTF-8 bytes to the 16 bytes, for millions in a row under one key."""
        ring = self._ring_with(key_id)
        return ring.fingerprinter(ring.fingerprint_key if key_id is None else key_id, purpose)

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Seals bytes for one context, for example an institution's id and what the row is."""
        ring = self._latest()
        key_id = ring.seal_key
        return sealing.seal(plaintext, key_id=key_id, cipher=ring.ciphers[key_id](context), context=context)

    def open_sealed(self, sealed: bytes, *, context: bytes) -> bytes:
        """Opens what was sealed for this very context; everything else raises `CannotOpen`."""
        key_id = sealing.key_id_of(sealed)
        known = self._ring_with(key_id).ciphers.get(key_id)
        if known is None:
            raise CannotOpen
        return sealing.open_sealed(sealed, cipher=known(context), context=context)

    def keys(self) -> list[KeyInfo]:
        """All keys as the operator may see them, oldest first, without their bytes."""
        return self._latest().infos

    def _ring_with(self, key_id: int | None) -> _Ring:
        """The ring that has this key: another process may have made it less than a second ago."""
        ring = self._latest()
        if key_id is None or key_id in ring.ids:
            return ring
        self._look()
        return self._ring

    def _latest(self) -> _Ring:
        if monotonic() >= self._look_at:
            self._look()
        return self._ring

    def _look(self) -> None:
        with self._lock:
            self._look_at = monotonic() + LOOK_AGAIN_SECONDS
            stamp = _stamp(self._path)
            if stamp == self._seen:
                return
            self._seen = stamp
            try:
                self._ring = _Ring(keyfile.read(self._path))
            except KeyFileError as error:
                # What is running keeps the keys it has: they are right, only the file is not.
                _log.error("Going on with the keys read before. %s", error)


class _Ring:
    """The keys at one moment, ready for use; never changed, only replaced."""

    def __init__(self, keys: Sequence[Key]) -> None:
        usable = [key for key in reversed(keys) if key.state is not State.RETIRED]
        self._material = {key.id: key.material for key in usable if key.purpose is Purpose.FINGERPRINT}
        self._fingerprinters: dict[tuple[int, str], Callable[[bytes], bytes]] = {}
        self.ids = frozenset(key.id for key in keys)
        self.fingerprint_keys = tuple(self._material)
        self.fingerprint_key = _current(keys, Purpose.FINGERPRINT)
        self.seal_key = _current(keys, Purpose.SEAL)
        self.ciphers = {
            key.id: sealing.ciphers(key.material) for key in usable if key.purpose is Purpose.SEAL
        }
        self.infos = [_info(key) for key in keys]

    def fingerprinter(self, key_id: int, purpose: str) -> Callable[[bytes], bytes]:
        made = self._fingerprinters.get((key_id, purpose))
        if made is None:
            if key_id not in self._material:
                raise UnknownKey(f"there is no fingerprint key {key_id}")
            made = fingerprinter(self._material[key_id], purpose)
            self._fingerprinters[key_id, purpose] = made
        return made


def vault() -> Vault:
    """The vault of this house, by the setting `VAULT_KEYS`; opened once per process."""
    return _opened(settings.VAULT_KEYS)


@lru_cache(maxsize=8)
def _opened(path: Path) -> Vault:
    return Vault.open(path)


def _current(keys: Sequence[Key], purpose: Purpose) -> int:
    return next(key.id for key in keys if key.purpose is purpose and key.state is State.CURRENT)


def _info(key: Key) -> KeyInfo:
    mark = fingerprinter(key.material, "mark")(b"").hex() if key.material else ""
    return KeyInfo(
        id=key.id, purpose=key.purpose.value, state=key.state.value, created_at=key.created_at, mark=mark
    )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
