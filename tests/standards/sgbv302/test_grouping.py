"""Cases come into the file and invoice they belong to, none lost and none twice, and what fits nowhere is refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.interchanges import samples
from zuzahlung.standards.keys.verarbeitung import URSPRUENGE
from zuzahlung.standards.sgbv302 import formulas, grouping, slga, slla
from zuzahlung.standards.sgbv302.files import Abrechnungsfall, Position
from zuzahlung.standards.sgbv302.grouping import (
    Absender,
    Auftrag,
    Disagreement,
    Leistungserbringer,
    Lieferung,
    NotGroupable,
    RepeatedBelegnummer,
    TooLarge,
    UnfitCase,
    WrongRechnungsart,
    lieferungen,
)
from zuzahlung.standards.sgbv302.numbering import Absenderart

ANOTHER = Leistungserbringer(ik="440301801", nam=slga.NAM(name="Ergotherapie Beispiel"))
ABRECHNUNGSSTELLE = Absender(
    ik="590301867", art=Absenderart.ABRECHNUNGSSTELLE, nam=slga.NAM(name="Abrechnungszentrum Muster")
)


def fall(belegnummer: str = "1", *, vkz: str = "01") -> Abrechnungsfall:
    """Return a case of one position, as its Verarbeitungskennzeichen wants it."""
    base = samples.capped()
    uri = slla.URI(
        ik_leistungserbringer=samples.PRAXIS.ik,
        rechnungsnummer=slga.Rechnungsnummer(sammelnummer="A-135", einzelnummer="0"),
        rechnungsdatum=date(2026, 9, 30),
        belegnummer="28",
    )
    return replace(
        base,
        inv=replace(base.inv, belegnummer=belegnummer),
        uri=None if vkz == "01" else uri,
        summe=formulas.gzf(base.positionen)
        if vkz == "03"
        else formulas.bes(base.positionen, vkz=vkz, pauschal=Decimal("0.00")),
    )


def auftrag(belegnummer: str = "1", *, vkz: str = "01", **changes: Any) -> Auftrag:
    made = samples.auftrag(fall(belegnummer, vkz=vkz), verarbeitungskennzeichen=vkz)
    return replace(made, **changes)


def planned(*auftraege: Auftrag, **options: Any) -> tuple[Lieferung, ...]:
    return lieferungen(auftraege, **{"absender": samples.SELBSTABRECHNER, **options})


def outline(lieferung: Lieferung) -> list[str]:
    """Return each invoice of a file: Sammelrechnungen by Rechnungssteller and Kostenträger, then those under them."""
    lines = []
    for rechnung in lieferung.rechnungen:
        key = rechnung.schluessel
        if rechnung.nam is not None:
            lines.append(
                f"{key.ik_rechnungssteller} {key.ik_kostentraeger} Sammelrechnung: {rechnung.nam.name}"
            )
        for one in rechnung.gesamtrechnungen:
            cases = " ".join(fall.inv.belegnummer for fall in one.faelle)
            lines.append(
                f"{one.leistungserbringer.ik} {one.ik_kostentraeger} {one.ik_krankenkasse} "
                f"{one.rechnungsdatum:%d.%m.%Y}: {cases}"
            )
    return lines


def test_each_combination_of_receiver_kassenart_kind_and_rechnungsart_is_a_file() -> None:
    files = planned(
        auftrag(),
        auftrag(empfaenger="661430035"),
        auftrag(kassenart="EK"),
        auftrag(vkz="03"),
        auftrag(rechnungsart="2"),
        auftrag("2"),
    )
    assert [tuple(file.schluessel) for file in files] == [
        ("660999007", "AO", "01", "1"),
        ("660999007", "AO", "01", "2"),
        ("660999007", "EK", "01", "1"),
        ("660999007", "AO", "03", "1"),
        ("661430035", "AO", "01", "1"),
    ]
    assert outline(files[0]) == ["440301798 109990018 109990018 05.10.2026: 1 2"]


def test_no_file_stands_before_one_that_its_cases_may_refer_to() -> None:
    files = planned(*(auftrag(vkz=vkz) for vkz in ("03", "10", "04", "02", "01")))
    order = [file.schluessel.verarbeitungskennzeichen for file in files]
    assert sorted(order) == sorted(URSPRUENGE)
    for place, vkz in enumerate(order):
        assert URSPRUENGE[vkz] <= set(order[:place])


def test_rechnungsart_1_goes_by_kostentraeger_krankenkasse_and_day_and_keeps_the_order_of_cases() -> None:
    (file,) = planned(
        auftrag("9", ik_kostentraeger="109990050", ik_krankenkasse="109990050"),
        auftrag("7"),
        auftrag("3", ik_krankenkasse="109990029"),
        auftrag("10"),
        auftrag("1", rechnungsdatum=date(2026, 10, 6)),
        auftrag("8"),
    )
    assert outline(file) == [
        "440301798 109990018 109990018 05.10.2026: 7 10 8",
        "440301798 109990018 109990029 05.10.2026: 3",
        "440301798 109990018 109990018 06.10.2026: 1",
        "440301798 109990050 109990050 05.10.2026: 9",
    ]


TWO_PRACTICES = (
    auftrag("1", rechnungsart="2"),
    auftrag("2", rechnungsart="2", leistungserbringer=ANOTHER),
    auftrag("3", rechnungsart="2", ik_krankenkasse="109990029"),
    auftrag("4", rechnungsart="2", ik_kostentraeger="109990050", ik_krankenkasse="109990050"),
    auftrag("5", rechnungsart="2", leistungserbringer=ANOTHER, ik_kostentraeger="109990050"),
)


def test_rechnungsart_2_goes_by_leistungserbringer_first() -> None:
    (file,) = planned(*TWO_PRACTICES, absender=ABRECHNUNGSSTELLE)
    assert outline(file) == [
        "440301798 109990018 109990018 05.10.2026: 1",
        "440301798 109990018 109990029 05.10.2026: 3",
        "440301798 109990050 109990050 05.10.2026: 4",
        "440301801 109990018 109990018 05.10.2026: 2",
        "440301801 109990050 109990018 05.10.2026: 5",
    ]


def test_a_sammelrechnung_of_rechnungsart_2_is_that_of_the_leistungserbringer() -> None:
    (file,) = planned(*TWO_PRACTICES, absender=ABRECHNUNGSSTELLE, with_sammelrechnung=True)
    assert outline(file) == [
        "440301798 109990018 Sammelrechnung: Physiotherapie Mustermann",
        "440301798 109990018 109990018 05.10.2026: 1",
        "440301798 109990018 109990029 05.10.2026: 3",
        "440301798 109990050 Sammelrechnung: Physiotherapie Mustermann",
        "440301798 109990050 109990050 05.10.2026: 4",
        "440301801 109990018 Sammelrechnung: Ergotherapie Beispiel",
        "440301801 109990018 109990018 05.10.2026: 2",
        "440301801 109990050 Sammelrechnung: Ergotherapie Beispiel",
        "440301801 109990050 109990018 05.10.2026: 5",
    ]


@pytest.mark.parametrize("with_sammelrechnung", [False, True])
def test_rechnungsart_3_always_has_the_sammelrechnung_of_the_abrechnungsstelle(
    with_sammelrechnung: bool,
) -> None:
    (file,) = planned(
        *(replace(one, rechnungsart="3") for one in TWO_PRACTICES),
        absender=ABRECHNUNGSSTELLE,
        with_sammelrechnung=with_sammelrechnung,
    )
    assert outline(file) == [
        "590301867 109990018 Sammelrechnung: Abrechnungszentrum Muster",
        "440301798 109990018 109990018 05.10.2026: 1",
        "440301798 109990018 109990029 05.10.2026: 3",
        "440301801 109990018 109990018 05.10.2026: 2",
        "590301867 109990050 Sammelrechnung: Abrechnungszentrum Muster",
        "440301798 109990050 109990050 05.10.2026: 4",
        "440301801 109990050 109990018 05.10.2026: 5",
    ]


def test_without_cases_there_is_no_file() -> None:
    assert planned() == ()


def test_rechnungsart_1_is_refused_where_another_ik_is_paid_than_certified() -> None:
    with pytest.raises(WrongRechnungsart) as refused:
        planned(auftrag(leistungserbringer=ANOTHER))
    assert refused.value.proposal == "2"
    assert refused.value.text == (
        "Das IK, auf das gezahlt wird, ist nicht das IK des Zertifikats. "
        "Dafür ist die Rechnungsart 1 nicht erlaubt, bitte nehmen Sie die Rechnungsart 2."
    )
    assert len(planned(auftrag(leistungserbringer=ANOTHER, rechnungsart="2"))) == 1


@pytest.mark.parametrize(("leistungserbringer", "proposal"), [(samples.PRAXIS, "1"), (ANOTHER, "2")])
def test_rechnungsart_3_is_refused_to_whoever_is_no_abrechnungsstelle(
    leistungserbringer: Leistungserbringer, proposal: str
) -> None:
    with pytest.raises(WrongRechnungsart) as refused:
        planned(auftrag(leistungserbringer=leistungserbringer, rechnungsart="3"))
    assert refused.value.proposal == proposal
    assert refused.value.text == (
        "Mit der Rechnungsart 3 rechnet nur eine Abrechnungsstelle mit Inkassovollmacht ab."
    )


def test_an_abrechnungsstelle_without_a_name_cannot_head_its_sammelrechnungen() -> None:
    with pytest.raises(ValueError, match="needs a name"):
        planned(auftrag(rechnungsart="3"), absender=replace(ABRECHNUNGSSTELLE, nam=None))


@pytest.mark.parametrize(
    ("unfit", "sentence"),
    [
        (auftrag(rechnungsart="0"), "Die Rechnungsart „0“ gibt es nicht."),
        (
            auftrag(verarbeitungskennzeichen="05"),
            "Das Verarbeitungskennzeichen „05“ gibt es für Heilmittel nicht.",
        ),
        (
            auftrag("28", verarbeitungskennzeichen="02"),
            (
                "Der Fall mit der Belegnummer 28 (Verarbeitungskennzeichen 02) "
                "muss die ursprüngliche Rechnung nennen (URI)."
            ),
        ),
        (
            auftrag("28", vkz="04", verarbeitungskennzeichen="01"),
            (
                "Der Fall mit der Belegnummer 28 (Verarbeitungskennzeichen 01) "
                "darf keine ursprüngliche Rechnung nennen (URI)."
            ),
        ),
        (
            auftrag("28", vkz="03", verarbeitungskennzeichen="04"),
            "Der Fall mit der Belegnummer 28 (Verarbeitungskennzeichen 04) braucht als Summe BES.",
        ),
        (
            auftrag("28", vkz="04", verarbeitungskennzeichen="03"),
            "Der Fall mit der Belegnummer 28 (Verarbeitungskennzeichen 03) braucht als Summe GZF.",
        ),
    ],
)
def test_a_case_that_does_not_fit_its_kind_of_invoice_is_refused(unfit: Auftrag, sentence: str) -> None:
    with pytest.raises(UnfitCase) as refused:
        planned(auftrag(), unfit)
    assert refused.value.text == sentence


@pytest.mark.parametrize(
    "other",
    [
        {"leistungserbringer": replace(samples.PRAXIS, nam=slga.NAM(name="Anderer Name"))},
        {"leistungserbringer": replace(samples.PRAXIS, ust=slga.UST(steuernummer="12/345/67890"))},
        {"sko": (slga.SKO(prozent=Decimal("2.00"), zahlungsziel=14),)},
    ],
    ids=["name", "tax number", "Skonto"],
)
def test_cases_of_one_invoice_that_disagree_about_it_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(Disagreement) as refused:
        planned(auftrag("1"), auftrag("2", **other))
    assert refused.value.text == (
        "Die Fälle für die Krankenkasse 109990018 nennen verschiedene Namen, Steuernummern oder Skonti. "
        "In einer Rechnung steht davon nur eines."
    )
    # In two invoices they may differ.
    assert len(planned(auftrag("1"), auftrag("2", ik_krankenkasse="109990029", **other))) == 1


def test_invoices_under_one_sammelrechnung_bear_one_name() -> None:
    renamed = replace(samples.PRAXIS, nam=slga.NAM(name="Anderer Name"))
    cases = (auftrag(), auftrag(ik_krankenkasse="109990029", leistungserbringer=renamed))
    with pytest.raises(Disagreement) as refused:
        planned(*cases, with_sammelrechnung=True)
    assert refused.value.text == (
        "Die Rechnungen an den Kostenträger 109990018 nennen verschiedene Namen. "
        "Über ihnen steht eine Sammelrechnung mit nur einem."
    )
    assert len(planned(*cases)) == 1


def test_a_belegnummer_that_comes_twice_in_an_invoice_is_refused() -> None:
    with pytest.raises(RepeatedBelegnummer) as refused:
        planned(auftrag("1"), auftrag("28"), auftrag("28"))
    assert refused.value.text == (
        "Die Belegnummer 28 kommt in der Rechnung für die Krankenkasse 109990018 mehrmals vor."
    )
    assert len(planned(auftrag("28"), auftrag("28", ik_krankenkasse="109990029"))) == 1


def large(belegnummer: str, segments: int, **changes: Any) -> Auftrag:
    """Return a case of so many segments, at least six: INV NAD EHE ZHE DIA BES."""
    made = auftrag(belegnummer, **changes)
    position = made.fall.positionen[0]
    return replace(made, fall=replace(made.fall, positionen=(position,) * (segments - 5)))


def test_an_invoice_may_have_just_as_many_segments_as_can_be_counted() -> None:
    # UNH, FKT, REC and UNT are four more.
    (file,) = planned(large("1", 500_000), large("2", 499_995))
    assert outline(file) == ["440301798 109990018 109990018 05.10.2026: 1 2"]


def test_an_invoice_with_one_segment_more_is_refused_and_says_how_many_cases_fit() -> None:
    with pytest.raises(TooLarge) as refused:
        planned(large("1", 400_000), large("2", 400_000), large("3", 199_996), auftrag("4"))
    assert refused.value.fitting == 2
    assert refused.value.text == (
        "Die Rechnung für die Krankenkasse 109990018 hat 4 Fälle, das sind mehr Segmente, "
        "als eine Nachricht zählen kann (999999). Es passen nur 2 Fälle hinein."
    )


def test_on_request_an_invoice_that_is_too_large_becomes_several_of_like_size() -> None:
    cases = [large(str(number), 300_000) for number in range(1, 8)]
    (file,) = planned(*cases, may_split=True)
    assert outline(file) == [
        "440301798 109990018 109990018 05.10.2026: 1 2",
        "440301798 109990018 109990018 05.10.2026: 3 4",
        "440301798 109990018 109990018 05.10.2026: 5 6 7",
    ]
    assert [rechnung.schluessel.teil for rechnung in file.rechnungen] == [1, 2, 3]


def test_the_parts_of_an_invoice_stay_under_their_sammelrechnung() -> None:
    (file,) = planned(large("1", 600_000), large("2", 600_000), may_split=True, with_sammelrechnung=True)
    assert outline(file) == [
        "440301798 109990018 Sammelrechnung: Physiotherapie Mustermann",
        "440301798 109990018 109990018 05.10.2026: 1",
        "440301798 109990018 109990018 05.10.2026: 2",
    ]


def test_unequal_cases_are_split_into_more_parts_than_their_sum_asks_for() -> None:
    sizes = [900_000, 900_000, 6, 6]
    cases = [large(str(number), size) for number, size in enumerate(sizes, start=1)]
    (file,) = planned(*cases, may_split=True)
    assert [line.split(": ")[1] for line in outline(file)] == ["1", "2", "3 4"]


def test_an_invoice_that_can_be_counted_is_never_split() -> None:
    assert planned(auftrag("1"), auftrag("2"), may_split=True) == planned(auftrag("1"), auftrag("2"))


def test_a_single_case_that_fills_more_than_a_message_is_refused_even_so() -> None:
    with pytest.raises(TooLarge) as refused:
        planned(auftrag("1"), large("2", 999_996), may_split=True)
    assert refused.value.text == "Ein Fall hat mehr Segmente, als eine Nachricht zählen kann."


def many(invoices: int) -> list[Auftrag]:
    """Return cases to so many Krankenkassen, two to the first."""
    one = auftrag("1")
    cases = [replace(one, ik_krankenkasse=f"{100_000_000 + n}") for n in range(invoices)]
    return [*cases, auftrag("2", ik_krankenkasse="100000000")]


@pytest.mark.thorough
def test_a_file_with_more_messages_than_can_be_counted_is_refused_and_says_how_many_cases_fit() -> None:
    with pytest.raises(TooLarge) as refused:
        planned(*many(50_000))
    # 49,999 invoices are 99,998 messages, and the first of them has two cases.
    assert refused.value.fitting == 50_000
    assert refused.value.text == (
        "Die Datei hätte 100000 Nachrichten, zählen kann sie 99999. Es passen nur die ersten 50000 Fälle hinein."
    )


def test_a_sammelrechnung_takes_the_last_message_there_is() -> None:
    (file,) = planned(*many(49_999), with_sammelrechnung=True)
    assert len(file.rechnungen[0].gesamtrechnungen) == 49_999


@pytest.mark.thorough
def test_a_second_sammelrechnung_takes_a_message_too() -> None:
    cases = many(49_998)
    other_fund = auftrag("3", ik_kostentraeger="109990050", ik_krankenkasse="109990050")
    with pytest.raises(TooLarge) as refused:
        planned(*cases, other_fund, with_sammelrechnung=True)
    assert refused.value.fitting == 49_999
    assert len(planned(*cases, other_fund)) == 1


WITH_ALL = replace(
    fall(vkz="02"),
    img=slla.IMG(abrechnungsjahr="2026", abrechnungsmonat="09", ik_image_stelle="590301867"),
    evo=slla.EVO(evo_id="160.000.000.000.000.01"),
    positionen=(
        samples.SIX_TIMES[0],
        Position(
            ehe=samples.SIX_TIMES[1].ehe,
            txt=slla.TXT(text="Begründung"),
            mws=slla.MWS(satz=Decimal("19.00"), betrag=Decimal("5.63")),
        ),
        Position(ehe=samples.SIX_TIMES[2].ehe, txt=slla.TXT(text="Begründung")),
    ),
    diagnosen=(slla.DIA(diagnoseschluessel="M54.5"), slla.DIA(diagnosetext="Rückenschmerz")),
    skz=slla.SKZ(genehmigungskennzeichen="47/11", datum=date(2026, 8, 1), art="B2"),
)


def test_every_optional_segment_counts() -> None:
    # INV URI NAD IMG EVO, EHE, EHE TXT MWS, EHE TXT, ZHE DIA DIA SKZ BES.
    assert grouping._segments_in(WITH_ALL) == 16
    assert grouping._segments_in(fall()) == 6


PRACTICES = st.sampled_from([samples.PRAXIS, ANOTHER])
KASSEN = st.sampled_from(["109990018", "109990029", "109990050"])
DAYS = st.integers(0, 1).map(lambda days: samples.OCTOBER + timedelta(days))


@st.composite
def batches(draw: st.DrawFn, *, rechnungsarten: Sequence[str] = ("2", "3")) -> list[Auftrag]:
    """Return cases of few practices and funds, each with a number of its own."""
    return [
        auftrag(
            str(number),
            vkz=draw(st.sampled_from(["01", "03", "04"])),
            leistungserbringer=draw(PRACTICES),
            kassenart=draw(st.sampled_from(["AO", "EK"])),
            ik_kostentraeger=draw(KASSEN),
            ik_krankenkasse=draw(KASSEN),
            rechnungsart=draw(st.sampled_from(rechnungsarten)),
            rechnungsdatum=draw(DAYS),
        )
        for number in range(draw(st.integers(0, 14)))
    ]


def group_of(one: Auftrag) -> tuple[Any, ...]:
    return (
        one.empfaenger,
        one.kassenart,
        one.verarbeitungskennzeichen,
        one.rechnungsart,
        one.leistungserbringer.ik,
        one.ik_kostentraeger,
        one.ik_krankenkasse,
        one.rechnungsdatum,
    )


@given(auftraege=batches(), with_sammelrechnung=st.booleans())
def test_no_case_is_lost_doubled_or_put_elsewhere_and_their_order_stays(
    auftraege: list[Auftrag], with_sammelrechnung: bool
) -> None:
    expected = defaultdict(list)
    for given_one in auftraege:
        expected[group_of(given_one)].append(given_one.fall)
    found: dict[tuple[Any, ...], list[Abrechnungsfall]] = {}
    for file in planned(*auftraege, absender=ABRECHNUNGSSTELLE, with_sammelrechnung=with_sammelrechnung):
        for one in (one for rechnung in file.rechnungen for one in rechnung.gesamtrechnungen):
            to = (one.leistungserbringer.ik, one.ik_kostentraeger, one.ik_krankenkasse, one.rechnungsdatum)
            key = (*file.schluessel, *to)
            assert key not in found
            found[key] = list(one.faelle)
    assert found == expected


@given(auftraege=batches(), with_sammelrechnung=st.booleans(), data=st.data())
def test_it_does_not_matter_how_cases_of_different_invoices_are_mixed(
    auftraege: list[Auftrag], with_sammelrechnung: bool, data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(auftraege))
    queues = defaultdict(list)
    for one in reversed(auftraege):
        queues[group_of(one)].append(one)
    # The places of an invoice's cases are drawn, their order among themselves is that of before.
    reordered = [queues[group_of(one)].pop() for one in mixed]
    assert Counter(map(id, reordered)) == Counter(map(id, auftraege))
    options: dict[str, Any] = {"absender": ABRECHNUNGSSTELLE, "with_sammelrechnung": with_sammelrechnung}
    assert planned(*reordered, **options) == planned(*auftraege, **options)


@given(auftraege=batches(), with_sammelrechnung=st.booleans())
def test_no_two_invoices_of_all_files_have_the_same_key(
    auftraege: list[Auftrag], with_sammelrechnung: bool
) -> None:
    files = planned(*auftraege, absender=ABRECHNUNGSSTELLE, with_sammelrechnung=with_sammelrechnung)
    keys = [rechnung.schluessel for file in files for rechnung in file.rechnungen]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: planned(auftrag(leistungserbringer=ANOTHER)),
        lambda: planned(auftrag("SECRET"), auftrag("SECRET")),
        lambda: planned(auftrag("SECRET", verarbeitungskennzeichen="02")),
    ],
)
def test_what_a_refusal_writes_into_a_log_repeats_nothing_of_a_case(refuse: Callable[[], object]) -> None:
    with pytest.raises(NotGroupable) as refused:
        refuse()
    assert "SECRET" not in str(refused.value)
    assert "440301" not in str(refused.value)


@pytest.mark.parametrize(
    ("anzahl", "einzelbetrag", "is_refused"),
    [
        ("99.99", "99999999.99", False),
        ("100.00", "8.43", True),
        ("1.00", "100000000.00", True),
    ],
)
def test_a_value_that_receivers_might_read_in_two_ways_is_not_written(
    anzahl: str, einzelbetrag: str, is_refused: bool
) -> None:
    base = fall()
    (position,) = base.positionen
    ehe = replace(position.ehe, anzahl=Decimal(anzahl), einzelbetrag=Decimal(einzelbetrag))
    large = replace(base, positionen=(Position(ehe=ehe),))
    if is_refused:
        with pytest.raises(UnfitCase, match="does not fit"):
            planned(replace(auftrag(), fall=large))
    else:
        assert len(planned(replace(auftrag(), fall=large))) == 1
