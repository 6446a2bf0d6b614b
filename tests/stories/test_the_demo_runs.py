"""`make demo`: one command starts the house, says how to get in, and leaves nothing behind when it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.shell import command_of, free_port, processes_of, wait_until
from zuzahlung.cli.postgres import running_pid

pytestmark = pytest.mark.story
READY = "Strg+C beendet alles."


@dataclass
class Demo:
    """A running demo, with what it has said so far."""

    process: subprocess.Popen[str]
    folder: Path
    portal: str
    operator: str
    said: str = ""

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if READY in line:
                return
        pytest.fail(f"the demo ended early: {self.said}")

    def finds(self, pattern: str) -> str:
        found = re.search(pattern, self.said)
        assert found, self.said
        return found[1]

    def processes(self) -> set[int]:
        """The processes that work on this demo's folder, by their environment and command."""
        return processes_of(self.folder)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The demo's `var`, where the database's user can reach it."""
    path = Path(tempfile.mkdtemp(prefix="zuzahlung-demo-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[], Demo]]:
    """Starts the demo as `make` does; whatever still runs at the end is stopped."""
    started = []

    def begin() -> Demo:
        portal, operator = free_port(), free_port()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))
        }
        process = subprocess.Popen(
            [
                sys.executable, "-m", "zuzahlung.cli.main", "demo", "--with-parent",
                "--port", str(portal), "--operator-port", str(operator),
            ],
            env={**environment, "ZUZAHLUNG_VAR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        demo = Demo(process, folder, f"http://127.0.0.1:{portal}", f"http://127.0.0.1:{operator}")
        started.append(demo)
        demo.wait_until_ready()
        return demo

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.process.terminate()
            demo.process.wait()
        assert demo.process.stdout is not None
        demo.process.stdout.close()
    wait_until(lambda: not any(demo.processes() for demo in started))


def status(address: str, key: str | None = None) -> int:
    """The status of a GET, or of a query where a key is given."""
    request = urllib.request.Request(address)
    if key is not None:
        today = datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat()
        question = {"kvnr": "A000000014", "permission": "in-person", "serviceDates": [today]}
        request.data = json.dumps(question).encode()
        request.add_header("Authorization", f"Bearer {key}")
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_what_the_demo_prints_is_true_and_ctrl_c_ends_all_of_it(start: Callable[[], Demo]) -> None:
    demo = start()

    assert status(demo.portal) == 200
    assert status(demo.operator) == 200
    command = demo.finds(r"(?m)^(curl .*)$")
    answer = json.loads(
        subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout
    )
    assert answer["days"][0]["status"] == "exempt"
    letters = Path(demo.finds(r"Gedruckte Briefe +(\S+)"))
    wait_until(lambda: len(list(letters.glob("*.pdf"))) == 2, seconds=90)

    demo.process.send_signal(signal.SIGINT)
    demo.process.wait(timeout=60)
    assert demo.process.returncode == 0
    assert demo.processes() == set()
    assert running_pid(demo.folder / "postgres" / "data") is None


def test_a_second_start_has_the_same_sign_ins_and_a_new_key(start: Callable[[], Demo]) -> None:
    first = start()
    sign_in, key = first.finds(r"Passwort +(.+)"), first.finds(r"(zuz_\w+)")
    assert status(f"{first.portal}/api/v1/exemption-queries", key) == 200
    first.process.send_signal(signal.SIGINT)
    first.process.wait(timeout=60)

    second = start()
    assert second.finds(r"Passwort +(.+)") == sign_in
    address = f"{second.portal}/api/v1/exemption-queries"
    assert (status(address, key), status(address, second.finds(r"(zuz_\w+)"))) == (401, 200)


def test_kill_9_leaves_nothing_running(start: Callable[[], Demo]) -> None:
    demo = start()
    assert len(demo.processes()) >= 6
    demo.process.kill()
    demo.process.wait()
    wait_until(lambda: not demo.processes())


def test_kill_9_of_each_part_is_mended(start: Callable[[], Demo]) -> None:
    demo = start()
    database = running_pid(demo.folder / "postgres" / "data")
    assert database is not None
    os.kill(database, signal.SIGKILL)
    wait_until(lambda: running_pid(demo.folder / "postgres" / "data") not in (None, database))
    wait_until(lambda: status(f"{demo.portal}/status/") == 200)
    for part in (b"granian", b"zuzahlung.site.worker"):
        before = {pid for pid in demo.processes() if part in command_of(pid)}
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        wait_until(
            lambda part=part, before=before: (
                {  # type: ignore[misc]
                    pid for pid in demo.processes() if part in command_of(pid)
                }
                - before
                != set()
            )
        )
    wait_until(lambda: answers(demo))
    key = demo.finds(r"(zuz_\w+)")
    assert status(f"{demo.portal}/api/v1/exemption-queries", key) == 200


def answers(demo: Demo) -> bool:
    try:
        return status(demo.portal) == 200 and status(demo.operator) == 200
    except OSError:
        return False


def test_a_used_port_is_named_with_the_way_out(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "zuzahlung.cli.main", "demo", "--port", str(port)],
            env={**os.environ, "ZUZAHLUNG_VAR": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        f"zuzahlung: Auf 127.0.0.1:{port} läuft schon etwas. Bitte beenden Sie es oder wählen Sie mit --port "
        "einen anderen Anschluss.\n"
    )
