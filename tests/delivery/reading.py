"""Reads our PDFs back for tests: their words, their structure, and what a checker finds wrong."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from pdfua import Finding, validate
from pypdf import PdfReader


def text_of(made: bytes) -> str:
    """The words of all pages in reading order, line ends as single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def pages_of(made: bytes) -> int:
    """How many pages there are."""
    return len(PdfReader(io.BytesIO(made)).pages)


def catalog_of(made: bytes) -> Any:
    """The root of the file, where its language and its structure hang."""
    root = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root is not None
    return root.get_object()


def description_of(made: bytes) -> str:
    """The metadata (XMP) that name the standards the file claims."""
    found: bytes = catalog_of(made)["/Metadata"].get_object().get_data()
    return found.decode()


def tags_of(made: bytes) -> list[str]:
    """The names of all structure elements in reading order, as a screen reader meets them."""

    def walk(element: Any) -> list[str]:
        element = element.get_object()
        if isinstance(element, list):
            return [name for child in element for name in walk(child)]
        if not hasattr(element, "get") or "/S" not in element:
            return []
        return [element["/S"][1:], *walk(element.get("/K", []))]

    return walk(catalog_of(made)["/StructTreeRoot"].get_object()["/K"])


def findings_of(made: bytes) -> tuple[Finding, ...]:
    """What the checker for accessible files finds wrong."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.pdf"
        path.write_bytes(made)
        return validate(str(path)).findings
