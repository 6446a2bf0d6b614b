"""The PostgreSQL server that comes with the house: made, started as our child, watched and stopped."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from zuzahlung.cli.errors import HouseError

PORT = 5432
PR_SET_PDEATHSIG = 1
SUPERUSER = "postgres"
READY_SECONDS = 60
STOP_SECONDS = 30
LOG_BYTES = 5_000_000

# A statement or a violated key in the log would carry what patients and practices typed.
QUIET_LOG = ("log_min_error_statement=panic", "log_error_verbosity=terse")


class PostgresError(HouseError):
    """The server cannot do its work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a server lives and as whom it runs: `user` and `group` are set only when we are root."""

    binaries: Path
    folder: Path
    sockets: Path
    user: int | None = None
    group: int | None = None

    @property
    def data(self) -> Path:
        """The data folder of PostgreSQL itself."""
        return self.folder / "data"

    @property
    def identity(self) -> dict[str, Any]:
        """The arguments with which `subprocess` takes on the server's user."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}


class EmbeddedPostgres:
    """One server on one folder. Several programs may start it at once: one does, the others use it.

    Whoever started it stops it, after those who still hold it (`start(hold=True)`) are done.
    """

    def __init__(self, place: Place, *, options: Sequence[str] = (), initdb: Sequence[str] = ()) -> None:
        self.place = place
        self._options = (*QUIET_LOG, *options)
        self._initdb = tuple(initdb)
        self._process: subprocess.Popen[bytes] | None = None
        self._hold: IO[bytes] | None = None

    @property
    def is_ours(self) -> bool:
        """Whether this program started the server."""
        return self._process is not None

    def url(self, role: str, database: str) -> str:
        """The address of a database for one role, by way of the socket folder."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.place.sockets), safe='')}&port={PORT}"

    def start(self, *, hold: bool = False) -> None:
        """Returns when the server answers; with `hold` its owner waits for us before it stops it."""
        self.place.folder.mkdir(parents=True, exist_ok=True)
        with self._start_lock():
            if not self.is_running():
                _private_folder(self.place.sockets, self.place)
                self._make_data()
                self._process = self._launch()
            if hold:
                self._hold = (self.place.folder / "users.lock").open("ab")
                fcntl.flock(self._hold, fcntl.LOCK_SH)

    def is_running(self) -> bool:
        """Whether the server is there, whoever started it."""
        is_there = running_pid(self.place.data) is not None
        # Dead and not waited for, it would keep its number, and with that its socket's lock against a new server.
        if self._process is not None and _is_over(self._process, seconds=0 if is_there else STOP_SECONDS):
            self._process = None
        return is_there

    def stop(self, *, patience: float = 10.0) -> None:
        """Lets go of the server; if it is ours, waits `patience` seconds for other users and stops it."""
        if self._hold is not None:
            self._hold.close()
            self._hold = None
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        with self._start_lock():
            self._wait_for_users(patience)
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait()

    def _wait_for_users(self, patience: float) -> None:
        end = time.monotonic() + patience
        with (self.place.folder / "users.lock").open("ab") as lock:
            while time.monotonic() < end:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(0.1)
                else:
                    return

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with (self.place.folder / "start.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_data(self) -> None:
        """Makes an empty data folder; it gets its name when it is complete, so a killed start leaves none."""
        place = self.place
        if (place.data / "PG_VERSION").exists():
            self._refuse_other_version()
            return
        unfinished = place.folder / "data.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        _private_folder(unfinished, place)
        command = [
            str(place.binaries / "initdb"),
            f"--pgdata={unfinished}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            *self._initdb,
        ]
        code, said = _run_alone(command, place)
        if code:
            raise PostgresError(f"PostgreSQL konnte seine Daten nicht anlegen: {said}")
        unfinished.rename(place.data)

    def _refuse_other_version(self) -> None:
        here = (self.place.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = binaries_version(self.place.binaries).split(".", maxsplit=1)[0]
        if here != ours:
            raise PostgresError(
                f"Die Daten in {self.place.data} sind von PostgreSQL {here}, mitgeliefert ist {ours}. Sichern Sie "
                "die Daten mit der früheren Fassung (zuzahlung backup) und spielen Sie sie danach neu ein."
            )

    def _launch(self) -> subprocess.Popen[bytes]:
        place = self.place
        _remove_stale_pid_file(place.data)
        log = place.folder / "postgres.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        command = [str(place.binaries / "postgres"), "-D", str(place.data), "-k", str(place.sockets)]
        for option in (f"port={PORT}", "listen_addresses=", *self._options):
            command += ["-c", option]
        with open(log, "ab", opener=for_owner_alone) as output:
            start_of_log = output.tell()
            # A session of its own keeps Ctrl-C away from the database until web and worker have finished.
            process = subprocess.Popen(
                command,
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509 - only ever from our one thread
                **place.identity,
            )
        try:
            self._wait_until_ready(process, log, start_of_log)
        except BaseException:
            process.send_signal(signal.SIGQUIT)
            process.wait()
            raise
        return process

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log: Path, start_of_log: int) -> None:
        """Waits for the word in the pid file: asking the socket could reach another server."""
        end = time.monotonic() + READY_SECONDS
        while process.poll() is None:
            lines = _pid_file_lines(self.place.data)
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            if time.monotonic() > end:
                raise PostgresError(f"PostgreSQL ist nach {READY_SECONDS} s nicht bereit. Siehe {log}.")
            time.sleep(0.01)
        said = log.read_bytes()[start_of_log:].decode("utf-8", "replace").strip()
        raise PostgresError(f"PostgreSQL ließ sich nicht starten. Es sagt: {said or f'nichts ({log})'}")


def _is_over(process: subprocess.Popen[bytes], *, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _run_alone(command: Sequence[str], place: Place) -> tuple[int, str]:
    """Runs a program as the server's user; gives its exit code and its complaints.

    When we are interrupted it ends at once with all its children, so that nobody writes on in a folder that the
    next start clears away.
    """
    process = subprocess.Popen(
        command,
        cwd="/",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 - only ever from our one thread
        **place.identity,
    )
    try:
        _, said = process.communicate()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return process.returncode, said.strip()


def running_pid(data: Path) -> int | None:
    """The process number of the server that runs on a data folder, if one does and is not just ending.

    The number in `postmaster.pid` may long belong to something else, so the process must be called
    postgres and stand in this very folder.
    """
    while True:
        lines = _pid_file_lines(data)
        if not lines or not _is_server_of(data, lines[0]):
            return None
        if len(lines) < 8 or lines[7].strip() != "stopping":
            return int(lines[0])
        time.sleep(0.01)


def _is_server_of(data: Path, pid: str) -> bool:
    process = Path("/proc") / pid
    try:
        name = (process / "comm").read_text(encoding="utf-8").strip()
        return name == "postgres" and (process / "cwd").resolve(strict=True) == data.resolve()
    except OSError:
        return False


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _remove_stale_pid_file(data: Path) -> None:
    """Removes the pid file only where PostgreSQL would stumble: its number lives on as something else.

    Where the number is dead PostgreSQL clears up itself, and looks for left-over children before it does.
    """
    lines = _pid_file_lines(data)
    if lines and (Path("/proc") / lines[0]).exists() and not _is_server_of(data, lines[0]):
        (data / "postmaster.pid").unlink()


def _private_folder(folder: Path, place: Place) -> None:
    """Makes a folder that only the server's user enters: whoever reaches the socket is trusted."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    expected = os.geteuid() if place.user is None else place.user
    if place.user is not None and found.st_uid == os.geteuid():
        os.chown(folder, place.user, place.group if place.group is not None else -1)
        found = folder.lstat()
    if folder.is_symlink() or found.st_uid != expected:
        raise PostgresError(f"Der Ordner {folder} gehört jemand anderem. Bitte entfernen Sie ihn.")
    folder.chmod(0o700)


def for_owner_alone(path: str, flags: int) -> int:
    """Opens a file that nobody else may read, for `open(…, opener=…)`."""
    return os.open(path, flags, 0o600)


def dies_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A function for a child between fork and exec: the kernel sends it the signal when we die, however.

    The kernel means the thread that started the child, so children are started from the main thread.
    """
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def binaries_version(binaries: Path) -> str:
    """The version of PostgreSQL in a folder of binaries, such as 18.6."""
    said = subprocess.run(
        [str(binaries / "postgres"), "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    return said.stdout.split()[2]


def _environment() -> Mapping[str, str]:
    """An environment without the PG… names of whoever started us."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
