"""A delivery is read whatever it is packed in; what is no such file is refused with the line and the reason."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from zuzahlung.exemptions import deliveries
from zuzahlung.exemptions.deliveries import Format, Refused, open_delivery

ONE = '{"kvnr":"X000079196"}'
HEADER = "kvnr;initials;birthDate;from;to;revokedOn"


def lines_of(path: Path, most_bytes: int = 1_000_000) -> list[tuple[int, str]]:
    with open_delivery(path, most_bytes=most_bytes) as delivery:
        return [
            (number, line)
            for block in delivery.blocks()
            for number, line in enumerate(block.lines, block.first)
        ]


def refusal_of(path: Path, most_bytes: int = 1_000_000) -> tuple[int | None, str]:
    with pytest.raises(Refused) as refused:
        lines_of(path, most_bytes)
    return refused.value.line, refused.value.reason


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "delivery"


def test_lines_are_counted_from_one_and_the_last_needs_no_end(file: Path) -> None:
    file.write_text(f"{ONE}\n\n{ONE}", encoding="utf-8")
    assert lines_of(file) == [(1, ONE), (2, ""), (3, ONE)]


def test_lines_may_end_as_under_windows(file: Path) -> None:
    file.write_bytes(f"{ONE}\r\n{ONE}\r\n".encode())
    assert lines_of(file) == [(1, ONE), (2, ONE)]


def test_a_byte_order_mark_is_no_part_of_the_first_line(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + ONE.encode())
    assert lines_of(file) == [(1, ONE)]


def test_the_header_of_a_csv_file_is_no_data(file: Path) -> None:
    file.write_text(f"\n{HEADER}\na\nb\n", encoding="utf-8")
    with open_delivery(file, most_bytes=1000) as delivery:
        assert (delivery.format, delivery.header, delivery.header_line) == (Format.CSV, HEADER, 2)
    assert lines_of(file) == [(3, "a"), (4, "b")]


def test_the_header_is_left_out_even_where_it_fills_a_block_of_its_own(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "BLOCK_BYTES", 8)
    file.write_text(f"{HEADER}\na\nb\n", encoding="utf-8")
    assert lines_of(file) == [(2, "a"), (3, "b")]


def test_lines_longer_than_a_block_stay_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "BLOCK_BYTES", 5)
    file.write_text('{"ä":"öööö"}\n{}\n{"ß":"€€€€€"}\n', encoding="utf-8")
    assert lines_of(file) == [(1, '{"ä":"öööö"}'), (2, "{}"), (3, '{"ß":"€€€€€"}')]


def test_gzip_is_seen_by_the_content_whatever_the_name(file: Path) -> None:
    file.write_bytes(gzip.compress(f"{ONE}\n{ONE}\n".encode()))
    assert lines_of(file) == [(1, ONE), (2, ONE)]


def test_gzip_files_put_one_after_the_other_and_padded_are_one(file: Path) -> None:
    file.write_bytes(
        gzip.compress(f"{ONE}\n".encode()) + gzip.compress(b"{}\n") + bytes(600) + gzip.compress(b"{ }")
    )
    assert lines_of(file) == [(1, ONE), (2, "{}"), (3, "{ }")]


def test_the_lines_can_be_read_again(file: Path) -> None:
    file.write_bytes(gzip.compress(f"{ONE}\n".encode()))
    with open_delivery(file, most_bytes=1000) as delivery:
        first = [block.lines for block in delivery.blocks()]
        assert [block.lines for block in delivery.blocks()] == first == [[ONE]]


def test_a_file_replaced_while_it_is_open_stays_the_one_that_was_opened(file: Path) -> None:
    file.write_text(ONE, encoding="utf-8")
    with open_delivery(file, most_bytes=1000) as delivery:
        other = file.with_name("other")
        other.write_text("{}", encoding="utf-8")
        other.replace(file)
        assert [block.lines for block in delivery.blocks()] == [[ONE]]


def test_a_truncated_gzip_file_is_refused_with_the_line_where_it_ends(file: Path) -> None:
    lines = "\n".join(f'{{"n":{number * 7919}}}' for number in range(20_000))
    packed = gzip.compress(lines.encode())
    file.write_bytes(packed[: len(packed) // 2])
    line, reason = refusal_of(file)
    assert reason == "Die gzip-Datei ist hier abgeschnitten."
    assert line is not None
    assert 1 < line < 20_000


def test_a_gzip_file_without_its_last_bytes_is_refused(file: Path) -> None:
    file.write_bytes(gzip.compress(f"{ONE}\n".encode())[:-1])
    assert refusal_of(file) == (2, "Die gzip-Datei ist hier abgeschnitten.")


def test_a_gzip_file_with_a_wrong_checksum_is_refused(file: Path) -> None:
    packed = bytearray(gzip.compress(f"{ONE}\n".encode()))
    packed[-6] ^= 1
    file.write_bytes(packed)
    assert refusal_of(file) == (1, "Die gzip-Datei ist etwa ab hier beschädigt.")


def test_rubbish_after_a_gzip_file_is_refused(file: Path) -> None:
    file.write_bytes(gzip.compress(f"{ONE}\n".encode()) + b"rubbish")
    assert refusal_of(file) == (2, "Die gzip-Datei ist etwa ab hier beschädigt.")


def test_size_is_counted_after_unpacking_and_the_line_is_told(file: Path) -> None:
    file.write_bytes(gzip.compress(b"{}\n" * 1000))
    assert refusal_of(file, most_bytes=1500) == (
        501,
        "Die Datei ist entpackt größer als die erlaubten 1.500 Byte.",
    )


def test_a_file_of_exactly_the_size_allowed_is_read(file: Path) -> None:
    file.write_bytes(b"{}\n" * 500)
    assert len(lines_of(file, most_bytes=1500)) == 500


def test_a_bomb_without_line_ends_is_refused_before_it_fills_the_memory(file: Path) -> None:
    with gzip.open(file, "wb", compresslevel=1) as out:
        out.write(b'{"kvnr":"')
        for _ in range(64):
            out.write(b"0" * (1 << 20))
    assert file.stat().st_size < 1 << 20
    assert refusal_of(file, most_bytes=10**12) == (1, "Die Zeile ist zu lang.")


def test_a_bomb_of_empty_lines_ends_at_the_size_allowed(file: Path) -> None:
    file.write_bytes(gzip.compress(b"{}\n" + b"\n" * (16 << 20), compresslevel=1))
    line, reason = refusal_of(file, most_bytes=10_000_000)
    assert reason == "Die Datei ist entpackt größer als die erlaubten 10.000.000 Byte."
    assert line == 9_999_999


def test_text_that_is_not_utf_8_is_refused_with_its_line(file: Path) -> None:
    file.write_bytes(f"{ONE}\n".encode() + '{"initials":"Ä."}\n'.encode("latin-1"))
    assert refusal_of(file) == (2, "Die Datei ist nicht durchgehend in UTF-8 geschrieben.")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_named(file: Path, encoding: str) -> None:
    file.write_bytes(("\ufeff" if encoding.endswith("be") else "").encode(encoding) + ONE.encode(encoding))
    assert refusal_of(file) == (None, "Die Datei ist in UTF-16 geschrieben. Gelesen wird UTF-8.")


def test_a_zip_archive_is_named(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04")
    assert refusal_of(file) == (
        None,
        "Die Datei ist ein ZIP-Archiv. Gelesen wird sie ohne Verpackung oder mit gzip.",
    )


def test_a_json_list_is_named(file: Path) -> None:
    file.write_text(f"\n[{ONE}]", encoding="utf-8")
    assert refusal_of(file) == (2, "Gelesen wird ein JSON-Objekt je Zeile, keine JSON-Liste.")


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert refusal_of(file) == (None, "Die Datei ist leer.")


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    assert refusal_of(file) == (None, "Diese Datei gibt es nicht.")
