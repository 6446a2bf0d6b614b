"""Every key with its meaning, and no other, is found in the official texts: TA3 8.1, TA1 and the contracts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zuzahlung.standards.keys import (
    abrechnung,
    leistungserbringer,
    verarbeitung,
    verordnung,
    versichertenstatus,
)
from zuzahlung.standards.keys.leistungserbringer import Sondertarif
from zuzahlung.standards.keys.schluessel import Schluessel

pytestmark = pytest.mark.official

SOURCES = Path(__file__).parents[3] / "shared" / "domain" / "sources"
TA1 = "Anlage_1_TP5_V21_20260115.txt"
TA3 = "Anlage_3_TP5_V21_20250919.txt"
ANHANG_3 = "Anhang_03_Anlage_1_TP5_V10_20260414.txt"
# What each page of these documents repeats at its head and foot.
PAGE = re.compile(
    r"^ *(Anlage 3( +Version 21, .*)?|Richtlinien über .*|Form und Inhalt des.*|Abrechnungsverfahrens"
    r"|nach § 302 SGB V|Inhaltsübersicht|Version 21, Stand .*|Anhang 3 zur .*|zu den Richtlinien über .*"
    r"|rens nach § 302 SGB V|Stand: 14.04.2026)$"
)


def official(name: str) -> str:
    if not (SOURCES / name).exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    lines = (SOURCES / name).read_text(encoding="utf-8").replace("\f", "").splitlines()
    return "\n".join(line for line in lines if not PAGE.match(line))


def between(text: str, start: str, end: str) -> str:
    """Return what stands between two beginnings of lines."""
    return text.split(f"\n{start}", 1)[1].split(f"\n{end}", 1)[0]


def chapter(table: Schluessel, end: str) -> str:
    """Return the chapter of TA3 that the table names as its own, down to the line that ends it."""
    return between(official(TA3), f"{table.nummer} Schlüssel ", end)


def explanations(text: str) -> str:
    """Return the right column of a page of TA1."""
    return "\n".join(line.split("   ")[-1].strip() for line in text.splitlines())


def letters(text: str) -> str:
    """Return the text without white space, and without hyphens, for they also stand where a line is broken."""
    return re.sub(r"[\s-]", "", text)


def printed(text: str, code: str = r"[0-9A-Z]{1,2}", mark: str = r"\s+=\s") -> list[tuple[str, str]]:
    """Return the codes that stand before the mark, each with the letters up to the next one."""
    parts = re.split(rf"(?<=\s)({code}){mark}", text)
    return [(code, letters(meaning)) for code, meaning in zip(parts[1::2], parts[2::2], strict=True)]


def ours(table: Schluessel) -> list[tuple[str, str]]:
    return [(code, letters(wert.bedeutung)) for code, wert in table.items()]


def in_use(table: Schluessel, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the lines without those that are printed as not in use, which must be just ours."""
    unused = {code for code, meaning in lines if "nichtbelegt" in meaning}
    assert unused == table.nicht_belegt
    return [(code, meaning) for code, meaning in lines if code not in unused]


@pytest.mark.parametrize(
    ("table", "end"),
    [
        (verordnung.UNFALL, "8.1.2.1 "),
        (verordnung.BVG_SER, "Hinweis:"),
        (abrechnung.RECHNUNGSART, "8.1.5 "),
        (versichertenstatus.SUMMENSTATUS, "Anmerkung:"),
        (verarbeitung.VERARBEITUNGSKENNZEICHEN, f"{'':23}Die Anwendbarkeit"),
        (abrechnung.PRUEFVERMERK, f"{'':24}ggf. noch"),
        (verordnung.VERORDNUNGSBESONDERHEITEN, "8.1.12 "),
    ],
    ids=lambda value: value.nummer if isinstance(value, Schluessel) else "",
)
def test_a_table_of_ta3_is_whole_and_in_its_order(table: Schluessel, end: str) -> None:
    assert in_use(table, printed(chapter(table, end))) == ours(table)


def test_the_kinds_of_papers_are_those_of_ta3_but_for_a_full_stop() -> None:
    lines = printed(chapter(abrechnung.BELEGINFORMATION, "Der Schlüssel 2 ist erst"))
    assert [(code, meaning.rstrip(".")) for code, meaning in lines] == ours(abrechnung.BELEGINFORMATION)


def test_the_kinds_of_prescription_are_those_of_ta3_and_the_99_that_ta1_adds() -> None:
    *of_ta3, of_ta1 = ours(verordnung.VERORDNUNGSART)
    assert in_use(verordnung.VERORDNUNGSART, printed(chapter(verordnung.VERORDNUNGSART, "8.1.13 "))) == of_ta3
    zhe = letters(
        explanations(between(official(TA1), f"{'':10}Kennzeichen Verordnungsart bei\n", "Kapitel: 5"))
    )
    code, meaning = of_ta1
    assert f'zeichen"{code}"istnurzuverwendenfür' in zhe
    assert meaning in zhe


def test_the_approvals_are_those_of_the_field_heilmittel() -> None:
    lines = printed(chapter(verordnung.ART_DER_GENEHMIGUNG, f"{'':42}Bereich Häusliche Krankenpflege"))
    of_heilmittel = [line for line in lines if line[0].startswith("B")]
    assert in_use(verordnung.ART_DER_GENEHMIGUNG, of_heilmittel) == ours(verordnung.ART_DER_GENEHMIGUNG)


def test_the_professions_are_those_that_ta3_lists_under_heilmittel() -> None:
    group = chapter(leistungserbringer.SAMMELGRUPPE, "8.1.15 ").split(" B = ")[1].split(" C = ")[0]
    assert printed(group) == ours(leistungserbringer.ABRECHNUNGSCODE)
    # The list of all professions says the same in another order, with headings in between.
    everywhere = dict(printed(chapter(leistungserbringer.ABRECHNUNGSCODE, "8.1.5.2 "), "[0-9]{2}"))
    assert {
        code: meaning
        for code, meaning in ours(leistungserbringer.ABRECHNUNGSCODE)
        if not everywhere[code].startswith(meaning)
    } == {}


def test_the_groups_of_services_are_those_of_ta3() -> None:
    text = chapter(leistungserbringer.SAMMELGRUPPE, "8.1.15 ")
    # L has two Abrechnungscodes and no name of its own, and the first has a slip of grammar.
    text = re.sub(r"ergänzenden (Rehamaß-\n +nahmen)\n +67 =", r"ergänzende \1;", text)
    # H to P name their Abrechnungscode first, R a heading; D lacks its equals sign.
    lines = printed(text, "[A-S]", r" (?:= )?(?:[0-9]{2} = )?(?=[A-Zn])")
    assert [
        (code, re.split(r"[0-9A-Z][0-9]=|ambulanteAKI|:", meaning)[0]) for code, meaning in lines
    ] == ours(leistungserbringer.SAMMELGRUPPE)


def test_the_regions_are_those_of_ta3_where_its_page_is_torn_into_two_columns() -> None:
    text = chapter(leistungserbringer.TARIFBEREICH, "8.1.6 ")
    whole, torn = text.split(f"\n{'':23}50 ")[0], "50 " + text.split(f"\n{'':23}50 ")[1].split("3. bis 5.")[0]
    lines = printed(whole, r"[0-9]{2}(?: bis [0-9]{2})?")
    codes = re.findall(r"([0-9]{2}(?:(?: bis |-)[0-9]{2})?)\s+=", torn)
    names = [letters(line.split("=")[-1]) for line in torn.splitlines() if letters(line.split("=")[-1])]
    assert len(codes) == len(names) == 29
    assert spread([*lines, *zip(codes, names, strict=True)]) == region_lines()


def test_the_regions_are_those_of_anhang_3_where_they_stand_whole() -> None:
    text = between(official(ANHANG_3), "8.15 Schlüssel Tarifkennzeichen", "3. bis 5. Stelle")
    lines = re.findall(r"^ *([0-9]{2}(?:(?: bis |-)[0-9]{2})?) {3,}(\S.*)$", text, re.MULTILINE)
    assert spread([(code, letters(name)) for code, name in lines]) == region_lines()


def spread(lines: list[tuple[str, str]]) -> dict[str, str]:
    """Return a line for each code, where the document prints one for a span of codes."""
    each = {}
    for code, meaning in lines:
        first, last = code[:2], code[-2:]
        each.update({f"{number:02}": meaning for number in range(int(first), int(last) + 1)})
    return each


def region_lines() -> dict[str, str]:
    free = dict.fromkeys(leistungserbringer.TARIFBEREICH.nicht_belegt, "nochzuvergeben")
    return dict(ours(leistungserbringer.TARIFBEREICH)) | free


def test_the_kinds_of_tariff_are_those_of_ta3() -> None:
    text = letters(between(official(TA3), f"{'':10}3. bis 5. Stelle", "8.1.6 "))
    for span, kind in [
        ("000090" + letters(Sondertarif.OHNE_BESONDERHEITEN) + "A00A90", ""),
        ("091098nichtbesetztA91A98", Sondertarif.VERBAENDE.removeprefix("nicht besetzt ")),
        ("099", Sondertarif.KOSTENVORANSCHLAG),
        ("U00ZZZ", Sondertarif.NICHT_BESETZT),
        ("Alleübrigen", "Sondertarifvereinbarungen zwischen einem oder mehreren"),
    ]:
        assert span + letters(kind) in text
    # The last of them is torn: the words of the left column stand between its own.
    own = text.split("Alleübrigen")[1]
    for left in ("Zahlen/Buch", "stabenkombi"):
        own = own.replace(left, "", 1)
    assert own.startswith(letters(Sondertarif.VEREINBARUNG))


def test_the_signs_of_the_versichertenstatus_are_those_of_ta3() -> None:
    text = chapter(versichertenstatus.VERSICHERTENART, "Hinweis: Wenn auf")
    assert "(wird nicht mehr verwendet ab 01.10.2014)" in text.splitlines()[0]
    first, second, _, fifth, more = re.split(r"\n[1-5]\.(?: - 4\.)? Stelle:", text)[1:]
    assert printed(first) == ours(versichertenstatus.VERSICHERTENART)
    zero, *others = ours(versichertenstatus.STICHPROBE)
    assert printed(second) == others
    assert "".join(zero) in letters(second)
    fifth = fifth.split("(Fortsetzung siehe")[0]
    assert [*printed(fifth), *printed(more)] == ours(versichertenstatus.BESONDERE_KENNUNG)


def test_the_fields_of_heilmittel_are_those_of_ta1() -> None:
    text = official(TA1).split(" Heilmittel-Bereich\n")[-1].split("Kapitel: 5")[0]
    lines = printed(text.split("Anlage 1 ")[0])
    assert lines == ours(verordnung.HEILMITTELBEREICH)


def test_the_ticks_are_those_of_ta1() -> None:
    zhe = explanations(between(official(TA1), "          Leitsymptomatik\n", "DIA "))
    signs = re.findall(r"([1-4])\. Stelle: (.+)", zhe)
    # The fourth is shortened in the document.
    assert signs == [
        (str(place), name.replace("Leitsymptomatik", "Leitsy.") if place == 4 else name)
        for place, name in enumerate(verordnung.LEITSYMPTOME, 1)
    ]
    assert f'Wenn kein Kreuz gesetzt ist, ist\n"{verordnung.KEIN_KREUZ}" zu übermitteln' in zhe
    assert "Bei Verordnungen, die nicht der Heil-\nmittel-Richtlinie (Ärzte) unterliegen" in zhe
    assert f'ist der Wert "{verordnung.OHNE_LEITSYMPTOMATIK}" einzutragen' in zhe


def test_urgency_therapy_report_and_home_visit_are_coded_as_ta1_says() -> None:
    zhe = explanations(between(official(TA1), f"{'':10}Kennzeichen Verordnungsart bei\n", "DIA "))
    no_and_yes = re.search(r"\nDringlicher Behandlungsbedarf\n([0-9]) = (\w+), ([0-9]) = (\w+)\n", zhe)
    assert no_and_yes is not None
    assert [no_and_yes.groups()[:2], no_and_yes.groups()[2:]] == ours(
        verordnung.DRINGLICHER_BEHANDLUNGSBEDARF
    )
    ticks = [
        (code, letters(meaning)) for code, meaning in re.findall(r'"([0-9])" = (.+)', zhe) if code == "1"
    ]
    assert ticks[:2] == [*ours(verordnung.THERAPIEBERICHT), *ours(verordnung.HAUSBESUCH)]


def test_the_kinds_of_files_are_those_of_ta1() -> None:
    lines = re.findall(r"Inhalt = ([0-9]) wenn (\S+)", official(TA1))
    assert lines == ours(abrechnung.TESTINDIKATOR)


def test_the_correction_procedure_is_that_of_ta1() -> None:
    text = between(official(TA1), "7.1 Übersicht Leistungsbereiche\n", "Hebammen")
    rows = re.findall(r"^(Heilmittel.*?) {2,}([0-9.]+) +([0-9.]+) +([0-9, ]+)$", text, re.MULTILINE)
    assert rows == [
        (
            row.leistungsbereich.replace("Physiotherapie)", "Physiothe-"),
            f"{row.optional_ab:%d.%m.%Y}",
            f"{row.verpflichtend_ab:%d.%m.%Y}",
            ", ".join(row.verarbeitungskennzeichen),
        )
        for row in verarbeitung.KORREKTURVERFAHREN
    ]


@pytest.mark.parametrize(
    ("vkz", "start", "end"),
    [
        ("02", "7.4.1 Nachforderung", "7.4.2 "),
        ("03", "7.4.2.1 Versicherter", "7.4.2.2 "),
        ("04", "7.4.3 Korrekturrechnung", "7.4.4 "),
        ("10", "7.4.4 Weitere Leistungen", "7.5 "),
    ],
)
def test_an_invoice_names_the_originals_that_ta1_describes(vkz: str, start: str, end: str) -> None:
    text = between(official(TA1), start, end)
    named = set(re.findall(r"(?:[‚'„])([0-9]{2})[’‘'“]", text)) - {vkz}
    assert named == verarbeitung.URSPRUENGE[vkz]


@pytest.mark.parametrize(
    ("bereich", "name"),
    [
        (verordnung.PHYSIOTHERAPIE, "20251201_Physiotherapie_Anlage_2.txt"),
        (verordnung.PODOLOGIE, "20250617_Podologie_Anlage_2.txt"),
        (verordnung.ERGOTHERAPIE, "20240531_Ergotherapie_Anlage_2.txt"),
        (verordnung.ERNAEHRUNGSTHERAPIE, "20220421_Ernaehrungstherapie_Anlage_3.txt"),
    ],
    ids=["Physiotherapie", "Podologie", "Ergotherapie", "Ernährungstherapie"],
)
def test_the_groups_of_a_contract_stand_at_the_foot_of_its_pages(bereich: str, name: str) -> None:
    groups = re.findall(r"LEGS: ([0-9/]+)", official(name))
    assert (
        tuple(dict.fromkeys("/".join(groups).split("/")))
        == (leistungserbringer.LEISTUNGSERBRINGERGRUPPEN[bereich])
    )


def test_the_groups_of_the_contract_on_speech_stand_in_its_fourth_part() -> None:
    text = between(official("20260212_SSSST_Anlage_2.txt"), "4. Leistungserbringergruppen", "5. ")
    groups = re.findall(r"^([0-9]{7})\b", text, re.MULTILINE)
    bereich = verordnung.STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE
    assert tuple(groups) == leistungserbringer.LEISTUNGSERBRINGERGRUPPEN[bereich]
