"""The directory is taken in wholly or not at all, says what is wrong in which line, and moves letters along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.database import HouseDatabase
from tests.operator.role import operator_role
from zuzahlung.standards.numbers.ik import IK

if TYPE_CHECKING:
    from zuzahlung.accounts.services.directory import ImportReport

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HEAD = "IK;Name;Straße;PLZ;Ort;Leistungsarten\n"
OTHER_ORDER = """\
Ort;PLZ;Strasse;NAME;Leistungsarten;Institutionskennzeichen\r
Dresden;01067;" Parkweg  1";Praxis am Park;HEILMITTEL;"260 326 822"\r
\r
"""
POSTCODE = (
    "Eine deutsche Postleitzahl hat fünf Ziffern (vielleicht ging die führende Null verloren), eine ausländische "
    "beginnt mit dem Kennzeichen des Landes: A-6020."
)
PRAXIS = "260326822;Praxis am Park;Parkweg 1;01067;Dresden;Heilmittel\n"
FAHRDIENST = "109905003;Fahrdienst Süd;Südring 9;80331;München;Fahrkosten|Hilfsmittel\n"


@pytest.fixture
def operators_house(house_database: HouseDatabase) -> Iterator[HouseDatabase]:
    with operator_role():
        yield house_database


def take_in(
    folder: Path, text: str | bytes, *, complete: bool = False, missing_ok: bool = False, now: datetime = NOW
) -> ImportReport:
    from zuzahlung.accounts.services import directory, operators

    file = folder / "verzeichnis.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return directory.import_institutions(
        file,
        is_complete=complete,
        may_miss_many=missing_ok,
        actor=operators.COMMAND_LINE,
        now=now,
        progress=lambda done, total: None,
    )


def refusal(folder: Path, text: str | bytes, complete: bool = False) -> tuple[str, list[tuple[int, str]]]:
    from zuzahlung.accounts.services import directory

    with pytest.raises(directory.DirectoryRefused) as refused:
        take_in(folder, text, complete=complete)
    return refused.value.text, [(fault.line, fault.text) for fault in refused.value.faults]


def known() -> list[tuple[str, str, str]]:
    from zuzahlung.accounts.models import Institution

    return list(Institution.objects.order_by("ik").values_list("ik", "name", "city"))


def journalled(action: str) -> list[dict[str, Any]]:
    from zuzahlung.journal.models import Entry

    return list(Entry.objects.filter(action=action).order_by("id").values_list("detail", flat=True))


def test_a_file_fills_the_directory(operators_house: HouseDatabase, tmp_path: Path) -> None:
    from zuzahlung.accounts.models import Institution

    report = take_in(tmp_path, HEAD + PRAXIS + FAHRDIENST)
    assert (report.lines, report.new, report.faulty, report.without_address) == (2, 2, 0, 0)
    row = Institution.objects.get(ik="109905003")
    assert (row.name, row.street, row.postcode, row.city) == (
        "Fahrdienst Süd",
        "Südring 9",
        "80331",
        "München",
    )
    assert row.service_kinds == ["fahrkosten", "hilfsmittel"]
    assert row.imported_at == NOW


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + PRAXIS,
        "ik,name,street,postcode,city,serviceKinds\n260326822,Praxis am Park,Parkweg 1,01067,Dresden,heilmittel\n",
        OTHER_ORDER,
    ],
    ids=[
        "with a byte order mark",
        "with commas and English names",
        "in another order, with quotes and spaces",
    ],
)
def test_the_same_row_is_read_from_each_spelling(
    operators_house: HouseDatabase, tmp_path: Path, text: str
) -> None:
    from zuzahlung.accounts.models import Institution

    take_in(tmp_path, text)
    row = Institution.objects.get()
    assert (row.ik, row.name, row.street, row.postcode, row.city, row.service_kinds) == (
        "260326822", "Praxis am Park", "Parkweg 1", "01067", "Dresden", ["heilmittel"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"\xff\xfeI\x00K\x00", "Zeile 1: Die Datei ist nicht als UTF-8 gespeichert. Bitte speichern Sie sie als „CSV UTF-8“."),
        ((HEAD + PRAXIS).encode() + b"109905003;M\xfcller;;;;Heilmittel\n", "Zeile 3: Die Datei ist nicht als UTF-8 gespeichert. Bitte speichern Sie sie als „CSV UTF-8“."),
        ("IK;Name;Straße;PLZ;Ort;Leistungsarten;Bankverbindung\n", "Zeile 1: Diese Spalten kennt das Verzeichnis nicht: Bankverbindung. Bekannt sind: IK, Name, Straße, PLZ, Ort, Leistungsarten."),
        ("IK;Name;Ort\n", "Zeile 1: Es fehlen die Spalten: Straße, PLZ, Leistungsarten."),
        ("IK;Name;Straße;PLZ;Ort;Leistungsarten;street\n", "Zeile 1: Eine Spalte kommt zweimal vor."),
        ("", "Zeile 1: Es fehlen die Spalten: IK, Name, Straße, PLZ, Ort, Leistungsarten."),
        (HEAD, "Die Datei enthält keine einzige brauchbare Zeile."),
        (HEAD + PRAXIS + '109905003;"ohne Ende;;;;Heilmittel\n', "Zeile 3: Die Anführungszeichen gehen nicht auf, oder es steht ein verbotenes Zeichen darin."),
        (HEAD + "x" * 30_000, "Zeile 2: Die Zeile hat mehr als 20000 Zeichen."),
    ],
    ids=["UTF-16", "Latin-1 in one line", "unknown column", "missing columns", "a column twice", "empty", "no rows", "open quotes", "endless line"],
)  # fmt: skip
def test_a_file_that_is_no_directory_is_refused_with_line_and_reason(
    operators_house: HouseDatabase, tmp_path: Path, text: str | bytes, says: str
) -> None:
    assert refusal(tmp_path, text)[0] == says
    assert known() == []
    assert [entry["file"] for entry in journalled("directory-refused")] == ["verzeichnis.csv"]


def test_each_faulty_line_is_named_and_too_many_refuse_the_file(
    operators_house: HouseDatabase, tmp_path: Path
) -> None:
    text, faults = refusal(
        tmp_path,
        HEAD
        + PRAXIS
        + "260326823;Prüfziffer;;;;Heilmittel\n"
        + "26032682;Zu kurz;;;;Heilmittel\n"
        + "260326822;Noch einmal;;;;Heilmittel\n"
        + "109905003;;;;;Heilmittel\n"
        + "109905003;Ohne Ort\n"
        + "999999994;Keine Art;;;;\n"
        + "261521057;Andere Art;;;;Zahnersatz\n"
        + "108018007;Postleitzahl;Weg 1;1067;Dresden;Heilmittel\n",
    )
    assert text == "8 von 9 Zeilen sind fehlerhaft, erlaubt sind 5 %. Bitte berichtigen Sie die Datei."
    assert [line for line, _ in faults] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert [says for _, says in faults] == [
        "Die Prüfziffer passt nicht: Nach 26032682 müsste eine 2 stehen. Bitte vergleichen Sie mit Ihren Unterlagen.",
        "Das Institutionskennzeichen (IK) hat 9 Ziffern, eingegeben sind 8. Bitte vergleichen Sie mit Ihren Unterlagen.",
        "Das IK 260326822 steht schon in Zeile 2.",
        "Der Name fehlt.",
        "Die Zeile hat 2 Felder statt 6.",
        "Die Leistungsarten fehlen. Möglich sind: arzneimittel, heilmittel, hilfsmittel, fahrkosten.",
        "Unbekannte Leistungsart: zahnersatz. Möglich sind: arzneimittel, heilmittel, hilfsmittel, fahrkosten.",
        POSTCODE,
    ]  # fmt: skip
    assert known() == []


def test_a_few_faulty_lines_are_left_out_and_the_rest_is_taken(
    operators_house: HouseDatabase, tmp_path: Path, settings: Any
) -> None:
    settings.HOUSE = replace(
        settings.HOUSE, accounts=replace(settings.HOUSE.accounts, directory_faulty_share=0.5)
    )
    report = take_in(tmp_path, HEAD + PRAXIS + "260326823;Falsch;;;;Heilmittel\n")
    assert (report.lines, report.faulty, report.new) == (2, 1, 1)
    assert known() == [("260326822", "Praxis am Park", "Dresden")]


def test_only_a_complete_file_marks_those_as_missing_that_it_does_not_name(
    operators_house: HouseDatabase, tmp_path: Path
) -> None:
    from zuzahlung.accounts.models import Institution

    take_in(tmp_path, HEAD + PRAXIS + FAHRDIENST)
    report = take_in(tmp_path, HEAD + PRAXIS)
    assert (report.missing, report.unnamed) == (0, 1)
    assert Institution.objects.filter(missing_at=None).count() == 2

    report = take_in(tmp_path, HEAD + PRAXIS, complete=True, missing_ok=True, now=NOW + timedelta(days=1))
    assert (report.missing, report.unnamed) == (1, 0)
    assert Institution.objects.get(ik="109905003").missing_at == NOW + timedelta(days=1)

    report = take_in(tmp_path, HEAD + PRAXIS + FAHRDIENST, complete=True)
    assert (report.returned, report.missing) == (1, 0)
    assert Institution.objects.get(ik="109905003").missing_at is None


def test_a_cut_file_is_refused_unless_somebody_says_that_it_is_whole(
    operators_house: HouseDatabase, tmp_path: Path
) -> None:
    take_in(tmp_path, HEAD + PRAXIS + FAHRDIENST)
    says, _ = refusal(tmp_path, HEAD + PRAXIS, complete=True)
    assert says == (
        "In der Datei fehlen 1 von 2 bekannten Einrichtungen, ohne Rückfrage erlaubt sind 10 %. "
        "Ist die Datei wirklich vollständig, dann mit --missing-ok."
    )


def test_an_institution_in_a_faulty_line_or_added_by_hand_is_not_taken_for_missing(
    operators_house: HouseDatabase, tmp_path: Path, settings: Any
) -> None:
    from zuzahlung.accounts.models import Institution

    settings.HOUSE = replace(
        settings.HOUSE, accounts=replace(settings.HOUSE.accounts, directory_faulty_share=0.5)
    )
    take_in(tmp_path, HEAD + PRAXIS + FAHRDIENST)
    Institution.objects.create(ik="108018007", name="Von Hand", service_kinds=["heilmittel"])
    report = take_in(tmp_path, HEAD + PRAXIS + "109905003;Fahrdienst;;;;Taxi\n", complete=True)
    assert (report.faulty, report.missing) == (1, 0)
    assert Institution.objects.filter(missing_at=None).count() == 3


def waiting_account(ik: str = "260326822") -> None:
    """An institution asked for an account, and the request was settled as the worker does it."""
    from zuzahlung.accounts.models import Registration
    from zuzahlung.accounts.services import registration

    registration.ask_for_account(IK(ik), email="", terms_version="2026-11", now=NOW)
    registration.settle(Registration.objects.get().id, NOW)


def letters() -> list[tuple[str, str, str]]:
    from zuzahlung.delivery.models import Outgoing

    rows = Outgoing.objects.defer("recipient_sealed").order_by("made_at", "id")
    return [(row.kind.removeprefix("accounts."), row.state, row.recipient["street"]) for row in rows]


def test_letters_to_an_older_address_are_withdrawn_and_ordered_anew(
    house_database: HouseDatabase, tmp_path: Path, settings: Any
) -> None:
    from zuzahlung.accounts.models import Secret
    from zuzahlung.delivery import services as delivery

    settings.LETTERS = tmp_path / "letters"
    with operator_role():
        take_in(tmp_path, HEAD + PRAXIS)
    waiting_account()
    assert delivery.print_due(NOW + timedelta(days=1)) == 2
    assert len(list(settings.LETTERS.glob("*.pdf"))) == 2

    with operator_role():
        report = take_in(tmp_path, HEAD + PRAXIS.replace("Parkweg 1", "Neue Straße 5"))
        assert (report.moved, report.letters_withdrawn) == (1, 2)
        assert sorted(letters()) == [
            ("initialkennwort", "cancelled", "Parkweg 1"),
            ("initialkennwort", "waiting", "Neue Straße 5"),
            ("pruefnummer", "cancelled", "Parkweg 1"),
            ("pruefnummer", "waiting", "Neue Straße 5"),
        ]
        assert set(Secret.objects.values_list("state", flat=True)) == {"withdrawn"}
        assert journalled("address-changed") == [{"changes": {"street": ["Parkweg 1", "Neue Straße 5"]}}]
    delivery.tidy_print_folder(NOW)
    assert list(settings.LETTERS.glob("*.pdf")) == []


def test_an_institution_that_a_file_misses_keeps_its_account_and_gets_no_letters(
    house_database: HouseDatabase, tmp_path: Path, settings: Any
) -> None:
    from zuzahlung.accounts.models import Registration

    settings.LETTERS = tmp_path / "letters"
    with operator_role():
        take_in(tmp_path, HEAD + PRAXIS + FAHRDIENST)
    waiting_account()
    with operator_role():
        report = take_in(tmp_path, HEAD + FAHRDIENST, complete=True, missing_ok=True)
        assert (report.missing, report.letters_withdrawn) == (1, 2)
        assert {state for _, state, _ in letters()} == {"cancelled"}
        assert list(Registration.objects.values_list("state", flat=True)) == ["no-address"]


def test_the_whole_import_stands_in_the_journal_with_the_operator_as_actor(
    operators_house: HouseDatabase, tmp_path: Path
) -> None:
    from zuzahlung.journal.models import Entry

    take_in(tmp_path, HEAD + PRAXIS + FAHRDIENST)
    entry = Entry.objects.defer("sealed").get(action="directory-import")
    assert (entry.actor_kind, entry.actor_name, entry.institution) == ("operator", "Befehlszeile", None)
    assert entry.detail == {
        "file": "verzeichnis.csv", "complete": False, "lines": 2, "new": 2, "returned": 0, "moved": 0, "changed": 0,
        "missing": 0, "unnamed": 0, "without_address": 0, "letters_withdrawn": 0, "faulty": 0,
    }  # fmt: skip


def test_an_institution_without_address_is_taken_in_and_waits_in_the_queue(
    house_database: HouseDatabase, tmp_path: Path
) -> None:
    from zuzahlung.accounts.models import Registration

    with operator_role():
        report = take_in(tmp_path, HEAD + "260326822;Praxis;;;;Heilmittel\n")
        assert (report.new, report.without_address) == (1, 1)
    waiting_account()
    assert list(Registration.objects.values_list("state", flat=True)) == ["no-address"]


def test_a_file_past_the_set_size_is_refused_unread_and_the_directory_stays(
    operators_house: HouseDatabase, tmp_path: Path, settings: Any
) -> None:
    take_in(tmp_path, HEAD + PRAXIS)
    before = known()
    text = HEAD + FAHRDIENST
    largest = len(text.encode())

    def at_most(count: int) -> None:
        settings.HOUSE = replace(
            settings.HOUSE, accounts=replace(settings.HOUSE.accounts, directory_bytes=count)
        )

    at_most(largest - 1)
    assert refusal(tmp_path, text) == (f"Die Datei ist größer als {largest - 1} Byte.", [])
    assert known() == before
    assert journalled("directory-refused") == [{"file": "verzeichnis.csv", "faulty": 0}]
    at_most(200_000)
    assert refusal(tmp_path, b"\xff" * 200_001) == ("Die Datei ist größer als 200.000 Byte.", [])
    at_most(largest)
    assert take_in(tmp_path, text).new == 1


def test_a_hundred_thousand_institutions_are_taken_in_one_transaction(
    operators_house: HouseDatabase, tmp_path: Path
) -> None:
    from zuzahlung.accounts.models import Institution
    from zuzahlung.standards.numbers.ik import check_digit

    numbers = (f"26{serial:06}" for serial in range(100_000))
    rows = (
        f"{eight}{check_digit(eight)};Praxis {eight};Weg 1;01067;Dresden;Heilmittel\n" for eight in numbers
    )
    report = take_in(tmp_path, HEAD + "".join(rows))
    assert (report.lines, report.new) == (100_000, 100_000)
    assert Institution.objects.count() == 100_000
