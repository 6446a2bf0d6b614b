"""Any § 302 file is explained as far as it can be read: parts in order, names, sums, payee, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.sgbv302.small_file import SEGMENTS, TEXT, joined
from zuzahlung.standards.edifact import stream
from zuzahlung.standards.sgbv302 import slla
from zuzahlung.standards.sgbv302.explanation import groups
from zuzahlung.standards.sgbv302.explanation.parts import (
    Dateiende,
    Dateikopf,
    Fall,
    Fallliste,
    Grund,
    Leistung,
    Rechnung,
    Rest,
    Teil,
    Ungedeutet,
    Zahlung,
    Zahlungsweg,
)
from zuzahlung.standards.sgbv302.explanation.walk import NoPayload, explain


def explained(data: bytes) -> list[Teil]:
    return list(explain(stream.segments([data])))


def of(*segments: str) -> list[Teil]:
    return explained(joined(*segments))


def only(kind: type[Any], parts: Iterable[Teil]) -> Any:
    (found,) = [part for part in parts if isinstance(part, kind)]
    return found


def replaced(**others: str | None) -> list[str]:
    """The small file with each first segment of a tag replaced, or left out."""
    left = dict(others)
    found = []
    for segment in SEGMENTS:
        tag = segment[:3]
        if tag in left:
            instead = left.pop(tag)
            found += [] if instead is None else [instead]
        else:
            found.append(segment)
    return found


def cases(parts: Iterable[Teil]) -> list[Fall]:
    return [part for part in parts if isinstance(part, Fall)]


def left(parts: Iterable[Teil]) -> list[tuple[int, str, Grund]]:
    """Everything that stays as it stands, with its number and why."""
    return [
        (one.nummer, one.text, one.grund)
        for part in parts
        if not isinstance(part, Dateiende)
        for one in part.ungedeutet
    ]


def test_a_file_comes_in_parts_in_its_own_order() -> None:
    parts = explained(TEXT)
    assert [type(part) for part in parts] == [Dateikopf, Rechnung, Fallliste, Fall, Fall, Dateiende]
    assert left(parts) == []


def test_invoices_and_cases_say_which_segments_they_are_as_findings_number_them() -> None:
    parts = [part for part in of(*SEGMENTS) if isinstance(part, Rechnung | Fall)]
    assert [part.segmente for part in parts] == [(2, 10), (15, 28), (29, 34)]
    tags = [[SEGMENTS[number - 1][:3] for number in part.segmente] for part in parts]
    assert tags == [["UNH", "NAM"], ["INV", "BES"], ["INV", "GZF"]]


def test_the_head_knows_the_version_of_the_first_message() -> None:
    head = only(Dateikopf, explained(TEXT))
    assert (head.unb.absender, head.unb.datenaustauschreferenz, head.version) == ("440301798", "00118", "21")


def test_the_end_says_what_the_file_held() -> None:
    assert explained(TEXT)[-1] == Dateiende(
        rechnungen=1, faelle=2, betrag=Decimal("459.83"), ist_ganz=True, hat_unz=True, abbruch=None
    )


def test_a_position_has_the_name_of_its_contract_and_what_its_quantity_makes() -> None:
    first, second, half = [item for case in cases(explained(TEXT)) for item in case.leistungen]
    name = "Allgemeine Krankengymnastik (KG) (auch auf neurophysiologischer Grundlage): Einzelbehandlung"
    assert (first.bezeichnung, first.txt, first.summe, first.zuzahlung) == (
        name, slla.TXT(text="Fragen?"), Decimal("35.26"), Decimal("2.96"),
    )  # fmt: skip
    assert (second.bezeichnung, second.txt, second.mws, second.summe) == (name, None, None, Decimal("29.63"))
    assert (half.summe, half.zuzahlung) == (Decimal("17.80"), Decimal("1.78"))


def bought(legs: str, positionsnummer: str) -> Leistung:
    ehe = f"EHE+{legs}+{positionsnummer}+1,00+10,00+20260907"
    return cases(of(*replaced(EHE=ehe)))[0].leistungen[0]


def test_without_a_contract_a_position_has_the_name_of_the_directory() -> None:
    assert bought("73:00501", "78610").bezeichnung == "Nagelspangenbehandlung"


def test_a_number_nobody_knows_has_no_name() -> None:
    assert bought("22:00501", "2ZZZZ").bezeichnung is None


def test_a_position_without_copayment_has_none() -> None:
    assert bought("22:00501", "20501").zuzahlung is None


def test_what_the_fund_is_asked_for_a_case_is_gross_less_what_the_insured_bears() -> None:
    first, second = cases(explained(TEXT))
    assert (first.betrag, second.betrag) == (Decimal("48.97"), Decimal("27.76"))


def test_a_flat_deduction_of_a_correction_is_not_asked_for() -> None:
    assert cases(of(*replaced(BES="BES+64,89+15,92+5,92+10,00+3,00")))[0].betrag == Decimal("45.97")


def test_a_case_without_sums_asks_for_an_unknown_amount() -> None:
    assert cases(of(*replaced(BES=None)))[0].betrag is None


def slga(*, fkt: str, rec: str) -> list[str]:
    return ["UNH+00001+SLGA:21:0:0", f"FKT+{fkt}", f"REC+{rec}", "GES+00+1,00+1,00", "UNT+000005+00001"]


COLLECTIVE = slga(fkt="01+J+590000010+109990018++590000010", rec="S-1:0+20261005+3")
SINGLE = slga(fkt="01++440301798+109990018+109990018+590000010", rec="S-1:1+20261005+3")


@pytest.mark.parametrize(
    ("messages", "weg", "ik_empfaenger"),
    [
        (
            slga(fkt="01++440301798+109990018+109990018+440301798", rec="A-1:0+20261005+1"),
            Zahlungsweg.AN_LEISTUNGSERBRINGER,
            "440301798",
        ),
        (
            slga(fkt="01++440301798+109990018+109990018+590000010", rec="A-1:0+20261005+2"),
            Zahlungsweg.AN_LEISTUNGSERBRINGER_UEBER_ABRECHNUNGSSTELLE,
            "440301798",
        ),
        ([*COLLECTIVE, *SINGLE], Zahlungsweg.AN_ABRECHNUNGSSTELLE, "590000010"),
        (SINGLE, Zahlungsweg.AN_ABRECHNUNGSSTELLE, None),
        (
            [*slga(fkt="01+J+590000010+109990018++590000010", rec="S-2:0+20261005+3"), *SINGLE],
            Zahlungsweg.AN_ABRECHNUNGSSTELLE,
            None,
        ),
    ],
    ids=["1", "2", "3", "3 without its Sammelrechnung", "3 with a foreign Sammelrechnung"],
)
def test_the_money_goes_where_the_rechnungsart_sends_it(
    messages: Sequence[str], weg: Zahlungsweg, ik_empfaenger: str | None
) -> None:
    last = [part for part in of(SEGMENTS[0], *messages) if isinstance(part, Rechnung)][-1]
    assert last.zahlung is not None
    assert (last.zahlung.weg, last.zahlung.ik_empfaenger) == (weg, ik_empfaenger)


def test_a_collective_invoice_is_paid_to_whom_it_names_and_counts_no_money_twice() -> None:
    parts = of(SEGMENTS[0], *COLLECTIVE, *SINGLE, "UNZ+000002+00118")
    collective = next(part for part in parts if isinstance(part, Rechnung))
    assert collective.ist_sammelrechnung
    assert collective.zahlung == Zahlung(
        weg=Zahlungsweg.AN_ABRECHNUNGSSTELLE,
        ik_kostentraeger="109990018",
        ik_empfaenger="590000010",
        ik_absender="590000010",
    )
    end = only(Dateiende, parts)
    assert (end.rechnungen, end.betrag) == (1, Decimal("1.00"))


def test_an_unknown_rechnungsart_sends_the_money_nowhere() -> None:
    assert only(Rechnung, of(*replaced(REC="REC+2026-1001:0+20261005+7"))).zahlung is None


@pytest.mark.parametrize(
    ("tag", "text", "is_as_before"),
    [
        ("FKT", "FKT+01++440301798+109990018+109990018", True),
        ("FKT", "FKT+01++440301798+109990018+109990029", False),
        ("REC", "REC+2026-1002:0+20261005+1", False),
        ("REC", "REC+2026-1001:0+", False),
    ],
)
def test_cases_say_whether_they_belong_to_the_invoice_before_them(
    tag: str, text: str, is_as_before: bool
) -> None:
    segments = list(SEGMENTS)
    segments[segments.index("UNH+00002+SLLA:21:0:0") + ("FKT", "REC").index(tag) + 1] = text
    assert only(Fallliste, of(*segments)).ist_wie_rechnung is is_as_before


# What cannot be read, or does not belong where it stands


def test_an_unreadable_segment_stays_as_it_stands_beside_the_rest() -> None:
    parts = of(*replaced(NAD="NAD+D?'Angelo+Luigi+1972-04-13"))
    assert left(parts) == [(17, "NAD+D?'Angelo+Luigi+1972-04-13", Grund.NICHT_LESBAR)]
    first, second = cases(parts)
    assert (first.nad, first.inv and first.inv.belegnummer, first.betrag) == (None, "1", Decimal("48.97"))
    assert second.nad is not None


@pytest.mark.parametrize("surplus", ["XYZ+1", "GES+00+1,00+1,00", "REC+2026-1001:0+20261005+1"])
def test_a_segment_of_another_place_stays_as_it_stands(surplus: str) -> None:
    segments = replaced(DIA=surplus)
    assert left(of(*segments)) == [(25, surplus, Grund.NICHT_VORGESEHEN)]


def test_of_two_segments_that_stand_once_the_first_counts() -> None:
    segments = list(SEGMENTS)
    segments.insert(17, "NAD+Zweiter+Zwo+19720413")
    parts = of(*segments)
    assert left(parts) == [(18, "NAD+Zweiter+Zwo+19720413", Grund.NICHT_VORGESEHEN)]
    first = cases(parts)[0].nad
    assert first is not None
    assert first.nachname == "D'Angelo"


def test_what_stays_comes_in_the_order_of_the_file() -> None:
    segments = replaced(NAD="NAD+", ZHE="ZHE+", EVO="XYZ+")
    assert [number for number, _, _ in left(of(*segments))] == [17, 19, 24]


def test_text_and_tax_after_an_unreadable_position_belong_to_no_other() -> None:
    segments = list(SEGMENTS)
    segments[19], segments[22] = segments[22], "EHE+22:00501+20501+1.00+29,63+20260907"
    segments[20:22], segments[23:23] = [], segments[20:22]
    parts = of(*segments)
    assert [text for _, text, _ in left(parts)] == [
        "EHE+22:00501+20501+1.00+29,63+20260907", "TXT+Fragen??", "MWS+19,00+5,63",
    ]  # fmt: skip
    (item,) = cases(parts)[0].leistungen
    assert (item.txt, item.mws) == (None, None)


def test_a_text_behind_the_prescription_belongs_to_no_position() -> None:
    parts = of(*replaced(DIA="TXT+verirrt"))
    assert left(parts) == [(25, "TXT+verirrt", Grund.NICHT_VORGESEHEN)]


@pytest.mark.parametrize("first", ["XXV+B234567895+50000+1+2", None], ids=["misspelt", "missing"])
def test_a_case_without_its_inv_is_still_a_case_of_its_own(first: str | None) -> None:
    segments = list(SEGMENTS)
    place = segments.index("INV+B234567895+50000+1+2")
    segments[place : place + 1] = [] if first is None else [first]
    luigi, erna = cases(of(*segments))
    assert (luigi.nad and luigi.nad.vorname, erna.nad and erna.nad.vorname) == ("Luigi", "Erna")
    assert (erna.nummer, erna.inv, erna.betrag) == (2, None, Decimal("27.76"))


@pytest.mark.parametrize(
    ("unh", "grund"),
    [
        ("UNH+00002+SLLA:20:0:0", Grund.FASSUNG_NICHT_HINTERLEGT),
        ("UNH+00002+SLLA:99:0:0", Grund.FASSUNG_NICHT_HINTERLEGT),
        ("UNH+00002+PLGA:21:0:0", Grund.NACHRICHT_UNBEKANNT),
        ("UNH+00002", Grund.NACHRICHT_UNBEKANNT),
    ],
)
def test_a_message_whose_tables_are_not_held_is_not_guessed(unh: str, grund: Grund) -> None:
    segments = [unh if segment == "UNH+00002+SLLA:21:0:0" else segment for segment in SEGMENTS]
    rest = only(Rest, of(*segments))
    assert rest.grund is grund
    assert [one.text for one in rest.ungedeutet] == [unh, *SEGMENTS[12:35]]


def test_an_unheld_invoice_is_missing_in_the_sum() -> None:
    end = only(Dateiende, of(*[segment.replace("SLGA:21", "SLGA:20") for segment in SEGMENTS]))
    assert (end.rechnungen, end.betrag, end.ist_ganz) == (0, Decimal("0.00"), False)


def test_a_faulty_unh_that_names_its_message_is_followed() -> None:
    parts = of(*[segment.replace("UNH+00002+SLLA:21:0:0", "UNH++SLLA:21") for segment in SEGMENTS])
    assert left(parts) == [(12, "UNH++SLLA:21", Grund.NICHT_LESBAR)]
    assert len(cases(parts)) == 2


def test_cases_of_another_leistungsbereich_are_not_read_as_heilmittel() -> None:
    parts = of(*[segment.replace("+00118+B+", "+00118+A+") for segment in SEGMENTS])
    assert only(Rest, parts).grund is Grund.ANDERER_LEISTUNGSBEREICH
    assert only(Rechnung, parts).betrag == Decimal("459.83")


def test_segments_outside_of_messages_are_shown() -> None:
    segments = [*SEGMENTS[:11], "INV+A123456780+10000+1+1", *SEGMENTS[11:], "REC+1"]
    assert left(of(*segments)) == [
        (12, "INV+A123456780+10000+1+1", Grund.AUSSERHALB),
        (38, "REC+1", Grund.AUSSERHALB),
    ]


def test_an_unreadable_unz_is_shown() -> None:
    parts = of(*replaced(UNZ="UNZ+2"))
    assert only(Rest, parts).ungedeutet == (
        Ungedeutet(nummer=36, text="UNZ+2", grund=Grund.NICHT_LESBAR),
    )  # fmt: skip


def test_a_file_without_unb_is_explained() -> None:
    assert [type(part) for part in of(*SEGMENTS[1:])] == [Rechnung, Fallliste, Fall, Fall, Dateiende]


def test_two_files_in_one_are_both_explained() -> None:
    parts = explained(TEXT + TEXT)
    assert sum(isinstance(part, Dateikopf) for part in parts) == 2
    end = only(Dateiende, parts)
    assert (end.rechnungen, end.faelle, end.betrag) == (2, 4, Decimal("919.66"))


def test_messages_that_never_end_are_explained_to_the_next() -> None:
    segments = [segment for segment in SEGMENTS if segment[:3] not in {"UNT", "UNZ"}]
    parts = of(*segments)
    assert [type(part) for part in parts] == [Dateikopf, Rechnung, Fallliste, Fall, Fall, Dateiende]
    assert not only(Dateiende, parts).hat_unz


# Endings, and files that are none


def test_a_file_that_breaks_off_in_a_segment_says_where() -> None:
    end = only(Dateiende, explained(TEXT[: TEXT.index(b"Erna") + 2]))
    assert (end.abbruch.number, end.abbruch.beginning) == (30, "NAD+Müller+Er")
    assert (end.faelle, end.hat_unz) == (2, False)


def test_a_file_cut_anywhere_is_explained_or_refused() -> None:
    for length in range(len(TEXT)):
        try:
            end = explained(TEXT[:length])[-1]
        except NoPayload:
            assert length <= len(SEGMENTS[0])
        else:
            assert isinstance(end, Dateiende)
            assert end.hat_unz == (length > TEXT.index(b"UNZ") + len("UNZ+000002+00118"))


def rows_of(part: Teil) -> Iterator[object]:
    """Every segment that a part has read."""
    if isinstance(part, Dateikopf):
        yield part.unb
    elif isinstance(part, Rechnung):
        yield from (part.fkt, part.rec, part.ust, *part.sko, *part.ges, part.nam)
    elif isinstance(part, Fallliste):
        yield from (part.fkt, part.rec)
    elif isinstance(part, Fall):
        yield from (part.inv, part.uri, part.nad, part.img, part.evo, part.zhe, *part.diagnosen, part.skz)
        yield from (part.bes, part.gzf)
        for item in part.leistungen:
            yield from (item.ehe, item.txt, item.mws)


def nothing_is_lost(segments: Sequence[str]) -> bool:
    """Say whether each segment was read into a part, stays as it stands, or is an envelope that says no more."""
    parts = of(*segments)
    read = sum(row is not None for part in parts for row in rows_of(part))
    shown = [text for _, text, _ in left(parts)]
    envelope = [text for text in segments if text[:3] in {"UNH", "UNT", "UNZ"}]
    quiet = len(envelope) - sum(text[:3] in {"UNH", "UNT", "UNZ"} for text in shown)
    return isinstance(parts[-1], Dateiende) and read + len(shown) + quiet == len(segments)


@pytest.mark.parametrize("place", range(1, len(SEGMENTS)))
@pytest.mark.parametrize("damage", ["{tag}", "{text}+++", "Q{text}", "{text}:::", "{tag}+\x00", "INV+1"])
def test_no_segment_is_lost_when_one_of_them_is_damaged(place: int, damage: str) -> None:
    damaged = damage.format(tag=SEGMENTS[place][:3], text=SEGMENTS[place])
    assert nothing_is_lost([*SEGMENTS[:place], damaged, *SEGMENTS[place + 1 :]])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Die Datei ist leer."),
        (b"\r\n  \n", "Die Datei ist leer."),
        (b"UNB+UNOC:3+4403", "Die Datei bricht schon im ersten Segment ab."),
        (b"UNB+" + b"x" * 100_000, "Das erste Segment nimmt kein Ende."),
        (
            b"\x89PNG\r\n\x1a\n'\x00\x00",
            "Das ist keine Abrechnungsdatei nach § 302 SGB V: Am Anfang steht kein UNB.",
        ),
        (b'{"unb": []}', "Das ist keine Abrechnungsdatei nach § 302 SGB V: Am Anfang steht kein UNB."),
        (b"UNBEKANNT+1'", "Das ist keine Abrechnungsdatei nach § 302 SGB V: Am Anfang steht kein UNB."),
        (b"UNA:+.;*~", "Die Datei nennt am Anfang (UNA) andere Trennzeichen als : + , ? und '."),
    ],
    ids=["empty", "blank", "cut", "endless", "picture", "JSON", "word", "UNA"],
)
def test_what_is_no_file_of_invoices_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(NoPayload) as refused:
        explained(data)
    assert refused.value.text == sentence
    assert str(refused.value) == "no file of invoices"


@given(st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=40))
def test_no_segment_is_lost_in_any_order(segments: list[str]) -> None:
    assert nothing_is_lost(segments)


@given(st.binary(max_size=200))
def test_any_bytes_after_a_head_are_explained_or_shown(data: bytes) -> None:
    assert isinstance(explained(joined(*SEGMENTS[:3]) + data)[-1], Dateiende)


# Memory


def in_parts(count: int) -> Iterator[Fall]:
    item = "EHE+22:00501+20501+1,00+29,63+20260907+2,96"
    segments = [*SEGMENTS[:15], SEGMENTS[16], *[item] * count, *SEGMENTS[23:]]
    yield from cases(of(*segments))


def test_a_case_of_absurd_length_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_SEGMENTS", 10)
    found = [
        (case.nummer, len(case.leistungen), case.ist_fortsetzung, case.geht_weiter) for case in in_parts(20)
    ]
    assert found == [(1, 8, False, True), (1, 10, True, True), (1, 2, True, False), (2, 1, False, False)]


def test_pieces_of_a_case_are_one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_CHARACTERS", 200)
    assert only(Dateiende, explained(TEXT)).faelle == 2


def test_pieces_of_an_invoice_are_one_invoice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_SEGMENTS", 4)
    parts = explained(TEXT)
    invoices = [part for part in parts if isinstance(part, Rechnung)]
    assert [invoice.ist_fortsetzung for invoice in invoices] == [False, True, True]
    assert only(Dateiende, parts).rechnungen == 1
