"""The next version of TA1 is a new table and a date: nothing that reads or checks asks for a number of a version."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import pytest

from tests.cases.interchanges import samples
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.forms import an
from zuzahlung.standards.edifact.tables import Segment
from zuzahlung.standards.sgbv302 import files, messages
from zuzahlung.standards.sgbv302.checks import envelope, flow

STANDARDS = Path(messages.__file__).parents[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class TXT(Segment):
    """The text to a position, as an invented version 22 has it: longer, and with a language."""

    text: Annotated[str, an(most=200), "Text"]
    sprache: Annotated[str, an(2), "Sprache"]


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    slla = messages.SLLA_B_21
    newer = replace(slla, segmente=MappingProxyType({**slla.segmente, "TXT": TXT}))
    next_one = messages.Fassung(
        nummer="22",
        gueltig_ab=date(2027, 2, 1),
        gueltig_bis=None,
        nachrichten=MappingProxyType({"SLGA": messages.SLGA_21, "SLLA": newer}),
    )
    ended = replace(messages.FASSUNGEN["21"], gueltig_bis=date(2027, 3, 31))
    known = MappingProxyType({**messages.FASSUNGEN, "21": ended, "22": next_one})
    for module in (messages, files, envelope, flow):
        monkeypatch.setattr(module, "FASSUNGEN", known)


def newer_file(text: str = "x" * 150, sprache: str = "+de") -> str:
    made = (
        files.write(samples.s01()).replace(":21:0:0", ":22:0:0").replace("+20261005:1040", "+20270305:1040")
    )
    first = made.index("EHE+")
    end = made.index("'", first)
    made = f"{made[:end]}'\r\nTXT+{text}{sprache}{made[end:]}"
    return made.replace("UNT+000053", "UNT+000054")


def rules(text: str) -> list[str]:
    return [f"{finding.rule} {finding.pointer}" for finding in flow.check([text.encode("latin-1")])]


@pytest.mark.usefixtures("invented")
def test_a_file_of_the_next_version_is_read_with_its_table_and_checked() -> None:
    read = files.read([newer_file().encode("latin-1")], Charset.I1.decode)
    assert isinstance(read.nachrichten[1], files.Einzelabrechnung)
    found: Segment | None = read.nachrichten[1].faelle[0].positionen[0].txt
    assert found == TXT(text="x" * 150, sprache="de")
    assert files.write(read) == newer_file()
    assert [rule for rule in rules(newer_file()) if not rule.startswith("ehe.")] == []
    assert "element.missing 17/TXT.2" in rules(newer_file(sprache=""))


@pytest.mark.usefixtures("invented")
def test_both_versions_are_in_force_while_their_days_overlap() -> None:
    assert messages.fassung_on(date(2027, 1, 31)).nummer == "21"
    assert messages.fassung_on(date(2027, 2, 1)).nummer == "22"
    older = files.write(samples.s01()).replace("+20261005:1040", "+20270401:1040")
    assert "version.not-in-force 2/UNH.2.2" in rules(older)


def test_without_its_table_the_next_version_is_unknown_and_not_guessed() -> None:
    assert "version.unknown 2/UNH.2.2" in rules(newer_file())


def test_no_code_of_the_standards_asks_which_version_it_is() -> None:
    asking = re.compile(r"""version\s*(?:==|!=|<|>|in)\s*["'{(]?\s*["']?2\d""")
    found = [str(file) for file in STANDARDS.rglob("*.py") if asking.search(file.read_text(encoding="utf-8"))]
    assert found == []
