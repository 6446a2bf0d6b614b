"""A whole file is read as it was written, or refused as what it is: broken, faulty, out of order or of another version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import ROUND_DOWN, Context, Decimal, Inexact, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.standards.sgbv302 import small_file
from tests.standards.sgbv302.generated import characters_of, whole_files
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.stream import BrokenStream, OtherSeparators, UnfinishedSegment
from zuzahlung.standards.edifact.writing import write
from zuzahlung.standards.sgbv302 import files, slga, slla
from zuzahlung.standards.sgbv302.files import (
    Abrechnungsfall,
    Einzelabrechnung,
    Gesamtaufstellung,
    Nutzdaten,
    OutOfOrder,
    Position,
    UnknownVersion,
    segments_of,
)

LINE_ENDS = ["", "\n", "\r\n"]
EVERY_CHARSET = pytest.mark.parametrize("charset", list(Charset), ids=str)
SEGMENTS = small_file.SEGMENTS


def read(
    data: bytes, size: int | None = None, decode: Callable[[bytes], str] = Charset.I1.decode
) -> Nutzdaten:
    return files.read(cut(data, size or len(data) or 1), decode)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def read_of(*segments: str) -> Nutzdaten:
    return read(small_file.joined(*segments))


def out_of_order(*segments: str) -> OutOfOrder:
    with pytest.raises(OutOfOrder) as caught:
        read_of(*segments)
    return caught.value


def with_segments(start: int, end: int, *instead: str) -> list[str]:
    return [*SEGMENTS[:start], *instead, *SEGMENTS[end:]]


@pytest.fixture(scope="module")
def datei() -> Nutzdaten:
    return read(small_file.TEXT)


def test_a_file_is_read_as_messages_cases_and_positions(datei: Nutzdaten) -> None:
    assert datei.version == "21"
    assert datei.unb.datenaustauschreferenz == "00118"
    slga_message, slla_message = datei.nachrichten
    assert isinstance(slga_message, Gesamtaufstellung)
    assert isinstance(slla_message, Einzelabrechnung)
    assert [sko.zahlungsziel for sko in slga_message.sko] == [14, 30]
    assert [ges.status for ges in slga_message.ges] == ["00", "11"]
    assert slga_message.nam.name == "Praxis Müller + Söhne"
    first, second = slla_message.faelle
    assert first.uri is not None
    assert first.uri.belegnummer == "17"
    assert first.nad.nachname == "D'Angelo"
    assert [(position.txt, position.mws is None) for position in first.positionen] == [
        (slla.TXT(text="Fragen?"), False),
        (None, True),
    ]
    assert [dia.diagnosetext for dia in first.diagnosen] == [None, "Rückenschmerz: links"]
    assert isinstance(first.summe, slla.BES)
    assert isinstance(second.summe, slla.GZF)
    assert second.positionen[0].ehe.anzahl == Decimal("0.50")
    assert (second.img, second.evo, second.skz) == (None, None, None)


def test_what_was_read_is_written_byte_for_byte(datei: Nutzdaten) -> None:
    assert files.write(datei).encode("latin-1") == small_file.TEXT
    assert files.write(datei, line_end="") == "".join(segment + "'" for segment in SEGMENTS)


def test_counts_and_numbers_of_the_envelope_come_from_what_is_in_it(datei: Nutzdaten) -> None:
    three = Nutzdaten(unb=datei.unb, version="21", nachrichten=(*datei.nachrichten, datei.nachrichten[0]))
    lines = files.write(three, line_end="\n").splitlines()
    assert [line for line in lines if line.startswith(("UNH", "UNT", "UNZ"))] == [
        "UNH+00001+SLGA:21:0:0'",
        "UNT+000010+00001'",
        "UNH+00002+SLLA:21:0:0'",
        "UNT+000024+00002'",
        "UNH+00003+SLGA:21:0:0'",
        "UNT+000010+00003'",
        "UNZ+000003+00118'",
    ]


def test_a_message_that_unt_cannot_count_is_refused(datei: Nutzdaten) -> None:
    message = datei.nachrichten[1]
    assert isinstance(message, Einzelabrechnung)
    case = message.faelle[1]

    def of_length(positions: int) -> Nutzdaten:
        fall = Abrechnungsfall(
            inv=case.inv, nad=case.nad, positionen=(Position(ehe=case.positionen[0].ehe),) * positions,
            zhe=case.zhe, diagnosen=case.diagnosen, summe=case.summe,
        )  # fmt: skip
        einzelabrechnung = Einzelabrechnung(fkt=message.fkt, rec=message.rec, faelle=(fall,))
        return Nutzdaten(unb=datei.unb, version="21", nachrichten=(einzelabrechnung,))

    *_, unt, _ = segments_of(of_length(999_990))
    assert write(unt) == "UNT+999999+00001"
    *_, unt, _ = segments_of(of_length(999_991))
    with pytest.raises(Faulty) as caught:
        write(unt)
    assert [(fault.place, fault.text) for fault in caught.value.faults] == [
        ("1", "„Anzahl Einheiten“ hat genau 6 Stellen, hier sind es 7.")
    ]


def test_a_segment_that_cannot_be_written_refuses_the_file(datei: Nutzdaten) -> None:
    message = datei.nachrichten[0]
    assert isinstance(message, Gesamtaufstellung)
    longer = Gesamtaufstellung(fkt=message.fkt, rec=message.rec, ges=message.ges, nam=slga.NAM(name="x" * 31))
    with pytest.raises(Faulty) as caught:
        files.write(Nutzdaten(unb=datei.unb, version="21", nachrichten=(longer,)))
    assert str(caught.value) == "faulty segment NAM: 1 element.length"


def test_commas_in_texts_are_released_on_demand_and_read_alike(datei: Nutzdaten) -> None:
    named = small_file.joined(*[segment.replace("Frau Muster", "Muster, Frau") for segment in SEGMENTS])
    other = read(named)
    assert "+Muster, Frau 0" in files.write(other)
    assert "+Muster?, Frau 0" in files.write(other, comma=True)
    assert "+29,63+" in files.write(other, comma=True)
    assert read(files.write(other, comma=True).encode("latin-1")) == other


@pytest.mark.thorough
@EVERY_CHARSET
@settings(max_examples=40)
@given(data=st.data())
def test_any_file_is_read_as_it_was_written_in_every_charset_and_with_any_line_ends(
    charset: Charset, data: st.DataObject
) -> None:
    datei = data.draw(whole_files(characters_of(charset)))
    text = files.write(datei, line_end=data.draw(st.sampled_from(LINE_ENDS)), comma=data.draw(st.booleans()))
    advice = data.draw(st.sampled_from([b"", b"UNA:+,? '", b"UNA:+,? '\r\n", b"UNA:+.? '\n"]))
    written = advice + charset.encode_lossless(text)
    size = data.draw(st.integers(1, len(written)) | st.just(1))
    assert read(written, size, charset.decode) == datei


@pytest.mark.thorough
@settings(max_examples=40)
@given(whole_files())
def test_there_is_one_way_only_to_write_a_file(datei: Nutzdaten) -> None:
    text = files.write(datei)
    data = text.encode("utf-32-le")
    assert files.write(files.read(cut(data, 4), lambda chunk: chunk.decode("utf-32-le"))) == text


@pytest.mark.parametrize(
    "advice", [b"", b"UNA:+,? '", b"UNA:+.? '\r\n"], ids=["no UNA", "UNA", "UNA, line end"]
)
@pytest.mark.parametrize("line_end", LINE_ENDS, ids=["none", "LF", "CRLF"])
def test_a_file_is_the_same_in_chunks_of_every_size(datei: Nutzdaten, advice: bytes, line_end: str) -> None:
    data = advice + files.write(datei, line_end=line_end).encode("latin-1")
    for size in (*range(1, 90), *range(90, len(data) + 1, 37), len(data)):
        assert read(data, size) == datei


def test_the_ambient_decimal_context_changes_nothing(datei: Nutzdaten) -> None:
    amount = "8765432109,87"
    segments = [segment.replace("532,87", amount).replace("35,59", amount) for segment in SEGMENTS]
    data = small_file.joined(*segments)
    with localcontext(Context(prec=3, rounding=ROUND_DOWN, traps=[Inexact])):
        strange = read(data)
        assert files.write(strange).encode("latin-1") == data
    message = strange.nachrichten[0]
    assert isinstance(message, Gesamtaufstellung)
    assert message.ges[0].gesamtbruttobetrag == Decimal("8765432109.87")


def at(tag: str, times: int = 1) -> int:
    """Return the index of the segment with this tag, of several that which comes so many times."""
    return [index for index, segment in enumerate(SEGMENTS) if segment.startswith(tag)][times - 1]


@pytest.mark.parametrize(
    ("segments", "number", "tag"),
    [
        (SEGMENTS[1:], 1, "UNH"),
        ([SEGMENTS[0], "UNZ+000000+00118"], 2, "UNZ"),
        (with_segments(at("REC"), at("REC") + 1), 4, "UST"),
        (with_segments(at("UST"), at("UST") + 1, SEGMENTS[at("SKO")], SEGMENTS[at("UST")]), 6, "UST"),
        (with_segments(at("SKO"), at("SKO"), *[SEGMENTS[at("SKO")]] * 8), 15, "SKO"),
        (with_segments(at("GES"), at("GES") + 1), 9, "NAM"),
        (with_segments(at("GES"), at("GES"), *[SEGMENTS[at("GES")]] * 8), 17, "GES"),
        (with_segments(at("NAM"), at("NAM") + 1), 10, "UNT"),
        (with_segments(at("NAM"), at("NAM"), "EVO+160.123.456.789.012.34"), 10, "EVO"),
        (with_segments(at("INV"), at("UNT", 2)), 15, "UNT"),
        (with_segments(at("NAD"), at("NAD") + 1), 17, "IMG"),
        (with_segments(at("IMG"), at("IMG") + 2, *reversed(SEGMENTS[at("IMG") : at("IMG") + 2])), 19, "IMG"),
        (with_segments(at("EHE"), at("ZHE")), 20, "ZHE"),
        (with_segments(at("TXT"), at("TXT") + 2, *reversed(SEGMENTS[at("TXT") : at("TXT") + 2])), 22, "TXT"),
        (with_segments(at("DIA"), at("DIA") + 2), 25, "SKZ"),
        (with_segments(at("BES"), at("BES") + 1), 28, "INV"),
        (with_segments(at("BES"), at("BES"), SEGMENTS[at("GZF")]), 29, "BES"),
        (with_segments(at("UNT"), at("UNT") + 1), 11, "UNH"),
        (with_segments(at("UNT"), at("UNT") + 1, "UNT+000011+00001"), 11, "UNT"),
        (with_segments(at("UNT"), at("UNT") + 1, "UNT+000010+00002"), 11, "UNT"),
        (with_segments(at("UNH", 2), at("UNH", 2) + 1, "UNH+00003+SLLA:21:0:0"), 35, "UNT"),
        (with_segments(at("UNZ"), at("UNZ") + 1, "UNZ+000003+00118"), 36, "UNZ"),
        (with_segments(at("UNZ"), at("UNZ") + 1, "UNZ+000002+00119"), 36, "UNZ"),
        ([*SEGMENTS, SEGMENTS[0]], 37, "UNB"),
        ([*SEGMENTS, "UNZ+000002+00118"], 37, "UNZ"),
        ([*SEGMENTS, ""], 37, ""),
        ([*SEGMENTS, "", "something else"], 37, ""),
        (with_segments(5, 5, ""), 6, ""),
        (with_segments(at("NAD"), at("NAD") + 1, "NADX+Müller+Erna+19450131"), 17, "NADX"),
        (["UNB?" + SEGMENTS[0][3:], *SEGMENTS[1:]], 1, "UNB?"),
        (["\x89PNG\r\n\x1a\n"], 1, "\x89PNG\r\n\x1a\n"),
    ],
)
def test_what_does_not_stand_where_it_must_is_named_by_number_and_tag(
    segments: list[str], number: int, tag: str
) -> None:
    found = out_of_order(*segments)
    assert (found.number, found.tag) == (number, tag)


def test_a_segment_out_of_order_is_told_so_that_it_can_be_shown_and_logs_see_nothing_of_it() -> None:
    found = out_of_order("\x89PNG\r\n\x1a\n\x1b[2J" + "x" * 1000)
    assert found.text == (
        "Segment 1 (<0x89>PNG<0x0D><0x0A><0x1A><0x0A><0x1B>[) steht nicht, wo es stehen muss."
    )
    assert str(found) == "the file is out of order at segment 1"


@pytest.mark.parametrize("length", range(len(SEGMENTS)))
def test_a_file_that_ends_too_early_is_told_as_such(length: int) -> None:
    found = out_of_order(*SEGMENTS[:length])
    assert (found.number, found.tag) == (length + 1, None)
    assert found.text == (f"Segment {length + 1} fehlt: Die Datei ist zu Ende, bevor sie vollständig ist.")


@pytest.mark.parametrize(
    ("kennung", "text"),
    [
        ("SLGA:20:0:0", "Die Fassung 20 von SLGA ist hier nicht hinterlegt."),
        ("SLGA:22:0:0", "Die Fassung 22 von SLGA ist hier nicht hinterlegt."),
        ("SLGA:021:0:0", "Die Fassung 021 von SLGA ist hier nicht hinterlegt."),
        ("SLLB:21:0:0", "Die Fassung 21 von SLLB ist hier nicht hinterlegt."),
        ("SLGA:21:1:0", "Die Fassung 21 von SLGA ist hier nicht hinterlegt."),
        ("SLGA:21:0:UN", "Die Fassung 21 von SLGA ist hier nicht hinterlegt."),
    ],
)
def test_another_version_is_refused_and_never_guessed(kennung: str, text: str) -> None:
    with pytest.raises(UnknownVersion) as caught:
        read_of(*with_segments(1, 2, f"UNH+00001+{kennung}"))
    assert caught.value.text == text
    assert str(caught.value) == "the tables of this version are not held"


def test_a_faulty_segment_refuses_the_file_with_all_that_is_wrong_with_it() -> None:
    with pytest.raises(Faulty) as caught:
        read_of(*with_segments(at("NAD"), at("NAD") + 1, "NAD++Luigi+1972041"))
    assert str(caught.value) == "faulty segment NAD: 1 element.missing 3 element.length"


def test_other_separators_and_an_unfinished_segment_refuse_the_file() -> None:
    with pytest.raises(OtherSeparators):
        read(b"UNA:+.!~'" + small_file.TEXT)
    with pytest.raises(UnfinishedSegment):
        read(small_file.TEXT + b"UNB+")


def test_an_empty_file_is_none() -> None:
    with pytest.raises(OutOfOrder):
        files.read([], Charset.I1.decode)


def survives(data: bytes) -> None:
    """Asserts that the bytes are refused as declared, or read so that they are written and read the same again."""
    for charset in Charset:
        try:
            datei = read(data, decode=charset.decode)
        except (BrokenStream, Faulty, OutOfOrder, UnknownVersion):
            continue
        again = charset.encode_lossless(files.write(datei))
        assert read(again, decode=charset.decode) == datei


@given(st.data())
def test_nothing_but_a_refusal_comes_of_segments_lost_doubled_or_moved(data: st.DataObject) -> None:
    segments = list(SEGMENTS)
    for _ in range(data.draw(st.integers(1, 3))):
        place, other = (data.draw(st.integers(0, len(segments) - 1)) for _ in range(2))
        match data.draw(st.sampled_from(["lose", "double", "move", "swap"])):
            case "lose":
                del segments[place]
            case "double":
                segments.insert(other, segments[place])
            case "move":
                segments.insert(other, segments.pop(place))
            case _:
                segments[place], segments[other] = segments[other], segments[place]
    survives(small_file.joined(*segments))


@given(st.data())
def test_nothing_but_a_refusal_comes_of_bytes_lost_or_exchanged(data: st.DataObject) -> None:
    broken = bytearray(small_file.TEXT)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(broken) - 1))
        few = st.sampled_from(list(b"+:?',0123456789AUN \x00\xe4")) | st.integers(0, 255)
        match data.draw(st.sampled_from(["flip", "lose", "add"])):
            case "flip":
                broken[place] = data.draw(few)
            case "lose":
                del broken[place : place + data.draw(st.integers(1, 30))]
            case _:
                broken.insert(place, data.draw(few))
    survives(bytes(broken))


@given(st.binary() | st.binary().map(lambda data: small_file.TEXT[:300] + data))
def test_nothing_but_a_refusal_comes_of_any_bytes(data: bytes) -> None:
    survives(data)


def test_a_file_broken_off_at_any_byte_is_refused(datei: Nutzdaten) -> None:
    last = len(small_file.TEXT) - len("\r\n")
    for length in range(last):
        with pytest.raises((UnfinishedSegment, OutOfOrder)):
            read(small_file.TEXT[:length])
    assert read(small_file.TEXT[:last]) == datei


def test_a_day_is_a_day_and_an_amount_is_an_amount(datei: Nutzdaten) -> None:
    message = datei.nachrichten[0]
    assert isinstance(message, Gesamtaufstellung)
    assert message.rec.rechnungsdatum == date(2026, 10, 5)
    assert message.ges[0].gesamtrechnungsbetrag == Decimal("459.83")
