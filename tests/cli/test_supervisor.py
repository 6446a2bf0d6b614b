"""The supervisor keeps programs running, gives up on hopeless ones, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zuzahlung.cli import supervisor as supervisors
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.postgres import PostgresError
from zuzahlung.cli.supervisor import Program, Supervisor

# Writes its number down, starts a child of its own as a web server does, and waits.
PROGRAM = """
import os, pathlib, subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
(folder / f"{os.getpid()}.parent").touch(); (folder / f"{child.pid}.child").touch()
time.sleep(60)
"""
SUPERVISED = """
import sys
from zuzahlung.cli import supervisor as supervisors
from zuzahlung.cli.supervisor import Program, Supervisor, end_with_parent, stop_like_ctrl_c
stop_like_ctrl_c()
if "--patient" in sys.argv: supervisors.GRACE_SECONDS = 3600
# A test knows when the program runs, and not when somebody waits for its signal; so the signal waits.
supervisors.block_signals()
if "--with-parent" in sys.argv: end_with_parent()
supervisor = Supervisor(None, say=print)
supervisor.start(Program(name="Das Programm", command=[sys.executable, "-c", sys.argv[1], sys.argv[2]], environment={}))
try: print("ended by", supervisor.wait().name, flush=True)
finally: supervisor.stop()
"""


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    """Waits for something that must come; a test that waits in vain fails here."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def numbers(folder: Path, kind: str) -> list[int]:
    return [int(path.stem) for path in folder.glob(f"*.{kind}")]


def kill_all(process: subprocess.Popen[str], folder: Path) -> None:
    """Leaves nothing running, however a test ended."""
    process.kill()
    for pid in numbers(folder, "parent") + numbers(folder, "child"):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
    # The program's child holds the other end of the pipe.
    process.communicate()


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with a supervisor that runs one program, which has a child."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, PROGRAM, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(lambda: len(numbers(tmp_path, "child")) == 1)
        yield process
    finally:
        kill_all(process, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_program_and_its_children(
    supervised: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    supervised.send_signal(number)
    said, _ = supervised.communicate(timeout=30)
    assert (said, supervised.returncode) == (f"ended by {number.name}\n", 0)
    assert [pid for kind in ("parent", "child") for pid in numbers(tmp_path, kind) if is_alive(pid)] == []


def test_kill_9_of_the_supervisor_stops_the_program(
    supervised: subprocess.Popen[str], tmp_path: Path
) -> None:
    supervised.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in numbers(tmp_path, "parent")))


def test_a_program_that_fell_over_is_started_again_and_its_children_go(
    supervised: subprocess.Popen[str], tmp_path: Path
) -> None:
    first, child = numbers(tmp_path, "parent")[0], numbers(tmp_path, "child")[0]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(numbers(tmp_path, "child")) == 2)
    assert not is_alive(child)
    supervised.send_signal(signal.SIGTERM)
    said, _ = supervised.communicate(timeout=30)
    assert said == "Das Programm endete mit -9 und wurde neu gestartet.\nended by SIGTERM\n"


def test_a_program_that_keeps_falling_ends_everything_with_a_sentence() -> None:
    supervisor = Supervisor(None, say=print)
    supervisor.start(
        Program(name="Das Programm", command=[sys.executable, "-c", "raise SystemExit(3)"], environment={})
    )
    with pytest.raises(HouseError, match=r"^Das Programm endet immer wieder \(zuletzt mit 3\)\.$"):
        supervisor.wait()
    supervisor.stop()


def test_a_program_sees_only_what_its_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "secret")
    log = tmp_path / "logs" / "program.log"
    supervisor = Supervisor(None, say=print)
    supervisor.start(
        Program(
            name="Das Programm",
            command=[
                sys.executable,
                "-c",
                "import os, time\n"  # noqa: ISC004 - one program
                "print(os.environ.get('DATABASE_OWNER_URL'), os.environ['NEW'], flush=True); time.sleep(60)",
            ],
            environment={"DATABASE_OWNER_URL": None, "NEW": "seen"},
            log=log,
        )
    )
    wait_until(lambda: log.exists() and log.read_text() != "")
    supervisor.stop()
    assert log.read_text() == "None seen\n"
    assert oct(log.stat().st_mode & 0o777) == "0o600"


def test_with_parent_it_ends_when_the_program_that_started_it_is_killed(tmp_path: Path) -> None:
    starter = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {SUPERVISED!r}, {PROGRAM!r}, {str(tmp_path)!r}, '--with-parent'])\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.DEVNULL)
    wait_until(lambda: len(numbers(tmp_path, "child")) == 1)
    process.kill()
    process.wait()
    wait_until(
        lambda: not any(is_alive(pid) for pid in numbers(tmp_path, "parent") + numbers(tmp_path, "child"))
    )


# Says that it is there, and does not go when asked.
STUBBORN = """
import pathlib, signal, sys, time, os
signal.signal(signal.SIGTERM, signal.SIG_IGN)
(pathlib.Path(sys.argv[1]) / f"{os.getpid()}.parent").touch()
time.sleep(3600)
"""


def stubborn(folder: Path) -> Program:
    return Program(name="Das Programm", command=[sys.executable, "-c", STUBBORN, str(folder)], environment={})


def test_a_program_that_does_not_go_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisors, "GRACE_SECONDS", 0.1)
    supervisor = Supervisor(None, say=print)
    supervisor.start(stubborn(tmp_path))
    wait_until(lambda: len(numbers(tmp_path, "parent")) == 1)
    supervisor.stop()
    assert not is_alive(numbers(tmp_path, "parent")[0])


def test_a_second_ctrl_c_waits_no_longer(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, STUBBORN, str(tmp_path), "--patient"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        wait_until(lambda: len(numbers(tmp_path, "parent")) == 1)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "ended by SIGINT\n"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0
        assert not is_alive(numbers(tmp_path, "parent")[0])
    finally:
        kill_all(process, tmp_path)


class Server:
    """A database server that is gone, and comes back as often as a test lets it."""

    def __init__(self, *, starts: bool) -> None:
        self.starts = starts
        self.runs = False
        self.alive_at_stop: list[int] = []
        self.folder = Path()

    def is_running(self) -> bool:
        return self.runs

    def start(self) -> None:
        if not self.starts:
            raise PostgresError("PostgreSQL ließ sich nicht starten.")
        self.runs = True

    def stop(self) -> None:
        self.alive_at_stop = [pid for pid in numbers(self.folder, "parent") if is_alive(pid)]
        self.runs = False


def supervisor_of(server: Server, say: Callable[[str], None] = print) -> Supervisor:
    fake: Any = server
    return Supervisor(fake, say=say)


def test_a_database_that_went_is_started_again() -> None:
    said: list[str] = []
    server = Server(starts=True)
    supervisor = supervisor_of(server, said.append)
    supervisor.check()
    supervisor.check()
    assert (said, server.runs) == (["Die Datenbank war fort und wurde neu gestartet."], True)


def test_a_database_that_does_not_come_back_ends_everything_after_some_tries() -> None:
    supervisor = supervisor_of(Server(starts=False))
    for _ in range(3):
        supervisor.check()
    with pytest.raises(PostgresError, match=r"^PostgreSQL ließ sich nicht starten\.$"):
        supervisor.check()


def test_what_falls_now_and_then_is_started_again_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    falls = iter(range(0, 1_000, 20))
    monkeypatch.setattr("zuzahlung.cli.supervisor.time.monotonic", lambda: float(next(falls)))
    supervisor = supervisor_of(Server(starts=False))
    for _ in range(20):
        supervisor.check()


def test_the_database_stops_when_nobody_needs_it_any_more(tmp_path: Path) -> None:
    server = Server(starts=True)
    server.folder = tmp_path
    supervisor = supervisor_of(server)
    supervisor.check()
    supervisor.start(
        Program(name="Das Programm", command=[sys.executable, "-c", PROGRAM, str(tmp_path)], environment={})
    )
    wait_until(lambda: len(numbers(tmp_path, "child")) == 1)
    supervisor.stop()
    assert (server.runs, server.alive_at_stop) == (False, [])
