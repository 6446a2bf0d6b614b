"""FKT, REC, UST, SKO and NAM: what one of them says wrongly by itself, or beside UNB, is told there and nowhere else."""

from __future__ import annotations

import pytest

from tests.standards.sgbv302.checks.damaged import (
    ABRECHNUNGSSTELLE,
    ANDERE_KASSE,
    ANDERE_PRAXIS,
    GATHERED,
    GOOD,
    INKASSO,
    KASSE,
    SEVERAL,
    SINGLE,
    add,
    file_of,
    message,
    put,
    small_invoice,
    told,
)

BAD_KASSE = "109990019"  # 109990018 has the right check digit.


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_found_in_a_good_file(name: str) -> None:
    assert told(GOOD[name]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (put(SINGLE, "FKT.2", "N"), "fkt.sammelrechnung 3 error FKT.2"),
        (put(SINGLE, "FKT#2.2", "J"), "fkt.freifeld 3 warning FKT#2.2"),
        (add(SINGLE, "REC", "UST+12/345/67890+N"), "ust.exemption 3 error UST.2"),
        (add(SINGLE, "REC", "SKO+0,00+14"), "sko.percent 3 warning SKO.1"),
        (add(SINGLE, "REC", "SKO+-2,00+14"), "sko.percent 3 warning SKO.1"),
        (add(SINGLE, "REC", "SKO+2,00+0"), "sko.days 3 warning SKO.2"),
        (add(SINGLE, "REC", "SKO+2,00+14", "SKO+3,00+14"), "sko.twice 3 warning SKO#2.2"),
        (put(SINGLE, "NAM.4", "müller@example.org"), "nam.email 3 error NAM.4"),
        (put(SINGLE, "NAM.4", "praxis@straße.example"), "nam.email 3 error NAM.4"),
        (put(SINGLE, "NAM.4", "www.example.org"), "nam.no-email 3 warning NAM.4"),
        (put(SINGLE, "NAM.4", "praxis@"), "nam.no-email 3 warning NAM.4"),
    ],
)
def test_a_field_of_a_head_that_is_wrong_by_itself_is_told(text: str, expected: str) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        add(SINGLE, "REC", "UST+12/345/67890+J"),
        add(SINGLE, "REC", "UST+12/345/67890"),
        add(SINGLE, "REC", "SKO+0,01+1"),
        add(SINGLE, "REC", "SKO+3,00+7", "SKO+2,00+14"),
        put(SINGLE, "NAM.4", "praxis.muster-1@example.org"),
    ],
)
def test_what_a_head_may_say_is_not_told(text: str) -> None:
    assert told(text) == []


def test_another_sender_than_that_of_unb_is_told_at_the_slga() -> None:
    assert told(put(SINGLE, "FKT.6", ANDERE_PRAXIS)) == ["fkt.sender 3 error FKT.6"]


def test_a_sender_of_unb_that_no_slga_names_is_told_once() -> None:
    wrong = SEVERAL.replace("UNB+UNOC:3+440301798", "UNB+UNOC:3+440301797")
    assert told(wrong) == ["unb.ik-check-digit 1 warning UNB.2", "fkt.sender 3 error FKT.6"]


def test_a_head_of_the_file_that_cannot_be_read_is_compared_with_nothing() -> None:
    assert told(put(SINGLE, "UNB.2", "")) == ["element.missing 1 error UNB.2"]


def test_a_day_of_invoice_after_the_day_of_the_file_is_a_warning_told_once_for_each_day() -> None:
    later = SEVERAL.replace("+20261005+1", "+20261006+1")
    assert told(later) == ["rec.after-the-file 3 warning REC.2"]


def test_a_day_of_invoice_on_the_day_of_the_file_or_before_is_right() -> None:
    assert told(SEVERAL.replace("+20261005+1", "+20261004+1")) == []


def test_a_wrong_check_digit_of_an_ik_is_a_warning_told_once_for_each_ik() -> None:
    wrong = file_of(
        small_invoice("2026-1:0", KASSE, payer=BAD_KASSE),
        small_invoice("2026-2:0", BAD_KASSE, payer=BAD_KASSE),
    )
    assert told(wrong) == ["ik.check-digit 3 warning FKT.4"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (SINGLE.replace(KASSE, BAD_KASSE), "FKT.4"),
        (SEVERAL.replace(ANDERE_KASSE, "109990028"), "FKT#3.5"),
        (INKASSO.replace("461100877", "461100876"), "FKT#4.3"),
    ],
)
def test_each_ik_of_fkt_is_asked_for_its_check_digit(text: str, place: str) -> None:
    assert told(text) == [f"ik.check-digit 3 warning {place}"]


def test_the_ik_of_a_sender_is_told_at_unb_only() -> None:
    assert told(SEVERAL.replace("440301798", "440301797")) == ["unb.ik-check-digit 1 warning UNB.2"]


def test_another_verarbeitungskennzeichen_in_the_file_is_told_once() -> None:
    mixed = put(put(CORRECTIONS, "FKT#3.1", "02"), "FKT#4.1", "02")
    assert told(mixed) == ["file.mixed-vkz 3 error FKT#3.1"]


def test_another_rechnungsart_in_the_file_is_told_once() -> None:
    mixed = SEVERAL.replace("REC+2026-1002:0+20261005+1", "REC+2026-1002:0+20261005+2")
    assert told(mixed) == ["file.mixed-rechnungsart 3 error REC#3.3"]


def test_a_sammelrechnung_of_another_verarbeitungskennzeichen_or_rechnungsart_is_told() -> None:
    assert told(put(GATHERED, "FKT#6.1", "02")) == ["file.mixed-vkz 3 error FKT#6.1"]
    assert told(put(GATHERED, "REC#6.3", "2")) == ["file.mixed-rechnungsart 3 error REC#6.3"]


@pytest.mark.parametrize(
    ("where", "new"), [("FKT.1", "07"), ("REC.3", "0"), ("FKT#2.1", "99"), ("REC#2.3", "4")]
)
def test_a_code_that_no_table_has_is_told_once_and_compared_with_nothing(where: str, new: str) -> None:
    assert told(put(SINGLE, where, new)) == [f"key.unknown 3 error {where}"]


def test_with_rechnungsart_1_a_practice_that_does_not_send_the_file_is_a_warning() -> None:
    other = SEVERAL.replace(f"FKT+01++440301798+{KASSE}+{KASSE}", f"FKT+01++{ANDERE_PRAXIS}+{KASSE}+{KASSE}")
    assert told(other) == ["fkt.not-self-billed 3 warning FKT.3"]


def test_with_rechnungsart_2_a_practice_need_not_send_the_file() -> None:
    sent = small_invoice("2026-1:0", KASSE, sender=ABRECHNUNGSSTELLE, art="2")
    assert told(file_of(sent, unb=f"{ABRECHNUNGSSTELLE}+660999007+20261005")) == []


def _correction(number: str, fund: str) -> list[str]:
    head = f"FKT+04++440301798+{KASSE}+{fund}"
    return [
        *message(
            "SLGA",
            f"{head}+440301798",
            f"REC+{number}+20261005+1",
            "GES+00+29,63+29,63+0,00",
            "GES+11+29,63+29,63+0,00",
            "NAM+Physiotherapie Mustermann",
        ),
        *message(
            "SLLA",
            head,
            f"REC+{number}+20261005+1",
            "INV+D456789013+10000+1+1",
            "URI+440301798+2026-77:0+20260930+4",
            "NAD+Frei+Fritz+19600606",
            "EHE+22:00501+20501+1,00+29,63+20260910",
            "ZHE+110178400+906716934+20260901+1+WS+03+++++++1000++0+1+2",
            "DIA+M54.4",
            "BES+29,63",
        ),
    ]


CORRECTIONS = file_of(_correction("2026-1:0", KASSE), _correction("2026-2:0", ANDERE_KASSE))
