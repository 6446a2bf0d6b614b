"""Claim: the key file is for its owner alone, is written whole or not at all, and damage never passes as a key."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from zuzahlung.vault import keyfile
from zuzahlung.vault.keyfile import KeyFileError, Purpose, State

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault.keys"


def test_a_new_file_is_closed_to_others_and_holds_one_current_key_of_each_purpose(path: Path) -> None:
    keys = keyfile.create(path, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [(key.id, key.purpose, key.state, key.created_at, len(key.material)) for key in keys] == [
        (1, Purpose.FINGERPRINT, State.CURRENT, NOW, 32),
        (2, Purpose.SEAL, State.CURRENT, NOW, 32),
    ]
    assert keyfile.read(path) == keys
    assert keys[0].material != keys[1].material
    assert list(path.parent.iterdir()) == [path]


def test_the_file_is_closed_to_others_whatever_the_umask_says(path: Path) -> None:
    before = os.umask(0)
    try:
        keyfile.create(path, NOW)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_times_are_written_in_utc(path: Path) -> None:
    keyfile.create(path, NOW.astimezone(timezone(timedelta(hours=1))))
    assert json.loads(path.read_text())["keys"][0]["created_at"] == "2026-11-22T09:30:00+00:00"


def test_an_existing_file_is_never_replaced_by_a_new_one(path: Path) -> None:
    keyfile.create(path, NOW)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="gibt es schon"):
        keyfile.create(path, NOW)
    path.write_bytes(b"")
    with pytest.raises(KeyFileError, match="gibt es schon"):
        keyfile.create(path, NOW)
    assert before != b""
    assert path.read_bytes() == b""


def test_a_missing_file_is_an_error_and_is_not_made(path: Path) -> None:
    with pytest.raises(
        KeyFileError,
        match=r"^Die Schlüsseldatei .*vault\.keys fehlt; .* Bitte spielen Sie ihre neueste Sicherung ein\.$",
    ):
        keyfile.read(path)
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o666])
def test_a_file_that_others_can_read_or_write_is_refused_with_the_command_that_helps(
    path: Path, mode: int
) -> None:
    keyfile.create(path, NOW)
    path.chmod(mode)
    with pytest.raises(KeyFileError) as caught:
        keyfile.read(path)
    assert str(caught.value) == (
        f"Die Schlüsseldatei {path} ist für andere offen ({mode:04o}). Bitte schließen Sie sie: chmod 600 {path}"
    )


def test_a_folder_in_which_others_could_exchange_the_file_is_refused(path: Path) -> None:
    keyfile.create(path, NOW)
    path.parent.chmod(0o770)
    with pytest.raises(KeyFileError, match="chmod 700"):
        keyfile.read(path)
    with pytest.raises(KeyFileError, match="chmod 700"):
        keyfile.rotate(path, NOW)


def test_a_folder_in_the_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(KeyFileError, match="ist keine Datei"):
        keyfile.read(path)


def test_every_shorter_file_is_damage(path: Path) -> None:
    keyfile.create(path, NOW)
    whole = path.read_bytes()
    for length in range(len(whole) - 2):
        path.write_bytes(whole[:length])
        with pytest.raises(KeyFileError, match="ist beschädigt oder unvollständig"):
            keyfile.read(path)


def test_every_changed_character_of_a_key_is_damage(path: Path) -> None:
    keyfile.create(path, NOW)
    whole = path.read_text()
    for found in re.finditer(r'"material": "([^"]+)"', whole):
        for place in range(found.start(1), found.end(1)):
            other = "A" if whole[place] != "A" else "B"
            path.write_text(whole[:place] + other + whole[place + 1 :])
            with pytest.raises(KeyFileError, match="Prüfsumme"):
                keyfile.read(path)


def test_the_error_about_damage_shows_nothing_of_a_key(path: Path) -> None:
    keyfile.create(path, NOW)
    material = json.loads(path.read_text())["keys"][0]["material"]
    path.write_text(path.read_text().replace(material, material[:-4]))
    with pytest.raises(KeyFileError) as caught:
        keyfile.read(path)
    assert material[:12] not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda rows: rows[0].update(id=0), "eine Nummer ist zu groß oder zu klein"),
        (lambda rows: rows[1].update(id=40000), "eine Nummer ist zu groß oder zu klein"),
        (lambda rows: rows[1].update(id=1), "sind nicht geordnet"),
        (lambda rows: rows[0].update(material="AAAA"), "hat eine falsche Länge"),
        (lambda rows: rows[0].update(material="not base64!"), "ist nicht lesbar"),
        (lambda rows: rows[0].update(purpose="other"), "ist nicht lesbar"),
        (lambda rows: rows[0].update(state="old"), "genau ein Schlüssel"),
        (lambda rows: rows[0].update(created_at="2026-11-22T09:30:00"), "ohne Zone"),
        (lambda rows: rows[0].pop("id"), "ist nicht lesbar"),
        (lambda rows: rows.clear(), "genau ein Schlüssel"),
    ],
)
def test_a_file_whose_checksum_fits_but_whose_keys_are_odd_is_refused(
    path: Path, change: Callable[[list[dict[str, Any]]], object], reason: str
) -> None:
    keyfile.create(path, NOW)
    document = json.loads(path.read_text())
    change(document["keys"])
    document["checksum"] = keyfile._checksum(document["keys"])
    path.write_text(json.dumps(document))
    with pytest.raises(KeyFileError, match=reason):
        keyfile.read(path)


@pytest.mark.parametrize("content", ["[]", "null", "{}", '{"format": "other"}', "\0" * 10, " " * 1_000_001])
def test_what_is_not_a_key_file_at_all_is_refused(path: Path, content: str) -> None:
    keyfile.create(path, NOW)
    path.write_text(content)
    with pytest.raises(KeyFileError, match="ist beschädigt"):
        keyfile.read(path)


def test_rotation_adds_a_current_key_of_each_purpose_and_keeps_the_others_as_old(path: Path) -> None:
    first = keyfile.create(path, NOW)
    keys = keyfile.rotate(path, NOW + timedelta(days=365))
    assert [(key.id, key.purpose.value, key.state.value) for key in keys] == [
        (1, "fingerprint", "old"),
        (2, "seal", "old"),
        (3, "fingerprint", "current"),
        (4, "seal", "current"),
    ]
    assert [key.material for key in keys[:2]] == [key.material for key in first]
    assert keyfile.read(path) == keys
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_retired_key_loses_its_bytes_and_its_id_is_never_given_again(path: Path) -> None:
    keyfile.create(path, NOW)
    keyfile.rotate(path, NOW)
    before = json.loads(path.read_text())["keys"][0]["material"]
    keyfile.retire(path, 1)
    assert before not in path.read_text()
    keys = keyfile.rotate(path, NOW)
    assert [(key.id, key.state.value, len(key.material)) for key in keys] == [
        (1, "retired", 0),
        (2, "old", 32),
        (3, "old", 32),
        (4, "old", 32),
        (5, "current", 32),
        (6, "current", 32),
    ]


def test_a_current_key_and_an_unknown_one_cannot_be_retired(path: Path) -> None:
    keys = keyfile.create(path, NOW)
    with pytest.raises(KeyFileError, match="zuerst die Schlüssel"):
        keyfile.retire(path, 1)
    with pytest.raises(KeyFileError, match="keinen Schlüssel 9"):
        keyfile.retire(path, 9)
    assert keyfile.read(path) == keys


def test_key_ids_end_where_the_smallest_database_number_ends(path: Path) -> None:
    keyfile.create(path, NOW)
    document = json.loads(path.read_text())
    document["keys"][0]["id"], document["keys"][1]["id"] = 32766, 32767
    document["checksum"] = keyfile._checksum(document["keys"])
    path.write_text(json.dumps(document))
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="verbraucht"):
        keyfile.rotate(path, NOW)
    assert path.read_bytes() == before


def test_a_rotation_of_a_damaged_file_leaves_it_as_it_is(path: Path) -> None:
    keyfile.create(path, NOW)
    path.write_text(path.read_text()[:-40])
    before = path.read_bytes()
    with pytest.raises(KeyFileError):
        keyfile.rotate(path, NOW)
    assert path.read_bytes() == before


def test_a_failing_disk_leaves_the_old_file_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keyfile.create(path, NOW)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keyfile.rotate(path, NOW)
    monkeypatch.undo()
    assert keyfile.read(path) == keys
    assert len(keyfile.rotate(path, NOW)) == 4
    assert list(path.parent.iterdir()) == [path]


def test_a_rotation_killed_at_its_worst_moment_leaves_the_old_file_whole_and_no_lock(path: Path) -> None:
    keys = keyfile.create(path, NOW)
    program = (
        "import os, signal, sys; from datetime import datetime, UTC; from pathlib import Path;"
        "from zuzahlung.vault import keyfile;"
        "os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL);"
        "keyfile.rotate(Path(sys.argv[1]), datetime(2026, 11, 22, tzinfo=UTC))"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == -9
    assert keyfile.read(path) == keys
    assert len(keyfile.rotate(path, NOW)) == 4
    assert list(path.parent.iterdir()) == [path]


def test_rotations_of_several_processes_at_once_lose_none(path: Path) -> None:
    keyfile.create(path, NOW)
    program = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path;"
        "from zuzahlung.vault import keyfile;"
        "[keyfile.rotate(Path(sys.argv[1]), datetime(2026, 11, 22, tzinfo=UTC)) for _ in range(10)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert [key.id for key in keyfile.read(path)] == list(range(1, 63))


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    keyfile.create(path, NOW)
    link = tmp_path / "mounted" / "vault.keys"
    link.parent.mkdir(mode=0o700)
    link.symlink_to(path)
    keyfile.rotate(link, NOW)
    assert link.is_symlink()
    assert len(keyfile.read(path)) == 4


def test_a_key_shows_its_bytes_to_nobody(path: Path) -> None:
    key = keyfile.create(path, NOW)[0]
    assert "material" not in repr(key)
