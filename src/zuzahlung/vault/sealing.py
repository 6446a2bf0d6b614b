"""Sealed values: bytes that only open for the one they were sealed for, and only unchanged.

Form: version (1 byte), key id (2, big-endian), nonce (12), AES-256-GCM text with its tag (16).
Source: NIST SP 800-38D (GCM), RFC 5869 (HKDF-Expand).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

VERSION = 1
OVERHEAD = 31
_HEADER = Struct(">BH")
_NONCE_BYTES = 12
_BODY = _HEADER.size + _NONCE_BYTES
# About 1 MB; an institution beyond these costs four microseconds more.
_KEPT_CIPHERS = 4096


class CannotOpen(Exception):
    """A sealed value does not open; why is not told, because the difference would help a forger."""

    def __init__(self) -> None:
        super().__init__("the sealed value does not open")


Ciphers = Callable[[bytes], AESGCM]


def ciphers(key: bytes) -> Ciphers:
    """Gives, for one key of the vault (32 bytes), the function from a context to the cipher of that context."""

    @lru_cache(maxsize=_KEPT_CIPHERS)
    def cipher(context: bytes) -> AESGCM:
        # A key of its own for each context: random nonces then only have to differ within one.
        info = b"zuzahlung seal 1\0" + context
        return AESGCM(HKDFExpand(algorithm=SHA256(), length=32, info=info).derive(key))

    return cipher


def seal(plaintext: bytes, *, key_id: int, cipher: AESGCM, context: bytes) -> bytes:
    """Seals bytes; the result is 31 bytes longer and different each time."""
    header = _HEADER.pack(VERSION, key_id)
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + cipher.encrypt(nonce, plaintext, header + context)


def key_id_of(sealed: bytes) -> int:
    """Says which key sealed this, without opening it."""
    if len(sealed) < OVERHEAD or sealed[0] != VERSION:
        raise CannotOpen
    key_id: int = _HEADER.unpack_from(sealed)[1]
    return key_id


def open_sealed(sealed: bytes, *, cipher: AESGCM, context: bytes) -> bytes:
    """Opens what `seal` gave for the same context, or raises `CannotOpen`."""
    try:
        return cipher.decrypt(sealed[_HEADER.size : _BODY], sealed[_BODY:], sealed[: _HEADER.size] + context)
    except InvalidTag:
        raise CannotOpen from None
