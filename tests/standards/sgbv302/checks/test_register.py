"""The register of the check holds every rule that stands in the code, once, in words that stand by themselves."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.standards.sgbv302.seeded.damage import Defect
from tests.standards.sgbv302.seeded.defects import DEFECTS
from tests.test_sources_are_registered import is_registered
from tests.test_sources_are_registered import register as documents
from zuzahlung.standards.edifact import faults, reading
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302 import checks
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.register import FORMS, register, shown
from zuzahlung.standards.sgbv302.checks.rules import Rule

FOLDER = Path(checks.__path__[0])
MAKERS = {"error", "warning", "note"}
NEVER_MET = {"segment.tag", "segment.release"}
"""Faults that reading knows and no file can have in the check: it asks the table of a segment's own tag, and the
stream has ended a segment where an apostrophe is not released."""

each_rule = pytest.mark.parametrize("rule", register(), ids=lambda rule: rule.id)


def made_in(code: str) -> Iterator[str]:
    """The id of each rule that is made in this text of a module, wherever it is made."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            yield str(ast.literal_eval(node.args[0]))


def faults_of(module: ModuleType) -> Iterator[str]:
    """The id of each fault that a module of the reader makes."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.keyword) and node.arg == "rule":
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and "." in str(part.value):
                    yield str(part.value)


def test_every_rule_that_a_module_of_the_check_makes_is_registered() -> None:
    made = Counter(
        id_
        for path in sorted(FOLDER.glob("*.py"))
        if path.name not in {"rules.py", "register.py"}
        for id_ in made_in(path.read_text(encoding="utf-8"))
    )
    assert len(made) > 100
    assert made == Counter(rule.id for rule in register() if rule not in FORMS)


def test_a_rule_is_seen_wherever_a_module_makes_it() -> None:
    code = 'A = error("a.b", 1, "…", "…", "…")\ndef f():\n    return [note("c.d", 2, "…", "…", "…")]\n'
    assert list(made_in(code)) == ["a.b", "c.d"]


def test_every_fault_of_a_single_segment_is_registered() -> None:
    known = set(faults_of(faults)) | set(faults_of(reading))
    assert known >= NEVER_MET
    assert known - NEVER_MET == {rule.id for rule in FORMS}


def test_no_two_rules_have_one_id() -> None:
    assert [id_ for id_, times in Counter(rule.id for rule in register()).items() if times > 1] == []


def test_rules_stand_in_the_order_of_stufe_and_id() -> None:
    places = [(rule.stufe, rule.id) for rule in register()]
    assert places == sorted(places)
    assert {stufe for stufe, _ in places} == {1, 2, 3}


@each_rule
def test_an_id_is_a_dotted_name_in_lower_case(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+", rule.id)


@each_rule
def test_a_rule_says_in_whole_sentences_what_is_wrong(rule: Rule) -> None:
    for text in (rule.text, rule.detail):
        assert text.endswith(".")
        assert not text.endswith("..")
        assert re.match(r"[A-ZÄÖÜ„0-9{]", text)
        # Something that is said of every case, not only what comes from elsewhere.
        assert len(re.findall(r"\w+", shown(text))) >= 3
        assert "  " not in text
    # German words with an umlaut stand in the English sentence only as what a document calls a thing.
    assert rule.text != rule.detail


@each_rule
def test_a_rule_names_a_registered_document_and_its_chapter(rule: Rule) -> None:
    assert is_registered(rule.source, documents())


def test_what_is_particular_to_a_case_is_left_open_for_people() -> None:
    assert shown("Angegeben sind {given}, richtig ist „{expected}“.") == (
        "Angegeben sind […], richtig ist „[…]“."
    )


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)
def test_a_finding_is_as_grave_as_the_register_says_of_its_rule(defect: Defect) -> None:
    registered = {rule.id: rule for rule in register()}
    for finding in check([defect.damaged()]):
        rule = registered[finding.rule]
        assert finding.severity is rule.severity
        # Only the form of the four service segments belongs to the Stufe before.
        is_early = rule in FORMS and finding.pointer.split("/")[1][:3] in {"UNB", "UNH", "UNT", "UNZ"}
        assert finding.stufe == (1 if is_early else rule.stufe)


def test_the_words_of_a_finding_are_those_of_its_rule() -> None:
    content = b"UNB+UNOC:3+440301798+660999007+20261005:1040+00118+B+SL030179S10+0'UNZ+000001+00118'"
    registered = {rule.id: rule for rule in register()}
    found = {finding.rule: finding for finding in check([content])}
    assert found["file.no-message"].text == registered["file.no-message"].text
    assert registered["unz.count"].text == "Die Datei hat {actual} Nachrichten, angegeben sind {given}."
    assert found["unz.count"].text == "Die Datei hat 0 Nachrichten, angegeben sind 1."
    assert registered["unz.count"].severity is Severity.ERROR
