"""`make` says what it can do, and what is missing on a machine, before it begins."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing was made yet, and a `bin` with nothing but what a test puts there."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "bin").mkdir()
    return tmp_path


def make(checkout: Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make")
    assert program is not None, "make is missing: it is one of the few things the house needs"
    environment = {"PATH": path or "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [program, *words], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def test_make_alone_lists_what_it_can_do(checkout: Path) -> None:
    done = make(checkout)
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["make", name]
        for name in ("help", "demo", "test", "check", "bench", "fuzz", "pictures", "lock", "clean")
    ]
    assert "make demo      starts portal, operator's site, worker and database with invented data" in (
        done.stdout
    )


@pytest.mark.parametrize("target", ["demo", "test", "check"])
def test_without_python_it_says_what_to_install(checkout: Path, target: str) -> None:
    done = make(checkout, target, "PYTHON=python3.99")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "Es fehlt python3.99. Unter Debian 12: apt install python3.11 python3.11-venv"
    )
    assert not (checkout / ".venv").exists()


def test_without_venv_it_says_what_to_install(checkout: Path) -> None:
    python = checkout / "bin" / "python3.11"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    done = make(checkout, "demo", path=f"{checkout}/bin:/usr/bin:/bin")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "Es fehlt das Modul venv zu python3.11. Unter Debian 12: apt install python3.11-venv"
    )


def test_without_a_browser_whoever_may_not_install_one_is_told_what_is_missing(checkout: Path) -> None:
    nobody = checkout / "bin" / "id"
    nobody.write_text("#!/bin/sh\necho 1000\n")
    nobody.chmod(0o755)
    done = make(checkout, "chromium", path=f"{checkout}/bin")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "Es fehlt der Browser chromium. Unter Debian 12: apt install chromium"
    )
