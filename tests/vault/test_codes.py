"""Claim: a code read off paper is right or is known to be wrong, and an Auskunft-Nummer leads to its answer."""

from __future__ import annotations

import random
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.vault import codes
from zuzahlung.vault.codes import (
    ALPHABET,
    AUSKUNFT_NUMMER,
    INITIALKENNWORT,
    PRUEFNUMMER,
    CodeError,
    Kind,
    WrongCharacter,
    WrongCheck,
    WrongLength,
    number_of_uuid7,
    uuid7_range_of_number,
)
from zuzahlung.vault.identifiers import Identifiers

KINDS = [INITIALKENNWORT, PRUEFNUMMER, AUSKUNFT_NUMMER]
kinds = st.sampled_from(KINDS)
SEED = b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14"


@st.composite
def made(draw: st.DrawFn) -> tuple[str, Kind]:
    kind = draw(kinds)
    source = random.Random(draw(st.integers()))
    return codes.make(kind, source.randbytes), kind


def test_the_alphabet_has_31_characters_in_order_and_none_that_look_alike() -> None:
    assert ALPHABET == "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    assert len(set(ALPHABET)) == 31
    assert sorted(ALPHABET) == list(ALPHABET)
    assert not set("01OIL") & set(ALPHABET)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (INITIALKENNWORT, "2345-6789-ABCD-EFGM"),
        (PRUEFNUMMER, "23456-789AB-CDEFG"),
        (AUSKUNFT_NUMMER, "23456-789AB-CDEFH"),
    ],
)
def test_codes_look_like_this(kind: Kind, expected: str) -> None:
    bare = codes.make(kind, lambda count: SEED[:count])
    assert codes.format(bare, kind) == expected


def test_what_is_guessed_is_honestly_counted() -> None:
    assert [round(kind.random_bits, 2) for kind in KINDS] == [74.31, 69.36, 69.36]


def test_a_byte_that_would_favour_a_character_is_thrown_away() -> None:
    drawn = iter([b"\xff\x1f\x3f" * 5 + b"\x1e", b"\x00" * 16])
    assert codes.make(INITIALKENNWORT, lambda count: next(drawn))[:15] == "Z" + "2" * 14


def test_all_characters_are_drawn_equally_often() -> None:
    source = random.Random(7)
    drawn = "".join(codes.make(INITIALKENNWORT, source.randbytes)[:-1] for _ in range(31 * 200))
    counts = [drawn.count(character) for character in ALPHABET]
    assert min(counts) > 2800
    assert max(counts) < 3200


def test_the_source_of_chance_in_use_gives_a_new_code_each_time() -> None:
    assert len({codes.make(PRUEFNUMMER, secrets.token_bytes) for _ in range(1000)}) == 1000


@given(made())
def test_a_code_is_read_back_from_its_printed_form(code: tuple[str, Kind]) -> None:
    bare, kind = code
    printed = codes.format(bare, kind)
    assert codes.parse(printed, kind) == bare
    assert codes.parse(f"  {printed.lower().replace('-', ' ')}\n", kind) == bare
    assert codes.parse(printed.replace("-", "\u2011"), kind) == bare
    assert codes.parse(bare, kind) == bare
    assert len(bare) == kind.symbols


@given(made(), st.data())
def test_every_single_wrong_character_is_found(code: tuple[str, Kind], data: st.DataObject) -> None:
    bare, kind = code
    for place in range(kind.symbols):
        wrong = data.draw(st.sampled_from(ALPHABET.replace(bare[place], "")))
        with pytest.raises(WrongCheck):
            codes.parse(bare[:place] + wrong + bare[place + 1 :], kind)


@given(made())
def test_every_two_characters_that_changed_places_are_found(code: tuple[str, Kind]) -> None:
    bare, kind = code
    for first in range(kind.symbols):
        for second in range(first + 1, kind.symbols):
            swapped = list(bare)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            if bare[first] != bare[second]:
                with pytest.raises(WrongCheck):
                    codes.parse("".join(swapped), kind)


@given(st.integers())
def test_a_query_number_is_never_taken_for_a_pruefnummer(seed: int) -> None:
    number = codes.make(AUSKUNFT_NUMMER, random.Random(seed).randbytes)
    with pytest.raises(WrongCheck):
        codes.parse(number, PRUEFNUMMER)


@pytest.mark.parametrize(
    ("typed", "kind", "error", "text"),
    [
        (
            "23456-789AB-CDEF",
            PRUEFNUMMER,
            WrongLength,
            (
                "Die Prüfnummer hat 15 Zeichen, eingegeben sind 14. "
                "Bitte vergleichen Sie die Eingabe mit dem Papier."
            ),
        ),
        (
            "",
            INITIALKENNWORT,
            WrongLength,
            (
                "Das Initialkennwort hat 16 Zeichen, eingegeben sind 0. "
                "Bitte vergleichen Sie die Eingabe mit dem Papier."
            ),
        ),
        (
            "2345-O789-ABCD-EFGM",
            INITIALKENNWORT,
            WrongCharacter,
            (
                "Das Initialkennwort enthält an Stelle 5 „O“. Es gibt darin nur die Ziffern 2 bis 9 und die "
                "Buchstaben A bis Z ohne I, L und O."
            ),
        ),
        (
            "2345\x07",
            INITIALKENNWORT,
            WrongCharacter,
            (
                "Das Initialkennwort enthält an Stelle 5 ein unsichtbares Zeichen. Es gibt darin nur die Ziffern 2 "
                "bis 9 und die Buchstaben A bis Z ohne I, L und O."
            ),
        ),
        (
            "23456-789AB-CDEFH",
            PRUEFNUMMER,
            WrongCheck,
            (
                "Die Prüfnummer enthält einen Tippfehler: Das letzte Zeichen passt nicht zu den übrigen. "
                "Bitte vergleichen Sie die Eingabe Zeichen für Zeichen mit dem Papier."
            ),
        ),
    ],
)
def test_each_kind_of_wrong_says_what_to_do(
    typed: str, kind: Kind, error: type[CodeError], text: str
) -> None:
    with pytest.raises(error) as caught:
        codes.parse(typed, kind)
    assert caught.value.text == text
    assert str(caught.value) == error.phrase


@pytest.mark.parametrize("odd", ["ß", "ı", "\u017f", "K\u0301", "\uff21"])
def test_letters_that_only_turn_into_ours_by_case_rules_are_refused(odd: str) -> None:
    with pytest.raises(WrongCharacter):
        codes.parse("2345-6789-ABCD-EFG" + odd, INITIALKENNWORT)


times = st.integers(min_value=0, max_value=(1 << 42) - 1)
LOW_80 = (1 << 80) - 1


def uuid7(time: int, random_part: int) -> UUID:
    return UUID(int=(time << 80 | random_part & LOW_80) & ~(0xF << 76) & ~(0b11 << 62) | 7 << 76 | 0b10 << 62)


uuids = st.builds(uuid7, times, st.integers(min_value=0, max_value=LOW_80))


def test_the_number_of_an_answer_looks_like_this() -> None:
    identifier = UUID("01a20114-f974-7040-a873-f4e170139e97")
    assert number_of_uuid7(identifier) == "BVXKN-BS75E-S3V6G"
    assert uuid7_range_of_number("bvxkn bs75e s3v6g") == (
        UUID("01a20114-f974-7040-a873-800000000000"),
        UUID("01a20114-f974-7040-a873-ffffffffffff"),
    )


@given(uuids)
def test_a_number_leads_to_the_range_its_identifier_lies_in(identifier: UUID) -> None:
    first, last = uuid7_range_of_number(number_of_uuid7(identifier))
    assert first <= identifier <= last
    assert last.int - first.int == 2**47 - 1
    assert first.version == last.version == 7


@given(uuids, uuids)
def test_numbers_sort_as_their_identifiers_and_differ_where_the_ranges_differ(one: UUID, other: UUID) -> None:
    earlier, later = sorted([one, other])
    first, second = number_of_uuid7(earlier), number_of_uuid7(later)
    assert first[:-1] <= second[:-1]
    assert (first == second) == (later <= uuid7_range_of_number(first)[1])


@given(uuids, st.integers(min_value=47, max_value=61))
def test_a_difference_in_the_bits_of_the_number_is_a_different_number(identifier: UUID, bit: int) -> None:
    assert number_of_uuid7(identifier) != number_of_uuid7(UUID(int=identifier.int ^ 1 << bit))


@pytest.mark.parametrize(
    "identifier",
    [UUID("0c8f0c3e-6f4e-4f7a-9c3b-3d2a1b0c9d8e"), UUID("ffffffff-f974-7040-a873-f4e170139e97")],
)
def test_only_a_uuid7_of_this_century_has_a_number(identifier: UUID) -> None:
    with pytest.raises(ValueError, match="UUIDv7"):
        number_of_uuid7(identifier)


def test_a_number_beyond_all_identifiers_is_refused() -> None:
    beyond = next(f"ZZZZZZZZZZZZZZ{check}" for check in ALPHABET if _fits(f"ZZZZZZZZZZZZZZ{check}"))
    with pytest.raises(WrongCheck, match="wrong check character"):
        uuid7_range_of_number(beyond)


def _fits(text: str) -> bool:
    try:
        return codes.parse(text, AUSKUNFT_NUMMER) == text
    except WrongCheck:
        return False


NOW = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)


def test_identifiers_of_one_moment_all_have_different_numbers_in_order() -> None:
    source = Identifiers()
    identifiers = [source.at(NOW) for _ in range(5000)]
    assert len({number_of_uuid7(one) for one in identifiers}) == 5000
    assert identifiers == sorted(identifiers)
    assert {(one.version, one.int >> 80) for one in identifiers} == {(7, 1795339800123)}


def test_two_moments_by_turns_still_give_different_numbers() -> None:
    source = Identifiers()
    moments = [NOW, NOW + timedelta(milliseconds=40)]
    numbers = {number_of_uuid7(source.at(moments[turn % 2])) for turn in range(2000)}
    assert len(numbers) == 2000


def test_an_identifier_is_its_time_a_counter_and_chance() -> None:
    source = Identifiers(lambda count: b"\xaa" * count)
    assert [str(source.at(NOW)) for _ in range(2)] == [
        "01a20297-4e3b-7555-9555-555555555555",
        "01a20297-4e3b-7555-9555-d55555555555",
    ]


def test_the_memory_of_moments_is_bounded() -> None:
    source = Identifiers()
    for second in range(1000):
        source.at(NOW + timedelta(seconds=second))
    assert len(source._counters) == 256
