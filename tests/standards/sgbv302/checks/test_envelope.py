"""UNB, UNH, UNT and UNZ: whether it is a file, is whole, counts and numbers rightly, and follows a version in force."""

from __future__ import annotations

from datetime import date

import pytest

from tests.standards.sgbv302.checks.damaged import END, GATHERED, SEVERAL, SINGLE, add, drop, put, told
from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.sgbv302.checks import envelope
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.seen import At, File, Message
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, Nachrichtenkennung, Syntax, Zeitpunkt


def without(segment: str, text: str = SINGLE) -> str:
    """Return the file without a segment, nothing counted or numbered anew."""
    assert text.count(segment + END) == 1
    return text.replace(segment + END, "")


def with_instead(old: str, new: str, text: str = SINGLE) -> str:
    """Return the file with another text, nothing counted or numbered anew."""
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize("text", ["", " \r\n\t\n"])
def test_a_file_without_a_segment_is_empty(text: str) -> None:
    assert told(text) == ["file.empty 1 error "]


@pytest.mark.parametrize(
    "text", ["PNG", "<?xml version='1.0'?>", "UNH+00001+SLGA:21:0:0'", "UNB'", "unb+UNOC:3'", "UNBX+1'", "'"]
)
def test_what_does_not_begin_with_unb_is_no_file_and_nothing_more_is_told(text: str) -> None:
    (found,) = list(check([text.encode("latin-1")]))
    assert (found.rule, found.stufe) == ("file.no-payload", 1)


@pytest.mark.parametrize(
    ("where", "new", "expected"),
    [
        ("UNB.1.1", "UNOB", "unb.syntax 1 error UNB.1"),
        ("UNB.1.2", "1", "unb.syntax 1 error UNB.1"),
        ("UNB.3", "66099900", "unb.ik 1 error UNB.3"),
        ("UNB.3", "66099900X", "unb.ik 1 error UNB.3"),
        ("UNB.3", "660999008", "unb.ik-check-digit 1 warning UNB.3"),
        ("UNB.4.1", "20261305", "element.no-such-day 1 error UNB.4.1"),
        ("UNB.4.2", "2400", "unb.time 1 error UNB.4.2"),
        ("UNB.4.2", "1060", "unb.time 1 error UNB.4.2"),
        ("UNB.5", "00000", "unb.reference 1 error UNB.5"),
        ("UNB.5", "118", "unb.reference 1 error UNB.5"),
        ("UNB.5", "0011A", "unb.reference 1 error UNB.5"),
        ("UNB.6", "A", "unb.area 1 error UNB.6"),
        ("UNB.6", "X", "key.unknown 3 error UNB.6"),
        ("UNB.7", "SL030179S00", "unb.file-name 1 error UNB.7"),
        ("UNB.7", "SL030179X10", "unb.file-name 1 error UNB.7"),
        ("UNB.7", "SL030178S10", "unb.file-name 1 error UNB.7"),
        ("UNB.7", "SL030179S1", "unb.file-name 1 error UNB.7"),
        ("UNB.8", "3", "key.unknown 3 error UNB.8"),
        ("UNZ.2", "00119", "unz.reference 1 error UNZ.2"),
    ],
)
def test_one_wrong_thing_in_the_head_of_the_file_is_told_once(where: str, new: str, expected: str) -> None:
    assert told(put(SINGLE, where, new)) == [expected]


@pytest.mark.parametrize(
    ("where", "new"), [("UNB.4.2", "0000"), ("UNB.4.2", "2359"), ("UNB.7", "SL030179A01"), ("UNB.8", "2")]
)
def test_what_the_head_of_the_file_may_say_is_right(where: str, new: str) -> None:
    assert told(put(SINGLE, where, new)) == []


def test_a_sender_that_is_no_ik_is_not_held_against_the_name_of_the_file_or_the_invoices() -> None:
    assert told(put(SINGLE, "UNB.2", "44030179")) == ["unb.ik 1 error UNB.2"]


def test_the_cases_of_another_leistungsbereich_are_not_checked_as_heilmittel() -> None:
    other = put(SINGLE, "UNB.6", "E").replace("INV+", "XYZ+")
    assert told(other) == ["unb.area 1 error UNB.6"]


def test_a_file_that_breaks_off_is_told_once_wherever_it_does() -> None:
    segments = SINGLE.split(END)[:-1]
    for end in range(1, len(segments)):
        whole = "".join(segment + END for segment in segments[:end])
        last = told(whole)
        assert [one.split()[0] for one in last] == ["unz.missing"], (end, last)
        assert [one.split()[0] for one in told(whole + segments[end][:2])] == ["file.broken"], end


def test_a_second_unb_is_told_once() -> None:
    head = SINGLE.partition("'")[0]
    assert told(add(SINGLE, "UNT", head)) == ["unb.second 1 error UNB#2"]
    assert told(with_instead("NAM+", f"{head}{END}NAM+").replace("UNT+000008", "UNT+000009")) == [
        "unb.second 1 error UNB#2"
    ]


def test_whatever_follows_unz_is_told_once() -> None:
    assert told(SINGLE + SINGLE) == ["unz.not-last 1 error UNB#2"]
    assert told(SINGLE + "X+1'") == ["unz.not-last 1 error X"]
    assert told(SINGLE + "\x1a") == ["file.broken 1 error \x1a"]


def test_a_file_without_messages_is_told_at_its_end() -> None:
    assert told(drop(SINGLE, "UNH", "UNT#2")) == ["file.no-message 1 error UNZ"]


def test_segments_between_messages_are_told_once() -> None:
    assert told(add(SINGLE, "UNT", "REC+1", "NAM+2")) == ["segment.outside 1 error REC#2"]
    assert told(add(SINGLE, "UNB", "FKT+1")) == ["segment.outside 1 error FKT"]


def test_a_message_that_lost_its_head_is_told_once_and_the_others_keep_their_numbers() -> None:
    assert told(without("UNH+00001+SLGA:21:0:0")) == ["segment.outside 1 error FKT"]
    assert told(without("UNH+00002+SLLA:21:0:0")) == ["segment.outside 1 error FKT#2"]
    assert told(without("UNH+00003+SLGA:21:0:0", SEVERAL)) == ["segment.outside 1 error FKT#3"]
    assert told(without("UNH+00004+SLGA:21:0:0", GATHERED)) == ["segment.outside 1 error FKT#4"]


def test_an_end_of_no_message_is_told_once() -> None:
    assert told(with_instead(f"UNT+000008+00001{END}", f"UNT+000008+00001{END}UNT+000008+00001{END}")) == [
        "unh.missing 1 error UNT#2"
    ]


def test_a_message_that_lost_its_end_is_told_at_its_head() -> None:
    assert told(without("UNT+000008+00001")) == ["unt.missing 1 error UNH"]
    assert told(without("UNT+000023+00002")) == ["unt.missing 1 error UNH#2"]


def test_an_end_with_another_tag_is_not_missed_again() -> None:
    assert told(with_instead("UNT+000008", "UNX+000008")) == ["segment.unknown 2 error UNX"]
    assert told(with_instead("UNT+000023", "UNX+000023")) == ["segment.unknown 2 error UNX"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("UNT+000008", "UNT+000009", "unt.count 1 error UNT.1"),
        ("UNT+000008", "UNT+8", "element.length 1 error UNT.1"),
        ("UNT+000023+00002", "UNT+000023+00001", "unt.reference 1 error UNT#2.2"),
        ("UNH+00002", "UNH+2", "unh.number 1 error UNH#2.1"),
        ("UNH+00002", "UNH+00007", "unh.number 1 error UNH#2.1"),
        ("UNZ+000002", "UNZ+000003", "unz.count 1 error UNZ.1"),
        ("SLGA:21:0:0", "SLGA:21:1:0", "unh.kind 1 error UNH.2"),
        ("SLGA:21:0:0", "SLGX:21:0:0", "unh.kind 1 error UNH.2"),
    ],
)
def test_a_wrong_number_or_count_or_kind_is_told_once(old: str, new: str, expected: str) -> None:
    assert told(with_instead(old, new)) == [expected]


def test_a_gap_in_the_numbers_of_messages_is_told_once() -> None:
    gap = SEVERAL.replace("+00004", "+00005").replace("+00003", "+00004")
    assert told(gap) == ["unh.number 1 error UNH#3.1"]


def test_a_number_out_of_line_is_told_once() -> None:
    assert told(SEVERAL.replace("+00002", "+00009")) == ["unh.number 1 error UNH#2.1"]


@pytest.mark.parametrize(
    ("where", "new", "expected"),
    [
        ("UNH.2.2", "22", ["version.unknown 1 error UNH.2.2"]),
        ("UNH#2.2.2", "22", ["version.unknown 1 error UNH#2.2.2"]),
        ("UNH.2.2", "20", ["version.not-in-force 1 error UNH.2.2", "version.not-held 2 note UNH.2.2"]),
        ("UNH#2.2.2", "20", ["version.mixed 1 error UNH#2.2.2", "version.not-held 2 note UNH#2.2.2"]),
    ],
)
def test_a_version_that_is_unknown_or_old_or_another_is_told_once(
    where: str, new: str, expected: list[str]
) -> None:
    assert told(put(SINGLE, where, new)) == expected


def test_a_version_whose_tables_are_not_held_is_a_note_while_it_is_in_force() -> None:
    old = put(SINGLE, "UNB.4.1", "20251231").replace(":21:0:0", ":20:0:0")
    assert told(old) == ["version.not-held 2 note UNH.2.2"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("20201231", ["version.not-held 2 note UNH.2.2"]),
        ("20210101", ["version.old-prescriptions-only 1 note UNH.2.2", "version.not-held 2 note UNH.2.2"]),
        ("20251231", ["version.old-prescriptions-only 1 note UNH.2.2", "version.not-held 2 note UNH.2.2"]),
        ("20260101", ["version.not-in-force 1 error UNH.2.2", "version.not-held 2 note UNH.2.2"]),
    ],
)
def test_version_13_stayed_usable_for_old_prescriptions_until_the_end_of_2025(
    day: str, expected: list[str]
) -> None:
    old = put(SINGLE, "UNB.4.1", day).replace(":21:0:0", ":13:0:0")
    assert [one for one in told(old) if one.startswith("version")] == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("20250930", ["version.not-in-force 1 error UNH.2.2"]),
        ("20251001", []),
    ],
)
def test_a_version_is_in_force_from_its_first_day(day: str, expected: list[str]) -> None:
    found = told(put(SINGLE, "UNB.4.1", day))
    assert [one for one in found if one.startswith("version")] == expected


def test_the_text_says_which_version_was_in_force() -> None:
    found, *_ = check([put(SINGLE, "UNH.2.2", "19").encode()])
    assert found.text == (
        "Die Fassung 19 der Technischen Anlage galt am 05.10.2026, dem Tag der Datei, nicht. Es galt 21."
    )


def at_head(number: str) -> At:
    kennung = Nachrichtenkennung(typ="SLGA", version="21", freigabe="0", organisation="0")
    return At(Piece(9, 0, "UNH"), UNH(nachrichtenreferenznummer=number, nachrichtenkennung=kennung))


def test_messages_that_can_no_longer_be_numbered_are_told_once() -> None:
    found = [
        one.rule
        for messages, number in ((99_999, "99999"), (100_000, "100000"), (100_001, "00001"))
        for one in envelope.of_unh(at_head(number), File(messages=messages))
    ]
    assert found == ["unh.too-many"]


@pytest.mark.parametrize(("segments", "expected"), [(999_999, []), (1_000_000, ["unt.too-many"])])
def test_segments_that_can_no_longer_be_counted_are_told(segments: int, expected: list[str]) -> None:
    end = UNT(anzahl_einheiten=999_999, nachrichtenreferenznummer="00001")
    message = Message(unh=at_head("00001"), first=Piece(2, 0, "UNH"), typ="SLLA", nachricht=None)
    found = envelope.of_unt(At(Piece(9, 0, "UNT"), end), message, File(messages=1), segments)
    assert [one.rule for one in found] == expected


def test_the_sums_of_the_envelope_name_what_is_there_and_what_is_said() -> None:
    (found,) = check([with_instead("UNT+000008", "UNT+000009").encode()])
    assert found.text == "Die Nachricht hat 8 Segmente, angegeben sind 9."


def test_a_head_of_a_file_is_asked_for_by_its_own_day() -> None:
    head = UNB(
        syntax=Syntax(),
        absender="440301798",
        empfaenger="660999007",
        zeitpunkt=Zeitpunkt(datum=date(2026, 10, 5), uhrzeit="1040"),
        datenaustauschreferenz="00118",
        leistungsbereich="B",
        anwendungsreferenz="SL030179S10",
        testindikator="0",
    )
    assert list(envelope.of_unb(At(Piece(1, 0, "UNB"), head))) == []
