"""Each charset reads every byte without loss, writes what all receivers read alike, and refuses the rest aloud."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zuzahlung.standards.edifact.charsets import (
    Charset,
    NotInCharset,
    suspicion,
    transliterated,
    undefined,
    visible,
)
from zuzahlung.standards.errors import MalformedInput

I1, I5, I7, I8 = Charset.I1, Charset.I5, Charset.I7, Charset.I8

UMLAUTS = [
    #      I1    I5    I7    I8
    ("Ä", 0xC4, 0xC4, 0x5B, 0x5B),
    ("Ö", 0xD6, 0xD6, 0x5C, 0x5C),
    ("Ü", 0xDC, 0xDC, 0x5D, 0x5D),
    ("ä", 0xE4, 0xE4, 0x7B, 0x7B),
    ("ö", 0xF6, 0xF6, 0x7C, 0x7C),
    ("ü", 0xFC, 0xFC, 0x7D, 0x7D),
    ("ß", 0xDF, 0xDF, 0x7E, 0x7E),
    ("§", 0xA7, 0xA7, 0x40, 0x40),
]

ASCII = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
GERMAN_ASCII = (
    " !\"#$%&'()*+,-./0123456789:;<=>?§ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ^_`abcdefghijklmnopqrstuvwxyzäöüß"
)
UPPER_HALF_OF_I1 = (
    "\N{NO-BREAK SPACE}¡¢£¤¥¦§¨©ª«¬\N{SOFT HYPHEN}®¯"
    "°±²³´µ¶·¸¹º»¼½¾¿"
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ"
    "ÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
    "àáâãäåæçèéêëìíîï"
    "ðñòóôõö÷øùúûüýþÿ"
)
UPPER_HALF_OF_I5 = (
    "\N{NO-BREAK SPACE}¡¢£€¥Š§š©ª«¬\N{SOFT HYPHEN}®¯"
    "°±²³Žµ¶·ž¹º»ŒœŸ¿"
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ"
    "ÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
    "àáâãäåæçèéêëìíîï"
    "ðñòóôõö÷øùúûüýþÿ"
)
UPPER_HALF_OF_I8 = (
    "\N{NO-BREAK SPACE}¡¢£¤¥¦@¨©ª«¬\N{SOFT HYPHEN}®¯"
    "°±²³´µ¶·¸¹º»¼½¾¿"
    "ÀÁÂÃ[ÅÆÇÈÉÊËÌÍÎÏ"
    "ÐÑÒÓÔÕ\\×ØÙÚÛ]ÝÞ~"
    "àáâã{åæçèéêëìíîï"
    "ðñòóôõ|÷øùúû}ýþÿ"
)
TABLES = [
    (I1, ASCII, UPPER_HALF_OF_I1),
    (I5, ASCII, UPPER_HALF_OF_I5),
    (I7, GERMAN_ASCII, ""),
    (I8, GERMAN_ASCII, UPPER_HALF_OF_I8),
]


def texts_of(charset: Charset, *, whole: bool) -> st.SearchStrategy[str]:
    return st.text(alphabet=sorted(charset.repertoire(whole=whole)))


def refusal(text: str, charset: Charset, *, whole: bool = False) -> NotInCharset:
    with pytest.raises(NotInCharset) as caught:
        charset.encode(text, whole=whole)
    return caught.value


@pytest.mark.parametrize(("character", "i1", "i5", "i7", "i8"), UMLAUTS)
def test_every_umlaut_is_written_and_read_at_its_place(
    character: str, i1: int, i5: int, i7: int, i8: int
) -> None:
    for charset, byte in [(I1, i1), (I5, i5), (I7, i7), (I8, i8)]:
        assert charset.encode(character) == bytes([byte])
        assert charset.decode(bytes([byte])) == character


@pytest.mark.parametrize(("charset", "lower", "upper"), TABLES)
def test_the_printing_characters_stand_as_in_the_table(charset: Charset, lower: str, upper: str) -> None:
    assert charset.decode(bytes(range(0x20, 0x7F))) == lower
    assert charset.repertoire(whole=True) == frozenset(lower + upper)
    if upper:
        assert charset.decode(bytes(range(0xA0, 0x100))) == upper
        assert charset.encode(upper, whole=True) == bytes(range(0xA0, 0x100))


@pytest.mark.parametrize("charset", Charset)
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_written_is_read_again(charset: Charset, whole: bool) -> None:
    @given(texts_of(charset, whole=whole))
    def holds(text: str) -> None:
        data = charset.encode(text, whole=whole)
        assert len(data) == len(text)
        assert charset.decode(data) == text
        assert undefined(text) is None

    holds()


@pytest.mark.parametrize("charset", Charset)
def test_any_bytes_are_read_a_character_each_and_come_back_as_they_were(charset: Charset) -> None:
    @given(st.binary())
    def holds(data: bytes) -> None:
        text = charset.decode(data)
        assert len(text) == len(data)
        assert charset.encode_lossless(text) == data

    holds()
    assert charset.encode_lossless(charset.decode(bytes(range(256)))) == bytes(range(256))


@pytest.mark.parametrize("charset", Charset)
def test_separators_and_digits_are_the_same_byte_in_every_charset(charset: Charset) -> None:
    service = "UNB+UNOC:3+261234567?:,-'0123456789"
    assert charset.encode(service) == service.encode("ascii")


def test_a_byte_that_7_bits_do_not_have_keeps_its_value_and_its_place() -> None:
    text = I7.decode(b"NAD+M\xfcller")
    assert text == "NAD+M\udcfcller"
    assert undefined(text) == 5
    assert visible(text) == "NAD+M<0xFC>ller"


@pytest.mark.parametrize("charset", Charset)
@pytest.mark.parametrize("byte", [0x00, 0x09, 0x0A, 0x1F, 0x7F, 0x80, 0x9F])
def test_a_control_character_is_read_found_and_shown_but_never_written(charset: Charset, byte: int) -> None:
    text = charset.decode(b"ab" + bytes([byte]))
    assert undefined(text) == 2
    assert visible(text) == f"ab<0x{byte:02X}>"
    assert refusal(text, charset, whole=True).place == 2


def test_text_that_was_never_read_cannot_be_written_without_loss() -> None:
    with pytest.raises(NotInCharset):
        I1.encode_lossless("Dvořák")


def test_a_charset_is_found_by_its_code_and_prints_as_it() -> None:
    assert Charset("I8") is I8
    assert f"{I8}" == "I8"
    assert {charset.value: charset.label for charset in Charset} == {
        "I1": "ISO 8859-1 (Westeuropa)",
        "I5": "ISO 8859-15 (Westeuropa mit €)",
        "I7": "DIN 66003 (7 Bit)",
        "I8": "DIN 66303, Ausgabe 1986 (8 Bit, DRV8)",
    }


def test_i1_and_i5_write_only_what_both_have_at_the_same_place() -> None:
    assert I1.repertoire() == I5.repertoire()
    assert "".join(sorted(I1.repertoire(whole=True) - I1.repertoire())) == "¤¦¨´¸¼½¾"
    assert "".join(sorted(I5.repertoire(whole=True) - I5.repertoire())) == "ŒœŠšŸŽž€"
    for character in I1.repertoire():
        assert I1.encode(character) == I5.encode(character)


def test_i8_does_not_write_what_it_may_have_elsewhere() -> None:
    kept_back = "".join(sorted(I8.repertoire(whole=True) - I8.repertoire()))
    assert kept_back == "@[\\]{|}~¡¤¦¨´¸¼½¾Õãõ"


def test_a_letter_with_an_accent_has_the_same_byte_in_i1_and_i8() -> None:
    assert I1.encode("Éèçñø") == I8.encode("Éèçñø") == b"\xc9\xe8\xe7\xf1\xf8"


def test_the_whole_charset_is_written_on_request() -> None:
    assert refusal("5 €", I5).place == 2
    assert I5.encode("5 €", whole=True) == b"5 \xa4"
    assert refusal("a@b", I8).place == 1
    assert I8.encode("a@b", whole=True) == b"a\xa7b"


@pytest.mark.parametrize(
    ("charset", "text", "place", "character", "proposal"),
    [
        (I1, "Božena", 2, "ž", "z"),
        (I1, "Dvořák", 3, "ř", "r"),
        (I1, "Şahin", 0, "Ş", "S"),
        (I1, "Yıldız", 1, "ı", "i"),
        (I1, "Łukasz", 0, "Ł", "L"),
        (I1, "Đorđević", 0, "Đ", "D"),
        (I1, "Œuvre", 0, "Œ", "OE"),
        (I1, "STRAẞE", 4, "ẞ", "SS"),
        (I1, "„Hof", 0, "„", '"'),
        (I1, "Hof“", 3, "“", '"'),
        (I1, "D’Angelo", 1, "’", "'"),
        (I1, "1–2", 1, "–", "-"),
        (I1, "5 €", 2, "€", "EUR"),
        (I1, "…", 0, "…", "..."),
        (I1, "2½", 1, "½", " 1/2"),
        (I1, "Ǿ", 0, "Ǿ", "Ø"),
        (I1, "ﬁ", 0, "ﬁ", "fi"),
        (I5, "Šimek", 0, "Š", "S"),
        (I5, "Ÿ", 0, "Ÿ", "Y"),
        (I7, "André", 4, "é", "e"),
        (I7, "Søren", 1, "ø", "oe"),
        (I7, "Åse", 0, "Å", "AA"),
        (I7, "37°", 2, "°", " Grad"),
        (I7, "2 m²", 3, "²", "2"),
        (I8, "João", 2, "ã", "a"),
        (I1, "a\tb", 1, "\t", " "),
        (I7, "a\N{NO-BREAK SPACE}b", 1, "\N{NO-BREAK SPACE}", " "),
        (I1, "a\N{ZERO WIDTH SPACE}b", 1, "\N{ZERO WIDTH SPACE}", ""),
        (I1, "a\0b", 1, "\0", ""),
        (I1, "M\x81ller", 1, "\x81", None),
        (I1, "Мария", 0, "М", None),
        (I1, "😀", 0, "😀", None),
        (I7, "M\udcfcller", 1, "\udcfc", None),
    ],
)
def test_a_character_that_is_refused_has_a_place_and_where_sensible_a_proposal(
    charset: Charset, text: str, place: int, character: str, proposal: str | None
) -> None:
    error = refusal(text, charset)
    assert (error.place, error.character, error.proposal) == (place, character, proposal)


@pytest.mark.parametrize("charset", [I7, I8])
@pytest.mark.parametrize(
    ("character", "proposal"),
    [("[", "("), ("\\", "/"), ("]", ")"), ("{", "("), ("|", "/"), ("}", ")"), ("~", "-"), ("@", "(at)")],
)
def test_where_the_umlauts_stand_no_bracket_can_be_written(
    charset: Charset, character: str, proposal: str
) -> None:
    assert refusal(f"ab{character}", charset).proposal == proposal


def test_a_letter_and_its_combining_mark_are_refused_together() -> None:
    error = refusal("Mu\N{COMBINING DIAERESIS}ller", I1)
    assert (error.place, error.character, error.proposal) == (1, "u\N{COMBINING DIAERESIS}", "ü")
    assert error.text == "Das Zeichen „ü“ an Stelle 2 kann der Zeichensatz I1 nicht übertragen. Vorschlag: ü"
    error = refusal("ab\N{COMBINING DIAERESIS}", I1)
    assert (error.place, error.character, error.proposal) == (1, "b\N{COMBINING DIAERESIS}", "b")


@pytest.mark.parametrize(
    ("charset", "text", "says"),
    [
        (
            I1,
            "Horažd",
            "Das Zeichen „ž“ an Stelle 5 kann der Zeichensatz I1 nicht übertragen. Vorschlag: z",
        ),
        (
            I5,
            "5 €",
            (
                "Das Zeichen „€“ an Stelle 3 lesen nicht alle Empfänger des Zeichensatzes I5 gleich, "
                "es wird deshalb nicht übertragen. Vorschlag: EUR"
            ),
        ),
        (
            I1,
            "Мария",
            "Das Zeichen „М“ an Stelle 1 kann der Zeichensatz I1 nicht übertragen. Bitte schreiben Sie es anders.",
        ),
        (
            I1,
            "a\tb",
            (
                "Das Steuerzeichen U+0009 an Stelle 2 kann der Zeichensatz I1 nicht übertragen. "
                "Vorschlag: ein Leerzeichen"
            ),
        ),
        (
            I1,
            "a\N{ZERO WIDTH SPACE}b",
            "Das Zeichen U+200B an Stelle 2 kann der Zeichensatz I1 nicht übertragen. Vorschlag: weglassen",
        ),
        (
            I7,
            "\udcfc",
            "Das Byte 0xFC an Stelle 1 kann der Zeichensatz I7 nicht übertragen. Bitte schreiben Sie es anders.",
        ),
    ],
)
def test_the_refusal_is_a_german_sentence(charset: Charset, text: str, says: str) -> None:
    assert refusal(text, charset).text == says


def test_the_refusal_is_malformed_input_whose_english_phrase_repeats_nothing() -> None:
    error = refusal("Božena", I1)
    assert isinstance(error, MalformedInput)
    assert str(error) == "character not in the charset"


def test_the_first_of_several_refused_characters_is_told() -> None:
    assert refusal("Žižka", I1).place == 0


@pytest.mark.parametrize(
    ("charset", "text", "proposed"),
    [
        (I1, "Žižka – „Hof“ 5 €", 'Zizka - "Hof" 5 EUR'),
        (I1, "Übergröße", "Übergröße"),
        (I7, "François Müller [Büro]", "Francois Müller (Büro)"),
        (I8, "François Müller [Büro]", "François Müller (Büro)"),
        (I1, "Mu\N{COMBINING DIAERESIS}ller", "Müller"),
        (I1, "Zeile\r\nZeile", "Zeile  Zeile"),
        (I1, "Мария 1–2", "Мария 1-2"),
    ],
)
def test_a_text_is_proposed_in_whole(charset: Charset, text: str, proposed: str) -> None:
    assert transliterated(text, charset) == proposed


@given(st.text(), st.sampled_from(Charset), st.booleans())
def test_a_proposal_is_settled_and_what_it_keeps_is_still_refused(
    text: str, charset: Charset, whole: bool
) -> None:
    proposed = transliterated(text, charset, whole=whole)
    assert transliterated(proposed, charset, whole=whole) == proposed
    if set(proposed) <= charset.repertoire(whole=whole):
        assert charset.decode(charset.encode(proposed, whole=whole)) == proposed
    else:
        error = refusal(proposed, charset, whole=whole)
        assert error.proposal is None
        assert error.character in proposed


@pytest.mark.parametrize("charset", Charset)
def test_what_can_be_written_is_proposed_unchanged(charset: Charset) -> None:
    @given(texts_of(charset, whole=False))
    def holds(text: str) -> None:
        assert transliterated(text, charset) == text

    holds()


CASES = [
    "NAD+Müller+Jörg+19660301+Hauptstraße 12'",
    "NAD+MÜLLER+KÄTHE+19660301'",
    "TXT+Größe'",
    "TXT+Übungen im Wasser'",
    "TXT+Ärztehaus'",
    "TXT+öfter'",
    "NAD+Groß+Anna'",
]


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize(
    ("written", "declared", "meant"),
    [
        ("utf-8", I1, "UTF-8"),
        ("utf-8", I5, "UTF-8"),
        ("utf-8", I7, "UTF-8"),
        ("utf-8", I8, "UTF-8"),
        ("utf-8-sig", I1, "UTF-8"),
        ("utf-16", I1, "UTF-16"),
        ("utf-16-le", I1, "UTF-16"),
        ("utf-16-be", I8, "UTF-16"),
        ("I8", I1, "I8"),
        ("I7", I5, "I8"),
        ("I1", I8, "I1"),
        ("I5", I7, "I1"),
    ],
)
def test_umlauts_in_another_charset_than_declared_are_suspected(
    text: str, written: str, declared: Charset, meant: str
) -> None:
    data = Charset(written).encode(text) if written.startswith("I") else text.encode(written)
    doubt = suspicion(data, declared)
    assert doubt is not None
    assert doubt.meant == meant


@pytest.mark.parametrize("declared", Charset)
@pytest.mark.parametrize(
    "text",
    ["NAD+Müller'", "NAD+Jörg'", "NAD+Käthe'", "NAD+MÜLLER'", "TXT+Übung'", "NAD+Öznur'", "NAD+Renée'"],
)
def test_codepage_850_is_suspected_where_its_letters_stand_among_letters(
    text: str, declared: Charset
) -> None:
    doubt = suspicion(text.encode("cp850"), declared)
    assert doubt is not None
    assert doubt.meant == "CP850"


def test_at_the_end_of_a_word_codepage_850_looks_like_a_quotation_mark_of_windows() -> None:
    doubt = suspicion("NAD+André'".encode("cp850"), I1)
    assert doubt is not None
    assert "„‚“" in doubt.text
    assert "Windows-1252 oder einer anderen Codepage" in doubt.text


def test_the_street_of_codepage_850_is_suspected() -> None:
    doubt = suspicion("NAD+Hauptstraße 12'".encode("cp850"), I1)
    assert doubt is not None
    assert doubt.meant == "CP850"


@pytest.mark.parametrize(
    "text", ["TXT+„Wärme“'", "TXT+1–2 Termine'", "TXT+5 €'", "NAD+Šimek'", "NAD+D’Angelo'"]
)
def test_windows_punctuation_is_suspected(text: str) -> None:
    doubt = suspicion(text.encode("cp1252"), I1)
    assert doubt is not None
    assert doubt.meant == "CP1252"


def test_a_suspicion_says_where_and_why_in_german_and_english() -> None:
    doubt = suspicion(b"NAD+M\x81ller'", I1)
    assert doubt is not None
    assert doubt.place == 5
    assert doubt.text == (
        "Die Datei sieht nach Codepage 850 aus und nicht nach I1: das Byte 0x81 ist dort „ü“, hier kein Zeichen."
    )
    assert doubt.detail == "Declared I1, but the bytes 81 look like CP850."


@pytest.mark.parametrize(
    ("data", "declared", "says"),
    [
        (
            b"M}ller",
            I1,
            "Die Datei sieht nach I8 (DIN 66303) aus und nicht nach I1: das Byte 0x7D ist dort „ü“, hier „}“.",
        ),
        (
            b"M\xfcller",
            I8,
            "Die Datei sieht nach I1 (ISO 8859-1) aus und nicht nach I8: das Byte 0xFC ist dort „ü“, hier „}“.",
        ),
        (
            b"M\xc3\xbcller",
            I1,
            "Die Datei sieht nach UTF-8 aus und nicht nach I1: die Bytes C3 BC sind dort „ü“.",
        ),
        (
            b"\xef\xbb\xbfUNB",
            I1,
            "Die Datei sieht nach UTF-8 aus und nicht nach I1: die Bytes EF BB BF sind dort ein Zeichen.",
        ),
        (
            b"\xff\xfeU\0N\0B\0",
            I1,
            "Die Datei sieht nach UTF-16 aus und nicht nach I1: zwischen den Zeichen stehen Nullbytes.",
        ),
        (
            b"U\0N\0B\0+\0",
            I1,
            "Die Datei sieht nach UTF-16 aus und nicht nach I1: zwischen den Zeichen stehen Nullbytes.",
        ),
        (
            b"2 \x96 3",
            I1,
            (
                "Die Datei sieht nach Windows-1252 oder einer anderen Codepage aus und nicht nach I1: "
                "das Byte 0x96 ist dort „–“, hier kein Zeichen."
            ),
        ),
    ],
)
def test_the_reason_names_the_bytes_and_their_two_readings(data: bytes, declared: Charset, says: str) -> None:
    doubt = suspicion(data, declared)
    assert doubt is not None
    assert doubt.text == says


def test_a_letter_cut_off_at_the_ends_of_a_chunk_does_not_hide_utf_8() -> None:
    data = "ßNAD+Müller+Jörg'Straß".encode()[1:-1]
    doubt = suspicion(data, I1)
    assert doubt is not None
    assert doubt.meant == "UTF-8"


def test_one_segment_of_utf_8_in_a_chunk_of_i1_is_found() -> None:
    data = "NAD+Jörg'".encode("latin-1") + "NAD+Jörg'".encode()
    doubt = suspicion(data, I1)
    assert doubt is not None
    assert (doubt.meant, doubt.place) == ("UTF-8", 14)


@pytest.mark.parametrize("declared", [I1, I5, I8])
@pytest.mark.parametrize(
    "name",
    [
        "Müller Jörg Käthe Groß",
        "Straße Öztürk Çelik Gündoğdu".replace("ğ", "g"),
        "André Hélène François Noël Zoë Éloïse",
        "Gonçalves Conceição Peña Núñez Hernández".replace("ã", "a"),
        "Søren Ångström Ærø Bjørn Håkon",
        "Þór Guðrún Ýr",
        "D'Angelo Niccolò Perché Però",
        "ÄRZTEHAUS ÖZDEMIR ÜNAL ÂGÉ CAFÉ",
        "À la carte, Île-de-France",
        "þÿ ÿþ",
    ],
)
def test_names_of_europe_raise_no_suspicion(name: str, declared: Charset) -> None:
    assert suspicion(declared.encode(f"NAD+{name}+19660301'"), declared) is None


@pytest.mark.parametrize(
    "text",
    [
        "NAD+João+Conceição+Hernández'",
        "TXT+Knie [rechts], Schulter'",
        "TXT+Knie|Schulter'",
        "TXT+~5 Termine'",
        "TXT+a@b.de'",
        "TXT+{Wärme}'",
        "TXT+« café »'",
        "TXT+«\N{NO-BREAK SPACE}café\N{NO-BREAK SPACE}»'",
        "TXT+37°, § 125, 2 m²'",
        "UNB+UNOC:3+590301867+661430035+20260703:1415+00001+B+SL030186S07+0'",
        "",
    ],
)
def test_ordinary_text_in_i1_raises_no_suspicion(text: str) -> None:
    assert suspicion(text.encode("latin-1"), I1) is None


LETTERS = sorted(character for character in I8.repertoire() - frozenset("ªºµ") if character.isalpha())


@given(st.text(alphabet=[*LETTERS, *" -+'"]), st.sampled_from([I1, I5, I8]))
def test_words_of_letters_in_the_declared_charset_raise_no_suspicion(text: str, declared: Charset) -> None:
    assume("straáe" not in text.lower())  # How codepage 850 writes Straße.
    assert suspicion(declared.encode(text), declared) is None


@given(st.binary(), st.sampled_from(Charset))
def test_any_bytes_can_be_looked_at_and_the_place_is_in_them(data: bytes, declared: Charset) -> None:
    doubt = suspicion(data, declared)
    assert doubt is None or 0 <= doubt.place < len(data)


def test_zero_bytes_alone_are_no_other_charset() -> None:
    assert suspicion(b"NAD+M\0ller'", I1) is None


def test_a_bar_between_small_letters_is_taken_for_the_umlaut_of_i8() -> None:
    doubt = suspicion(b"TXT+links|rechts'", I1)
    assert doubt is not None
    assert doubt.meant == "I8"
