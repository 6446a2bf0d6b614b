"""The templates keep the strict policy by themselves: nothing inline, nothing from elsewhere, one language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import zuzahlung.portal

TEMPLATES = Path(zuzahlung.portal.__file__).parent / "templates"
FILES = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".svg"))
FORBIDDEN = {
    "an inline style": r"<style\b|\sstyle\s*=",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "a script address": r"javascript:",
    "somebody else's file": r"(?:src|action|<link[^>]*href)\s*=\s*[\"'](?:https?:)?//",
    "unescaped text": r"\|\s*safe\b|autoescape\s+off",
}


def test_there_are_templates_to_look_at() -> None:
    assert len(FILES) > 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_nothing_the_policy_would_stop(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]
    assert found == []


@pytest.mark.parametrize(
    ("what", "markup"),
    [
        ("an inline style", '<p style="color:red">'),
        ("an inline script", "<script>alert(1)</script>"),
        ("an inline handler", '<button onclick="x()">'),
        ("a script address", '<a href="javascript:x()">'),
        ("somebody else's file", '<script src="https://cdn.example/x.js"></script>'),
        ("unescaped text", "{{ name|safe }}"),
    ],
)
def test_the_search_above_finds_what_it_looks_for(what: str, markup: str) -> None:
    assert re.search(FORBIDDEN[what], markup, re.IGNORECASE)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.svg")), ids=lambda path: path.name)
def test_an_icon_is_silent_because_words_stand_beside_it(path: Path) -> None:
    assert 'aria-hidden="true"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["500", "503"])
def test_pages_for_an_outage_need_nothing_but_their_own_file(code: str) -> None:
    text = (TEMPLATES / "portal" / "errors" / f"{code}.html").read_text(encoding="utf-8")
    assert set(re.findall(r"{%\s*(\w+)", text)) <= {"load", "static", "if", "endif"}
