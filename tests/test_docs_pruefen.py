"""The page „Eine § 302-Datei prüfen“ shows what the commands really say, and the list of rules is that of the code."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from PIL import Image

from scripts import make_rules
from tests.pictures.docs import DOCS, PICTURE, WORDS, example, explained, fingerprint
from zuzahlung.cli.commands import check
from zuzahlung.cli.main import main
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.keys import preise
from zuzahlung.standards.sgbv302.checks.register import register
from zuzahlung.standards.sgbv302.messages import FASSUNGEN

PAGE = (DOCS / "pruefen.md").read_text(encoding="utf-8")
ROOT = DOCS.parent


def consoles() -> list[str]:
    """What the page shows of a terminal, block by block: commands behind a `$ `, and what they say."""
    return [
        textwrap.dedent(found[1]) for found in re.finditer(r" *```console\n(.*?) *```\n", PAGE, re.DOTALL)
    ]


def commands_of(block: str) -> list[str]:
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def session(commands: Sequence[str], folder: Path) -> str:
    """What a terminal in this folder shows when somebody types these commands."""
    lines = ["exec 2>&1"]
    for command in commands:
        # The command after it may ask how the one before it ended.
        lines += [f"ended=$?; printf '%s\\n' {shlex.quote(f'$ {command}')}; (exit $ended)", command]
    return bash("\n".join(lines), folder).stdout


def bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    programs = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": programs, "LC_ALL": "C.UTF-8", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody saved the example, and typed all that the page tells to type, from its top."""
    made = tmp_path_factory.mktemp("pruefen")
    (made / "rechnung.esol").write_text(example(), encoding="latin-1")
    return made


@pytest.mark.thorough
def test_everything_the_page_shows_of_a_terminal_is_what_a_terminal_shows(folder: Path) -> None:
    shown = consoles()
    assert len(shown) >= 8
    assert [session(commands_of(block), folder) for block in shown] == shown


def test_the_example_has_the_two_faults_that_the_page_speaks_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rechnung.esol").write_text(example(), encoding="ascii")
    assert main(["check", "--json", str(tmp_path / "rechnung.esol")]) == 1
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert [(one["severity"], one["rule"], one["pointer"]) for one in told["findings"]] == [
        ("warning", "inv.kvnr-check-digit", "12/INV.1"),
        ("error", "bes.percent", "19/BES.3"),
    ]


def block(name: str) -> str:
    """A block of commands that is run with files of the test's own."""
    found = re.search(rf"<!-- tested: {name} -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, name
    return found[1]


def right() -> str:
    """The example without its faults."""
    return (
        example()
        .replace("A123456789", "A123456780")
        .replace("18,89+8,89", "18,88+8,88")
        .replace("70,00+88,89+18,89", "70,01+88,89+18,88")
    )


def test_the_flow_passes_on_what_has_no_error_and_leaves_the_rest_with_its_findings(tmp_path: Path) -> None:
    for name in ("ausgang", "bereit"):
        (tmp_path / name).mkdir()
    (tmp_path / "ausgang" / "gut.esol").write_text(right(), encoding="ascii")
    (tmp_path / "ausgang" / "schlecht.esol").write_text(example(), encoding="ascii")
    assert bash(block("ablauf"), tmp_path).stderr == ""
    left = {path.name for path in (tmp_path / "ausgang").iterdir()}
    assert left == {"schlecht.esol", "schlecht.esol.befunde.txt"}
    assert {path.name for path in (tmp_path / "bereit").iterdir()} == {"gut.esol", "gut.esol.befunde.txt"}
    told = tmp_path / "ausgang" / "schlecht.esol.befunde.txt"
    assert "Die prozentuale Zuzahlung ist mit 8,89 € angegeben" in told.read_text(encoding="utf-8")
    assert told.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [(right(), 0), (right().replace("A123456780", "A123456789"), 1), (example(), 1)],
    ids=["nothing", "a warning", "an error"],
)
def test_the_run_of_a_software_house_fails_by_warnings_too(tmp_path: Path, content: str, code: int) -> None:
    (tmp_path / "erzeugt").mkdir()
    (tmp_path / "erzeugt" / "a.esol").write_text(content, encoding="ascii")
    done = bash(block("ci"), tmp_path)
    assert (done.returncode, done.stderr) == (code, "")


ALONE = """
import sys
sys.path[:0] = {path}
from zuzahlung.cli.main import main
for words in {calls}:
    assert main(words) in (0, 1), words
assert "socket" not in sys.modules
print("\\n" + ", ".join(sorted({{name.split(".")[0] for name in sys.modules}} & {{"tzdata", "django", "rich", "orjson"}})))
"""


def test_the_commands_need_python_and_time_zones_alone_and_never_look_for_a_network(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    with as_file(files("tzdata")) as folder:
        shutil.copytree(folder, packages / "tzdata")
    (tmp_path / "rechnung.esol").write_text(example(), encoding="ascii")
    calls = [
        ["check", "rechnung.esol"],
        ["check", "--json", "rechnung.esol"],
        ["check", "--rules"],
        ["explain", "rechnung.esol"],
        ["explain", "rechnung.esol", "--html", "rechnung.html"],
        ["convert", "rechnung.esol", "--to", "json", "--out", "rechnung.json"],
        ["convert", "rechnung.json", "--to", "esol"],
    ]
    script = ALONE.format(path=[str(ROOT / "src"), str(packages)], calls=calls)
    done = subprocess.run(
        # Without site-packages, so that nothing else is there.
        [sys.executable, "-I", "-S", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "tzdata"
    assert {path.name for path in tmp_path.iterdir()} == {
        "packages", "rechnung.esol", "rechnung.html", "rechnung.json",
    }  # fmt: skip


def test_the_run_fails_where_nothing_was_written(tmp_path: Path) -> None:
    assert bash(block("ci"), tmp_path).returncode == 1


def test_the_flow_has_nothing_to_do_in_an_empty_folder(tmp_path: Path) -> None:
    for name in ("ausgang", "bereit"):
        (tmp_path / name).mkdir()
    done = bash(block("ablauf"), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.glob("*/*")) == []


def members_after(heading: str) -> list[str]:
    """What stands as code in the first column of the table after these words."""
    table = PAGE.split(heading, 1)[1].split("|---|---|\n", 1)[1].split("\n\n", 1)[0]
    return [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_the_tables_name_every_member_of_the_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rechnung.esol").write_text(example(), encoding="ascii")
    main(["check", "--json", str(folder / "rechnung.esol")])
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert members_after("`files` hat einen Eintrag je Datei") == list(told)
    assert members_after("Und in jedem Befund:") == list(told["findings"][0])


def test_the_page_names_the_charsets_versions_and_rules_that_there_are() -> None:
    charsets = PAGE.split("## Zeichensatz", 1)[1].split("##", 1)[0]
    assert {f"`{charset}`" for charset in Charset} - {"`I1`"} <= set(re.findall(r"`\w+`", charsets))
    assert "`--charset I1`" in charsets
    held = {number for number, fassung in FASSUNGEN.items() if fassung.nachrichten}
    assert (held, set(FASSUNGEN)) == ({"21"}, {str(number) for number in range(12, 22)})
    assert FASSUNGEN["21"].gueltig_ab == date(2025, 10, 1)
    named = set(re.findall(r"`((?:version|unb)\.[a-z-]+)`", PAGE))
    assert named == {"version.not-held", "version.unknown", "unb.area"}
    assert named <= {rule.id for rule in register()}


def test_the_page_names_the_price_lists_that_there_are() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (\d\d\.\d\d\.\d{4}) \|$", PAGE, re.MULTILINE)
    lists = []
    for one in preise.VERGUETUNGSLISTEN:
        begins = {preise.listed_from(legs) for legs in one.legs}
        assert len(begins) == 1
        (begin,) = begins
        assert begin is not None
        lists.append((one.bereich, begin.strftime("%d.%m.%Y")))
    assert rows == lists


def test_the_exit_codes_are_those_of_the_commands() -> None:
    assert (check.NO_ERRORS, check.SOME_ERRORS, check.NOT_READABLE, check.CALLED_WRONGLY) == (0, 1, 2, 2)
    rows = re.findall(r"^\| (\d) \| ", PAGE, re.MULTILINE)
    assert rows == ["0", "1", "2"]


@pytest.mark.parametrize("name", ["pruefen.md", "pruefregeln.md"])
def test_every_link_of_the_page_leads_to_something(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        if link.startswith("#"):
            assert link[1:] in anchors
        else:
            assert (DOCS / link).is_file(), link


def test_the_picture_is_described_light_and_shows_what_the_command_writes_today(tmp_path: Path) -> None:
    (words,) = re.findall(r"!\[([^\]]+)\]\(pictures/rechnung-erklaert\.png\)", PAGE)
    assert words.endswith(".")
    assert len(words) > 60
    assert PICTURE.stat().st_size < 150_000
    with Image.open(PICTURE) as picture:
        assert picture.format == "PNG"
        assert picture.info[WORDS] == fingerprint(explained(tmp_path)), "run: make pictures ONLY=docs"


def test_no_picture_lies_there_that_no_page_shows() -> None:
    assert [path.name for path in PICTURE.parent.iterdir()] == [PICTURE.name]


def test_the_list_of_rules_says_what_the_code_says() -> None:
    assert make_rules.WRITTEN.read_text(encoding="utf-8") == make_rules.written(), (
        "run: .venv/bin/python scripts/make_rules.py"
    )


def test_the_list_of_rules_has_a_row_for_each_and_names_every_document() -> None:
    written = make_rules.written()
    rows = re.findall(
        r"^\| `([^`]+)` \| (Fehler|Warnung|Hinweis) \| [^|]+ \| [^|]+ \|$", written, re.MULTILINE
    )
    assert [id_ for id_, _ in rows] == [rule.id for rule in register()]
    cited = {
        max(
            (id_ for id_ in make_rules.DOCUMENTS if rule.source.startswith(id_)), key=len, default=rule.source
        )
        for rule in register()
    }
    assert cited == set(make_rules.DOCUMENTS)
