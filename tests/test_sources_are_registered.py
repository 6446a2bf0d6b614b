"""Each module of the standards cites its document, and each document cited stands in docs/sources.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STANDARDS = ROOT / "src" / "zuzahlung" / "standards"
MODULES = sorted(file for file in STANDARDS.rglob("*.py") if file.name != "__init__.py")
CITATIONS = re.compile(r"\bSource: (.+?)(?=\n\s*#?\s*\n|\"\"\"|\Z)", re.DOTALL)


def register() -> dict[str, str]:
    """Return the version of every registered document by its id."""
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    return {row[1]: row[2] for row in re.finditer(r"^\| `([^`]+)` \|[^|]*\| ([^|]*) \|", text, re.MULTILINE)}


def citations(code: str) -> list[str]:
    """Return what stands after every `Source:`, one document an entry."""
    entries = []
    for found in CITATIONS.findall(code):
        entries += re.sub(r"\s+#?\s*", " ", found).strip(" .").split("; ")
    return entries


def unregistered(code: str, documents: dict[str, str]) -> list[str]:
    """Return the citations whose document, or whose version of it, is not registered, or lacks a chapter."""
    return [entry for entry in citations(code) if not is_registered(entry, documents)]


def is_registered(entry: str, documents: dict[str, str]) -> bool:
    for document, version in documents.items():
        if match := re.fullmatch(rf"{re.escape(document)}(?: (V[0-9.]+))?, .+", entry):
            return match[1] is None or match[1] in version.replace(",", " ").split()
    return False


@pytest.mark.parametrize("module", MODULES, ids=[str(file.relative_to(STANDARDS)) for file in MODULES])
def test_a_module_of_the_standards_cites_registered_documents_only(module: Path) -> None:
    code = module.read_text(encoding="utf-8")
    docstring = code.split('"""')[1]
    assert "Source: " in docstring, "the module names no source"
    assert unregistered(code, register()) == []


@pytest.mark.parametrize("folder", sorted({file.parent for file in STANDARDS.rglob("*.py")}))
def test_every_folder_of_the_standards_says_in_one_sentence_what_it_is_for(folder: Path) -> None:
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    assert re.fullmatch(r'"""[^"]+\."""\n', text)


def test_the_register_gives_the_versions_in_force() -> None:
    documents = register()
    assert documents["TA1"] == "V21, Stand 15.01.2026"
    assert documents["TA3"] == "V21, Stand 19.09.2025"
    assert {"SGB V", "BGB", "house", "KVNR-A1"} <= documents.keys()


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ('"""Keys.\n\nSource: TA3 V21, 8.1.3.\n"""', []),
        ('"""Keys.\n\nSource: TA3 V22, 8.1.3.\n"""', ["TA3 V22, 8.1.3"]),
        ('"""Keys.\n\nSource: TA9 V21, 8.1.3.\n"""', ["TA9 V21, 8.1.3"]),
        ('"""Keys.\n\nSource: TA3 V21.\n"""', ["TA3 V21"]),
        ('"""Keys.\n\nSource: TA3 V21, 8.1.3; hearsay, page 1.\n\nMore.\n"""', ["hearsay, page 1"]),
        ('"""Law.\n\nSource: SGB V, § 61;\nSGB XX, § 1.\n"""', ["SGB XX, § 1"]),
        ("LIMIT = 18  # Source: SGB IX, § 2.\n", ["SGB IX, § 2"]),
        ("# A rule.\n# Source: SGB V, § 61;\n# SGB IX, § 2.\n\nx = 1\n", ["SGB IX, § 2"]),
    ],
)
def test_a_citation_without_document_version_or_chapter_is_found(code: str, wrong: list[str]) -> None:
    assert unregistered(code, register()) == wrong
