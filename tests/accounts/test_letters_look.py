"""Claim: each letter with credentials is one readable sheet for a window envelope that says what to do next."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from tests.delivery.reading import description_of, findings_of, pages_of, tags_of, text_of
from zuzahlung.accounts.letters import Letter, Occasion, initialkennwort_pdf, pruefnummer_pdf, spelled
from zuzahlung.delivery.pdf import PdfError, UnprintableError
from zuzahlung.site.configuration import Fund
from zuzahlung.standards.numbers import ik
from zuzahlung.vault import codes

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
INITIALKENNWORT = "23456789ABCDEFGM"
PRUEFNUMMER = "HJKMNPQRSTUVWX9"
ADDRESS = (
    "Praxis für Physiotherapie",
    "Doppelname-Schmidt-Rodríguez & Partner mbB",
    "Musterweg 12",
    "01067 Dresden",
)
LONGEST_ADDRESS = (
    "Praxis für Physiotherapie Doppelname-Schmidt-Rodríguez & Partner mbB, Zentrum für Rehabilitation",
    "z. Hd. Frau Doppelname-Schmidt-Rodríguez",
    "Hinterhaus, 3. Obergeschoss",
    "Straße des Friedens und der Völkerverständigung 112 a",
    "01067 Dresden",
)
MILLIMETRE = 72 / 25.4


def letter(occasion: Occasion = Occasion.REGISTRATION, address: tuple[str, ...] = ADDRESS) -> Letter:
    return Letter(
        ik=ik.parse("260326822"),
        address=address,
        reference="ZG-000123-1",
        occasion=occasion,
        requested_on=date(2026, 11, 20),
        portal_url="https://portal.musterkasse.example",
        fund=Fund(),
    )


def first_letter(occasion: Occasion = Occasion.REGISTRATION, address: tuple[str, ...] = ADDRESS) -> bytes:
    return initialkennwort_pdf(
        letter(occasion, address), code=INITIALKENNWORT, valid_until=date(2026, 12, 22), now=NOW
    )


def second_letter(occasion: Occasion = Occasion.REGISTRATION, address: tuple[str, ...] = ADDRESS) -> bytes:
    return pruefnummer_pdf(
        letter(occasion, address),
        code=PRUEFNUMMER,
        now=NOW,
        first_sign_in=occasion is not Occasion.RECOVERY,
        initialkennwort_until=None if occasion is Occasion.RECOVERY else date(2026, 12, 22),
    )


EVERY_LETTER = [
    pytest.param(first_letter, Occasion.REGISTRATION, id="initialkennwort"),
    pytest.param(first_letter, Occasion.REPLACEMENT, id="new-initialkennwort"),
    pytest.param(second_letter, Occasion.REGISTRATION, id="pruefnummer"),
    pytest.param(second_letter, Occasion.REPLACEMENT, id="new-pruefnummer"),
    pytest.param(second_letter, Occasion.RECOVERY, id="pruefnummer-after-recovery"),
]


@pytest.mark.parametrize(("make", "occasion"), EVERY_LETTER)
@pytest.mark.parametrize("address", [ADDRESS, LONGEST_ADDRESS], ids=["usual", "longest"])
def test_every_letter_is_one_sheet_with_an_address_exactly_as_given(
    make: Any, occasion: Occasion, address: tuple[str, ...]
) -> None:
    made = make(occasion, address)
    assert pages_of(made) == 1
    # A line that breaks after a hyphen shows no space there.
    assert "".join("".join(address).split()) in "".join(text_of(made).split())


@pytest.mark.parametrize(("make", "occasion"), EVERY_LETTER)
def test_every_letter_passes_the_checks_for_accessible_files(make: Any, occasion: Occasion) -> None:
    made = make(occasion)
    assert findings_of(made) == ()
    assert "<pdfuaid:part>1</pdfuaid:part>" in description_of(made)
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in description_of(made)
    assert tags_of(made)[:4] == ["Document", "P", "P", "P"]
    assert [tag for tag in tags_of(made) if tag.startswith("H")] == ["H1", "H2", "H2"]
    assert tags_of(made).count("Link") == 1


@pytest.mark.parametrize(("make", "occasion"), EVERY_LETTER)
def test_the_same_letter_has_the_same_bytes(make: Any, occasion: Occasion) -> None:
    assert make(occasion) == make(occasion)


def test_the_first_letter_says_all_of_this_and_nothing_of_the_second_secret() -> None:
    text = text_of(first_letter())
    for part in (
        "Ihr Initialkennwort für das Serviceportal",
        "Institutionskennzeichen (IK) 260 326 822 wurde am 20.11.2026 ein Konto",
        "Ihr Initialkennwort, gültig bis zum 22.12.2026 2345-6789-ABCD-EFGM",
        "Warten Sie auf das zweite Schreiben.",
        "https://portal.musterkasse.example und wählen Sie dort „Anmelden“.",
        "Ihr Benutzername ist Ihr IK: 260 326 822.",
        "Geben Sie das Initialkennwort an niemanden weiter.",
        "Sie haben das nicht beantragt, oder der Umschlag war geöffnet? Bitte melden Sie sich unter",
        "0800 0000000 (kostenfrei, Mo–Fr 8–18 Uhr) oder service@musterkasse.example und nennen Sie unser Zeichen.",
        "Unser Zeichen ZG-000123-1",
        # Half past midnight in Germany: the letter bears the German day.
        "Datum 23.11.2026",
    ):
        assert part in text
    assert "HJKMN" not in text


def test_the_second_letter_says_all_of_this_and_nothing_of_the_first_secret() -> None:
    text = text_of(second_letter())
    for part in (
        "Ihre Prüfnummer für das Serviceportal",
        "Ihre Prüfnummer HJKMN-PQRST-UVWX9",
        "mit dem Initialkennwort, das bis zum 22.12.2026 gilt.",
        "Bewahren Sie dieses Schreiben sicher auf. Die Prüfnummer bleibt gültig.",
        "Mit ihr wecken Sie Ihr Konto, wenn Sie das Passwort vergessen haben oder das Portal lange nicht genutzt wurde",
        "Geben Sie die Prüfnummer an niemanden weiter.",
    ):
        assert part in text
    assert "2345-6789" not in text


@pytest.mark.parametrize(
    ("make", "occasion", "sentence"),
    [
        (
            first_letter,
            Occasion.REPLACEMENT,
            "Das Initialkennwort aus dem früheren Schreiben gilt nicht mehr;",
        ),
        (second_letter, Occasion.REPLACEMENT, "Die Prüfnummer aus dem früheren Schreiben gilt nicht mehr;"),
        (second_letter, Occasion.RECOVERY, "Jede Prüfnummer gilt dafür nur einmal."),
        (second_letter, Occasion.RECOVERY, "Vernichten Sie das Schreiben mit der alten Prüfnummer."),
        (second_letter, Occasion.RECOVERY, "Sie haben das Passwort nicht selbst festgelegt,"),
    ],
)
def test_each_occasion_has_its_own_words(make: Any, occasion: Occasion, sentence: str) -> None:
    assert sentence in text_of(make(occasion))


def test_a_recovery_has_no_initialkennwort() -> None:
    with pytest.raises(ValueError, match="recovery"):
        first_letter(Occasion.RECOVERY)


def test_an_address_that_does_not_fit_into_the_window_is_an_error_and_is_never_cut() -> None:
    with pytest.raises(PdfError, match="does not fit into the window"):
        first_letter(address=("Sehr lange Zeile " * 20, *ADDRESS, "Noch eine Zeile", "Und noch eine"))


def test_a_name_that_cannot_be_printed_is_an_error_that_names_the_characters() -> None:
    with pytest.raises(UnprintableError) as caught:
        first_letter(address=("Praxis 漢方", *ADDRESS[1:]))
    assert caught.value.characters == {"漢", "方"}


def test_a_hostile_address_is_printed_as_it_is() -> None:
    hostile = ('#read("/etc/passwd") $x$ *b* @ref', '<label> \\ "x" `y`', "Musterweg 12", "01067 Dresden")
    assert " ".join(hostile) in text_of(first_letter(address=hostile))


def test_the_address_lies_in_the_window_and_the_secret_below_the_first_fold() -> None:
    # DIN 5008, form B: the window shows 20 to 105 mm from the left and 45 to 90 mm from the top.
    for address in (ADDRESS, LONGEST_ADDRESS):
        placed = places(first_letter(address=address))
        for line in ("Musterkasse · Beispielstraße 1 · 01067 Dresden", address[-1]):
            x, y = placed[line]
            assert 24.5 <= x <= 25.5
            assert 57.7 <= y <= 90
        assert placed["2345-6789-ABCD-EFGM"][1] > 105


def places(made: bytes) -> dict[str, tuple[float, float]]:
    """Where each piece of text starts: millimetres from the left and from the top, by its words."""
    found: dict[str, tuple[float, float]] = {}

    def visit(text: str, matrix: list[float], *_: Any) -> None:
        if text.strip():
            found.setdefault(text.strip(), (matrix[4] / MILLIMETRE, 297 - matrix[5] / MILLIMETRE))

    PdfReader(io.BytesIO(made)).pages[0].extract_text(visitor_text=visit)
    return found


def test_the_secret_is_printed_large_and_in_a_font_that_tells_its_characters_apart() -> None:
    sizes: dict[str, tuple[float, str]] = {}

    def visit(text: str, matrix: list[float], _: Any, font: Any, size: float) -> None:
        if text.strip():
            sizes.setdefault(text.strip(), (size * matrix[0], font["/BaseFont"] if font else ""))

    PdfReader(io.BytesIO(second_letter())).pages[0].extract_text(visitor_text=visit)
    size, font = sizes["HJKMN-PQRST-UVWX9"]
    assert size >= 20
    assert re.search("DejaVuSansMono-Bold", font)


def test_codes_are_spelled_for_reading_aloud() -> None:
    assert spelled(INITIALKENNWORT, codes.INITIALKENNWORT) == [
        ("2345", "2, 3, 4, 5"),
        ("6789", "6, 7, 8, 9"),
        ("ABCD", "Aachen, Berlin, Chemnitz, Düsseldorf"),
        ("EFGM", "Essen, Frankfurt, Goslar, München"),
    ]
    assert spelled(PRUEFNUMMER, codes.PRUEFNUMMER)[1:] == [
        ("PQRST", "Potsdam, Quickborn, Rostock, Salzwedel, Tübingen"),
        ("UVWX9", "Unna, Völklingen, Wuppertal, Xanten, 9"),
    ]


def test_every_letter_of_our_codes_has_a_city() -> None:
    letters = [character for character in codes.ALPHABET if character.isalpha()]
    named = spelled("".join(letters[:16]), codes.INITIALKENNWORT) + spelled(
        "".join(letters[8:]), codes.PRUEFNUMMER
    )
    for group, words in named:
        assert [word[0] for word in words.split(", ")] == list(group)
        assert all(len(word) > 3 for word in words.split(", "))
