"""Claim: a PDF shows exactly the values it was given, to eyes and to screen readers, and nothing can hide in them."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.delivery.reading import catalog_of, description_of, text_of
from zuzahlung.delivery import pdf
from zuzahlung.delivery.pdf import PdfError, UnprintableError, render, unprintable

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
GLYPHS = "/delivery/typst/glyphs.typ"
SIMPLE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: "Probe", date: auto)
#set text(lang: "de", region: "DE", font: "Libertinus Serif", fallback: false)
= Probe
#data.text
"""


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package folder of the test's own; gives the folder for templates."""
    folder = tmp_path / "probe" / "typst"
    folder.mkdir(parents=True)
    monkeypatch.setattr(pdf, "PACKAGE", tmp_path)
    pdf._refuse_packages.cache_clear()
    yield folder
    pdf._refuse_packages.cache_clear()


@pytest.fixture
def simple(own_templates: Path) -> str:
    (own_templates / "simple.typ").write_text(SIMPLE, encoding="utf-8")
    return "/probe/typst/simple.typ"


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        '#read("/delivery/pdf.py")',
        "#panic()",
        "#sys.inputs.data",
        "#{ 1 + 1 }",
        "$x^2$",
        "*fett* _schräg_ `roh`",
        "@verweis <label>",
        "= Überschrift",
        "- Liste + Liste / Begriff: x",
        "// Kommentar /* mehr */",
        r"C:\neu\u{41}\\ \#",
        "\"doppelt\" 'einfach' „deutsch“ ‚halb‘",
        "[Klammer] (rund) {geschweift}",
        "-- --- ... ~ -?",
        "https://beispiel.example/?a=b&c=d",
        '{"text": "json"}',
        "& Co. KG <b>HTML</b> &amp;",
        "%s %(x)s {0} ${HOME}",
        "Łódź Çelik Đorđević Øster Ñandú Ştefănescu Ferenc Őry ẞ",
    ],
)
def test_no_value_is_ever_read_as_markup(simple: str, hostile: str) -> None:
    made = render(simple, {"text": hostile}, created_at=NOW)
    assert text_of(made) == "Probe " + hostile


def test_a_template_reads_no_file_outside_the_package(own_templates: Path) -> None:
    (own_templates / "thief.typ").write_text(SIMPLE + '#read("/../../../../etc/passwd")', encoding="utf-8")
    with pytest.raises(PdfError, match="thief"):
        render("/probe/typst/thief.typ", {"text": ""}, created_at=NOW)


def test_the_same_values_give_the_same_bytes_and_another_time_others(simple: str) -> None:
    first = render(simple, {"text": "a"}, created_at=NOW)
    assert render(simple, {"text": "a"}, created_at=NOW) == first
    assert render(simple, {"text": "b"}, created_at=NOW) != first
    assert render(simple, {"text": "a"}, created_at=NOW.replace(minute=31)) != first


def test_the_file_carries_its_date_language_title_and_both_standards() -> None:
    made = render(GLYPHS, {"characters": ["a"]}, created_at=NOW)
    root, described = catalog_of(made), description_of(made)
    assert root["/Lang"] == "de-DE"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a boolean of the PDF, not of Python
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert "<pdfaid:part>2</pdfaid:part>" in described
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    metadata = PdfReader(io.BytesIO(made)).metadata
    assert metadata is not None
    assert metadata.title == "Zeichenprobe"
    assert metadata.creation_date == NOW


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Ärger 漢字 ✓", {"漢", "字", "✓"}),
        ("\U0001f600", {"\U0001f600"}),
        ("a\x07b", {"\x07"}),
        ("\ufeffx", {"\ufeff"}),
    ],
)
def test_characters_that_the_font_lacks_are_named_and_never_left_out(
    simple: str, text: str, missing: set[str]
) -> None:
    with pytest.raises(UnprintableError) as caught:
        render(simple, {"text": text}, created_at=NOW)
    assert caught.value.characters == missing


def test_the_error_names_code_points_and_none_of_the_values(simple: str) -> None:
    with pytest.raises(UnprintableError) as caught:
        render(simple, {"text": "Geheim ✓"}, created_at=NOW)
    assert str(caught.value) == "characters without a glyph in our fonts: U+2713"
    assert caught.value.__suppress_context__


def test_names_of_many_countries_can_be_printed_and_others_are_known_beforehand() -> None:
    names = ["Müller-Lüdenscheidt", "Rodríguez", "Łukasiewicz", "Öztürk", "Nguyễn", "Παπαδόπουλος", "Иванова"]
    assert unprintable(names) == frozenset()
    assert unprintable([*names, "王小明", "✓"]) == {"王", "小", "明", "✓"}


def test_a_template_in_another_language_is_refused(own_templates: Path) -> None:
    (own_templates / "english.typ").write_text(SIMPLE.replace('"de"', '"en"'), encoding="utf-8")
    with pytest.raises(PdfError, match="no PDF in German"):
        render("/probe/typst/english.typ", {"text": ""}, created_at=NOW)


def test_a_template_without_title_is_refused(own_templates: Path) -> None:
    (own_templates / "untitled.typ").write_text(SIMPLE.replace('title: "Probe", ', ""), encoding="utf-8")
    with pytest.raises(PdfError, match="title"):
        render("/probe/typst/untitled.typ", {"text": ""}, created_at=NOW)


def test_a_package_from_the_network_is_refused_before_anything_is_fetched(own_templates: Path) -> None:
    (own_templates / "simple.typ").write_text(SIMPLE, encoding="utf-8")
    (own_templates / "greedy.typ").write_text('#import "@preview/x:1.0.0": y', encoding="utf-8")
    with pytest.raises(PdfError, match=r"greedy\.typ uses a package from the network"):
        render("/probe/typst/simple.typ", {"text": ""}, created_at=NOW)


def test_a_missing_template_and_a_missing_value_are_told_without_the_values(simple: str) -> None:
    with pytest.raises(PdfError, match=r"there is no template /probe/typst/other\.typ"):
        render("/probe/typst/other.typ", {}, created_at=NOW)
    with pytest.raises(PdfError) as caught:
        render(simple, {"other": "Geheim"}, created_at=NOW)
    assert "text" in str(caught.value)
    assert "Geheim" not in str(caught.value)


def test_several_threads_render_at_once_and_get_what_one_gets_alone(simple: str) -> None:
    expected = {number: render(simple, {"text": f"Nummer {number}"}, created_at=NOW) for number in range(12)}
    made: dict[int, bytes] = {}
    start = threading.Barrier(3)

    def work(mine: range) -> None:
        start.wait()
        for number in mine:
            made[number] = render(simple, {"text": f"Nummer {number}"}, created_at=NOW)

    threads = [threading.Thread(target=work, args=(range(first, 12, 3),)) for first in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == expected
