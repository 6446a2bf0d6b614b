"""`pip install .` alone brings everything: the wheel holds each file of the sources, and the program's name."""

from __future__ import annotations

import subprocess
from configparser import ConfigParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """The wheel as pip builds it from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return ZipFile(built)


def about(wheel: ZipFile) -> str:
    """The folder in which a wheel tells of itself; its name carries the version."""
    (name,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    return name


def test_the_wheel_holds_every_file_of_the_sources(wheel: ZipFile) -> None:
    # The checkout may belong to somebody else than who runs the tests; git would refuse to speak of it.
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "src/zuzahlung"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    sources = {name.removeprefix("src/") for name in listed.split("\0") if name and (ROOT / name).exists()}
    assert {Path(name).suffix for name in sources} >= {".py", ".html", ".css", ".js", ".svg", ".typ"}
    assert sources - set(wheel.namelist()) == set()


def test_the_wheel_holds_nothing_of_tests_and_data(wheel: ZipFile) -> None:
    names = wheel.namelist()
    assert {name.split("/")[0] for name in names} == {"zuzahlung", about(wheel)}
    assert [name for name in names if "__pycache__" in name or "/var/" in name] == []


def test_the_wheel_names_the_program_and_its_licence(wheel: ZipFile) -> None:
    scripts = ConfigParser()
    scripts.read_string(wheel.read(f"{about(wheel)}/entry_points.txt").decode())
    assert dict(scripts["console_scripts"]) == {"zuzahlung": "zuzahlung.cli.main:main"}
    assert b"Apache License" in wheel.read(f"{about(wheel)}/licenses/LICENSE")
