"""Commands as somebody at a terminal calls them, on a folder of the test's own and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from zuzahlung.cli.postgres import running_pid

PROGRAM = Path(sys.executable).with_name("zuzahlung")
READY = "Strg+C beendet alles."


@contextmanager
def folder_for_a_house() -> Iterator[Path]:
    """A folder below /tmp that the database's user may pass through; a server that is left there is ended."""
    path = Path(tempfile.mkdtemp(prefix="zuzahlung-shell-", dir="/tmp"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        for data in path.glob("**/postgres/data"):
            pid = running_pid(data)
            if pid is not None:
                os.kill(pid, signal.SIGQUIT)
                wait_until(lambda data=data: running_pid(data) is None)  # type: ignore[misc]
        shutil.rmtree(path)


def environment(var: Path, **more: str) -> dict[str, str]:
    """Our environment without what it says of another house."""
    foreign = ("DATABASE_", "DJANGO_", "ZUZAHLUNG_", "PG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "ZUZAHLUNG_VAR": str(var), **more}


def call(var: Path, *words: object, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, with nobody at a terminal."""
    return subprocess.run(
        [PROGRAM, *map(str, words)],
        env=environment(var, **more),
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The sentence with which a command refused, without the name of the program before it."""
    assert (done.returncode, done.stdout) == (1, ""), done
    said = done.stderr.removeprefix("zuzahlung: ")
    assert said != done.stderr
    assert "Traceback" not in said
    return said.removesuffix("\n")


class Demo:
    """A demo, from its start to its end; whatever a test does not end itself is ended after it."""

    def __init__(self, var: Path, *words: str, **more: str) -> None:
        ports = free_port(), free_port()
        self.portal, self.operator = (f"http://127.0.0.1:{port}" for port in ports)
        self.said = ""
        self.process = subprocess.Popen(
            [PROGRAM, "demo", "--port", str(ports[0]), "--operator-port", str(ports[1]), *words],
            env=environment(var, **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def hear(self, word: str) -> None:
        """Reads what it says until it says this."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if word in line:
                return
        raise AssertionError(f"the demo ended without saying „{word}“: {self.said}")

    def finds(self, pattern: str) -> str:
        """What stands in the place of the group."""
        found = re.search(pattern, self.said)
        assert found, self.said
        return found[1]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Sends a signal, reads the rest of what it says and gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        assert self.process.stdout is not None
        if not self.process.stdout.closed:
            rest, _ = self.process.communicate(timeout=60)
            self.said += rest
        return self.process.returncode


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for something that must come; a test that waits in vain fails here."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def command_of(pid: int) -> bytes:
    """The command line of a process; nothing when it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def processes_of(folder: Path) -> set[int]:
    """The processes that work on a folder, by their environment and command."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            about = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in about and int(path.name) != os.getpid():
            found.add(int(path.name))
    return found
