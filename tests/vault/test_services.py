"""Claim: what must not stand in clear is found and opened by whoever has the keys, also after they changed."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import logging
import secrets
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.vault import services
from zuzahlung.vault.fingerprints import fingerprinter
from zuzahlung.vault.services import (
    CannotOpen,
    Fingerprint,
    KeyFileError,
    UnknownKey,
    Vault,
    retire,
    rotate,
    vault,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=365)
PRACTICE = UUID("01938f00-0000-7000-8000-000000000001").bytes + b"query"
OTHER_PRACTICE = UUID("01938f00-0000-7000-8000-000000000002").bytes + b"query"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault.keys"


@pytest.fixture
def safe(path: Path) -> Vault:
    return Vault.create(path, NOW)


def test_the_same_text_has_the_same_fingerprint_and_another_text_another(safe: Vault) -> None:
    one = safe.fingerprint("kvnr", "A123456780")
    assert one == safe.fingerprint("kvnr", "A123456780")
    assert one.key_id == 1
    assert len(one.digest) == 16
    assert one.digest != safe.fingerprint("kvnr", "A123456781").digest


def test_one_text_has_unrelated_fingerprints_under_two_purposes_and_in_two_houses(
    safe: Vault, tmp_path: Path
) -> None:
    other = Vault.create(tmp_path / "other" / "vault.keys", NOW)
    made = [
        safe.fingerprint("kvnr", "A123456780").digest,
        safe.fingerprint("network", "A123456780").digest,
        safe.fingerprint("sign-in", "A123456780").digest,
        other.fingerprint("kvnr", "A123456780").digest,
    ]
    assert len(set(made)) == 4


@pytest.mark.parametrize(
    ("purpose", "text", "expected"),
    [
        ("kvnr", "A123456780", "040b3c3e5e37a697246bf02336e0ceaf"),
        ("email", "praxis@beispiel.example", "be6193e3460bb80927d5824e54c8ef16"),
    ],
)
def test_fingerprints_never_change_from_one_version_of_the_program_to_the_next(
    purpose: str, text: str, expected: str
) -> None:
    assert fingerprinter(bytes(range(32)), purpose)(text.encode()).hex() == expected


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300))
def test_a_fingerprint_is_the_hmac_that_the_standard_library_computes(key: bytes, text: bytes) -> None:
    first_block = hmac.digest(key, b"zuzahlung fingerprint 1\0kvnr\x01", hashlib.sha256)
    assert fingerprinter(key, "kvnr")(text) == hmac.digest(first_block, text, hashlib.sha256)[:16]


@pytest.mark.parametrize("purpose", ["", "KVNR", "kvnr ", "k\0", "1kvnr", "kvnr\n", "ü", "x" * 32])
def test_a_purpose_that_is_no_short_word_is_refused(safe: Vault, purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        safe.fingerprint(purpose, "A123456780")


def test_the_bare_function_for_imports_gives_the_same_bytes(safe: Vault) -> None:
    key_id = safe.fingerprint_key()
    bare = safe.fingerprinter("kvnr", key_id)
    assert Fingerprint(key_id, bare("Ärger".encode())) == safe.fingerprint("kvnr", "Ärger")


def test_the_bare_function_can_be_used_by_several_threads_at_once(safe: Vault) -> None:
    bare = safe.fingerprinter("kvnr")
    texts = [str(number).encode() for number in range(20_000)]
    expected = [bare(text) for text in texts]
    seen: list[list[bytes]] = []
    threads = [threading.Thread(target=lambda: seen.append([bare(text) for text in texts])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 4


@given(st.binary(max_size=500), st.binary(max_size=60))
def test_what_was_sealed_opens_for_the_same_context(shared: Vault, plaintext: bytes, context: bytes) -> None:
    sealed = shared.seal(plaintext, context=context)
    assert shared.open_sealed(sealed, context=context) == plaintext
    assert len(sealed) == len(plaintext) + 31


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.create(tmp_path_factory.mktemp("shared") / "keys" / "vault.keys", NOW)


def test_a_sealed_value_copied_to_another_institution_does_not_open(safe: Vault) -> None:
    sealed = safe.seal(b"A123456780 M. K.", context=PRACTICE)
    with pytest.raises(CannotOpen):
        safe.open_sealed(sealed, context=OTHER_PRACTICE)


def test_a_sealed_value_shows_nothing_and_is_never_the_same_twice(safe: Vault) -> None:
    sealed = {safe.seal(b"A123456780 M. K.", context=PRACTICE) for _ in range(1000)}
    assert len(sealed) == 1000
    assert not any(b"A1234" in one for one in sealed)


def test_every_flipped_bit_and_every_shorter_value_gives_the_one_same_error(safe: Vault) -> None:
    sealed = safe.seal(b"M. K.", context=PRACTICE)
    damaged = [
        sealed[:place] + bytes([sealed[place] ^ 1 << bit]) + sealed[place + 1 :]
        for place, bit in itertools.product(range(len(sealed)), range(8))
    ]
    damaged += [sealed[:length] for length in range(len(sealed))] + [sealed + b"\0"]
    for one in damaged:
        with pytest.raises(CannotOpen) as caught:
            safe.open_sealed(one, context=PRACTICE)
        assert str(caught.value) == "the sealed value does not open"


def test_the_form_of_a_sealed_value_stays_readable_for_later_versions(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_bytes", lambda count: bytes(range(count)))
    safe = Vault.create(path, NOW)
    sealed = bytes.fromhex(
        "01 0002 4579838d190aadcf983611d2dd5dece4ae0a8c2b259553ae72c56eeaa167e113d95c3d96e676ab0684ef1196"
    )
    assert safe.open_sealed(sealed, context=b"institution-1 query") == b"A123456780|M. K."


def test_after_a_rotation_everything_made_before_is_found_and_opened(safe: Vault, path: Path) -> None:
    stored = safe.fingerprint("kvnr", "A123456780")
    sealed = safe.seal(b"M. K.", context=PRACTICE)
    rotate(path, LATER)
    renewed = Vault.open(path)
    found = renewed.fingerprints("kvnr", "A123456780")
    assert [one.key_id for one in found] == [3, 1]
    assert stored in found
    assert renewed.fingerprint("kvnr", "A123456780", key_id=1) == stored
    assert renewed.fingerprint("kvnr", "A123456780") == found[0]
    assert found[0].digest != found[1].digest
    assert renewed.open_sealed(sealed, context=PRACTICE) == b"M. K."
    assert renewed.seal(b"", context=PRACTICE)[:3] == bytes([1, 0, 4])


def test_under_a_retired_key_nothing_is_found_or_opened(safe: Vault, path: Path) -> None:
    sealed = safe.seal(b"M. K.", context=PRACTICE)
    rotate(path, LATER)
    retire(path, 1)
    retire(path, 2)
    renewed = Vault.open(path)
    assert [one.key_id for one in renewed.fingerprints("kvnr", "A123456780")] == [3]
    with pytest.raises(UnknownKey):
        renewed.fingerprint("kvnr", "A123456780", key_id=1)
    with pytest.raises(CannotOpen):
        renewed.open_sealed(sealed, context=PRACTICE)


def test_a_running_process_notices_new_keys_after_a_second_and_not_at_every_call(
    safe: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _Clock(safe)
    monkeypatch.setattr(services, "monotonic", clock)
    rotate(path, LATER)
    assert safe.fingerprint("kvnr", "A123456780").key_id == 1
    clock.time += 1.0
    assert safe.fingerprint("kvnr", "A123456780").key_id == 3


class _Clock:
    """A clock that stands still just after the vault looked at its file."""

    def __init__(self, safe: Vault) -> None:
        self.time = safe._look_at - 1.0

    def __call__(self) -> float:
        return self.time


def test_what_another_process_made_under_a_brand_new_key_is_opened_at_once(
    safe: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "monotonic", _Clock(safe))
    rotate(path, LATER)
    other = Vault.open(path)
    sealed, stored = other.seal(b"M. K.", context=PRACTICE), other.fingerprint("kvnr", "A123456780")
    assert safe.open_sealed(sealed, context=PRACTICE) == b"M. K."
    assert safe.fingerprint("kvnr", "A123456780", key_id=3) == stored


@pytest.mark.parametrize("damage", ["gone", "cut", "open"])
def test_a_running_process_goes_on_with_its_keys_when_the_file_is_damaged_and_says_so_once(
    safe: Vault, path: Path, damage: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = _Clock(safe)
    monkeypatch.setattr(services, "monotonic", clock)
    stored = safe.fingerprint("kvnr", "A123456780")
    whole = path.read_bytes()
    rotate(path, LATER)
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(whole[:-30])
    else:
        path.chmod(0o644)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            clock.time += 1.0
            assert safe.fingerprint("kvnr", "A123456780") == stored
    assert len(caplog.records) == 1
    assert caplog.records[0].getMessage().startswith("Going on with the keys read before. ")


def test_a_new_process_refuses_a_damaged_file_and_makes_no_new_key(safe: Vault, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])
    before = path.read_bytes()
    with pytest.raises(KeyFileError):
        Vault.open(path)
    assert path.read_bytes() == before


def test_the_operator_sees_ids_and_marks_but_no_bytes_of_a_key(safe: Vault, path: Path) -> None:
    rotate(path, LATER)
    retire(path, 2)
    shown = Vault.open(path).keys()
    assert [(key.id, key.purpose, key.state, key.created_at) for key in shown] == [
        (1, "fingerprint", "old", NOW),
        (2, "seal", "retired", NOW),
        (3, "fingerprint", "current", LATER),
        (4, "seal", "current", LATER),
    ]
    assert [len(key.mark) for key in shown] == [32, 0, 32, 32]
    for row in json.loads(path.read_text())["keys"]:
        assert row["material"] == "" or row["material"] not in repr(shown)


def test_two_houses_with_the_same_key_ids_have_different_marks(safe: Vault, tmp_path: Path) -> None:
    other = Vault.create(tmp_path / "other" / "vault.keys", NOW)
    one, two = safe.keys(), other.keys()
    assert [key.id for key in one] == [key.id for key in two]
    assert {key.mark for key in one}.isdisjoint(key.mark for key in two)


def test_the_house_has_one_vault_named_by_its_settings(safe: Vault, path: Path) -> None:
    with override_settings(VAULT_KEYS=path):
        assert vault() is vault()
        assert vault().fingerprint("kvnr", "A123456780") == safe.fingerprint("kvnr", "A123456780")
    with override_settings(VAULT_KEYS=path.with_name("missing.keys")), pytest.raises(KeyFileError):
        vault()
