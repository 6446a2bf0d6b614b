"""The pages of the „Listenabfrage“: told before the start, watched without script, taken away as a table."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from tests.database import HouseDatabase
from tests.exemptions.practice import EXEMPT, NOW, Practice, practice, serve_registry, signed_in
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions import list_file, list_work, lists
from zuzahlung.portal import answer_table
from zuzahlung.standards.numbers import kvnr

HEADER = "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n"
MIXED = HEADER + (
    "A123456780;vor Ort;;19.11.2026\r\n"
    "A123456781;vor Ort;;19.11.2026\r\n"
    "B123456782;Serie;01.12.2026;19.11.2026 20.11.2026\r\n"
    "=1+1;@x;;-1\r\n"
)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Thursday in November, 10:42 in Germany."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def market(house_database: HouseDatabase) -> Practice:
    """A practice with a registry to ask."""
    serve_registry()
    return practice()


@pytest.fixture
def owner(market: Practice) -> Member:
    return market.person("owner")


@pytest.fixture
def client(owner: Member) -> Client:
    return signed_in(owner)


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def upload(client: Client, content: str | bytes, name: str = "liste.csv") -> Any:
    encoded = content.encode() if isinstance(content, str) else content
    return client.post("/listenabfrage/", {"file": SimpleUploadedFile(name, encoded)})


def uploaded(client: Client, content: str | bytes) -> str:
    answer = upload(client, content)
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def work(given: Practice, address: str) -> None:
    """Lets the worker answer the list to its end."""
    while list_work.work(given.id, UUID(address.split("/")[2]), NOW, is_last_try=False):
        pass


def numbers(count: int) -> list[str]:
    found: Iterator[str] = (f"D{i:09d}" for i in range(10**9) if kvnr.is_checked(f"D{i:09d}"))
    return [next(found) for _ in range(count)]


def test_before_the_start_the_page_tells_rows_faults_and_what_is_left(client: Client) -> None:
    said = words(client.get(uploaded(client, MIXED)))
    assert "Die 2 Abfragen passen in das, was heute übrig ist." in said
    assert (
        "Zeilen in der Datei 4 davon fehlerhaft 2, siehe unten Heute noch übrig 100 von 100 Abfragen" in said
    )
    assert "Art der Datei CSV UTF-8" in said
    assert "3 A123456781 Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen." in said
    assert "5 =1+1" in said
    assert "2 Zeilen abfragen" in said


def test_windows_1252_is_read_and_said(client: Client) -> None:
    said = words(client.get(uploaded(client, f"{HEADER}{EXEMPT};mündlich;;19.11.2026".encode("cp1252"))))
    assert "Art der Datei CSV in älterer Schreibweise (Windows-1252); auch das geht" in said
    assert "1 Zeile abfragen" in said


def test_a_list_larger_than_what_is_left_says_how_far_it_will_go(market: Practice, client: Client) -> None:
    market.allow(per_day=3)
    address = uploaded(client, HEADER + "".join(f"{one};vor Ort;;19.11.2026\r\n" for one in numbers(5)))
    said = words(client.get(address))
    assert (
        "Heute reicht es nicht für alle Zeilen Es sind noch 3 Abfragen übrig. Abgefragt werden die ersten 3 Zeilen "
        "ohne Fehler; 2 bleiben ohne Auskunft."
    ) in said
    assert "3 von 5 Zeilen abfragen" in said
    client.post(f"{address}starten/")
    work(market, address)
    said = words(client.get(address))
    assert "Vorzeitig beendet Die Abfragen für diesen Tag waren verbraucht." in said
    assert "Beantwortet 3 von 5 Zeilen Nicht abgefragt 2" in said
    assert said.count("nicht abgefragt Die Abfragen für diesen Tag waren verbraucht.") == 2


def test_with_nothing_left_there_is_no_start(market: Practice, client: Client) -> None:
    market.allow(per_day=0)
    said = words(client.get(uploaded(client, MIXED)))
    assert "Für heute sind alle Abfragen verbraucht Morgen geht es weiter." in said
    assert "Zeilen abfragen" not in said


def test_a_list_of_faults_alone_has_no_start(client: Client) -> None:
    said = words(client.get(uploaded(client, HEADER + "x;y;;\r\n" * 30)))
    assert "Keine Zeile kann abgefragt werden" in said
    assert "Zeilen abfragen" not in said
    assert "Seite 1 von 2" in said


def test_from_the_start_to_the_result(market: Practice, client: Client) -> None:
    address = uploaded(client, MIXED)
    started = client.post(f"{address}starten/")
    assert (started.status_code, started["Location"]) == (302, f"{address}?automatisch=1")
    assert words(client.get(address)).count("2 von 4 Zeilen sind fertig") == 1
    work(market, address)
    page = client.get(address)
    said = words(page)
    assert "Beantwortet 2 von 4 Zeilen Fehlerhaft 2 Abgefragt 19.11.2026, 10:42 Uhr von 260326822" in said
    assert "2 A123 456 780 E. B. befreit 19.11.2026" in said
    assert "4 B123 456 782 L. F. nicht befreit 2 Tage, 19.11.2026 bis 20.11.2026" in said
    links = re.findall(r"/auskunft/[0-9a-f-]{36}/", page.content.decode())
    assert len(links) == 2
    assert client.get(links[0]).status_code == 200


def test_the_progress_can_be_watched_without_script_and_the_watching_can_be_ended(
    market: Practice, client: Client
) -> None:
    address = uploaded(client, MIXED)
    client.post(f"{address}starten/")
    watching, quiet = client.get(f"{address}?automatisch=1"), client.get(address)
    refresh = b'<noscript><meta http-equiv="refresh" content="3"></noscript>'
    assert refresh in watching.content
    assert b'href="?">Stand aktualisieren</a>' in watching.content
    assert refresh not in quiet.content


def test_the_result_table_has_each_row_with_its_answer_or_the_reason_and_no_formula(
    market: Practice, client: Client
) -> None:
    address = uploaded(client, MIXED)
    client.post(f"{address}starten/")
    work(market, address)
    answer = client.post(f"{address}ergebnis.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="Ergebnis-Liste-2026-11-19.csv"'
    table = re.sub(r"(?:[2-9A-Z]{5}-){2}[2-9A-Z]{5}", "NUMMER", answer.content.decode())
    assert table.splitlines() == [
        (
            "\ufeffZeile;Krankenversichertennummer;Initialen;Tag der Abgabe;Auskunft;gilt bis;Zuzahlungskennzeichen;"
            "Begründung;Erlaubnis;Erlaubnis bis;Stand der Daten;Auskunft-Nummer;abgefragt;abgefragt von;Hinweis"
        ),
        (
            "2;A123 456 780;E. B.;19.11.2026;befreit;31.12.2026;1;Am 19.11.2026 befreit: zuzahlungsbefreit.;"
            "mündlich, hier vor Ort;;18.11.2026;NUMMER;19.11.2026, 10:42 Uhr;260326822;"
        ),
        (
            "3;A123456781;;19.11.2026;;;;;vor Ort;;;;;;Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen. "
            "Bitte vergleichen Sie mit der Karte."
        ),
        (
            "4;B123 456 782;L. F.;19.11.2026;nicht befreit;;3;Nach heutigem Stand an beiden Tagen nicht befreit: zuzahlungspflichtig.;"
            "für die ganze Behandlungsserie;01.12.2026;18.11.2026;NUMMER;19.11.2026, 10:42 Uhr;260326822;"
        ),
        (
            "4;B123 456 782;L. F.;20.11.2026;nicht befreit, nach heutigem Stand;;3;"
            "Nach heutigem Stand an beiden Tagen nicht befreit: zuzahlungspflichtig.;"
            "für die ganze Behandlungsserie;01.12.2026;18.11.2026;NUMMER;19.11.2026, 10:42 Uhr;260326822;"
        ),
        (
            "5;'=1+1;;'-1;;;;;'@x;;;;;;Das Zeichen „=“ gehört nicht in eine Krankenversichertennummer, sie besteht aus "
            "einem Buchstaben und neun Ziffern. Bitte vergleichen Sie mit der Karte. Die Erlaubnis „@x“ ist nicht "
            "bekannt. Möglich sind: mündlich, schriftlich, elektronisch, Telefon, Vertretung, Serie. Bitte schreiben "
            "Sie den Tag so: Tag, Monat und Jahr, zum Beispiel 22.11.2026."
        ),
    ]


def test_a_file_with_results_can_be_handed_in_again(market: Practice, client: Client) -> None:
    address = uploaded(client, MIXED)
    client.post(f"{address}starten/")
    work(market, address)
    results = client.post(f"{address}ergebnis.csv").content
    said = words(client.get(uploaded(client, results)))
    # The series of two days comes back as two queries of one day each; what was faulty still is.
    assert "Die 3 Abfragen passen in das, was heute übrig ist." in said
    assert "davon fehlerhaft 2" in said


def test_a_list_may_have_every_column_that_its_results_have() -> None:
    header = ";".join(("Zeile", *answer_table.COLUMNS, "Hinweis"))
    found = list_file.read(f"{header}\n{';' * 14}x".encode(), most_rows=1)
    assert isinstance(found, list_file.ListFile), found


def test_the_template_can_be_loaded_without_opening_anything(client: Client) -> None:
    html = client.get("/listenabfrage/").content.decode()
    before, fold = html.split("<details><summary>So muss", 1)
    assert 'href="/listenabfrage/vorlage.csv"' in before
    assert "vorlage.csv" not in fold


def test_the_template_can_be_handed_in_as_it_is(market: Practice, client: Client) -> None:
    answer = client.get("/listenabfrage/vorlage.csv")
    assert answer.content.decode() == (
        "\ufeffKVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n"
        "A123 456 780;mündlich;;19.11.2026\r\n"
        "T123 456 780;Serie;19.11.2026;19.11.2026\r\n"
    )
    assert "Die 2 Abfragen passen" in words(client.get(uploaded(client, answer.content)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Die Datei ist leer."),
        (b"PK\x03\x04" + b"x" * 90, "Die Datei ist eine Excel-Mappe oder ein Archiv."),
        (gzip.compress(b"0" * 50_000_000, mtime=0), "Die Datei ist gepackt."),
        (b"x" * 200_001, "Die Datei ist zu groß: Möglich sind 200 Kilobyte."),
        ("KVNR;Erlaubnis;Vorname\nA;b;c", "Zeile 1: Die Spalte „Vorname“ ist nicht bekannt."),
    ],
    ids=["empty", "excel", "packed", "too-large", "unknown-column"],
)
def test_what_is_no_list_is_refused_in_a_sentence_at_the_field(
    client: Client, content: bytes | str, sentence: str
) -> None:
    page = upload(client, content)
    assert page.status_code == 200
    assert words(page).count(sentence) == 2, "once in the summary and once at the field"
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from exemptions_listquery")
        assert cursor.fetchone() == (0,)


def test_without_a_file_the_field_says_so(client: Client) -> None:
    assert "Bitte wählen Sie eine CSV-Datei aus." in words(client.post("/listenabfrage/"))


def test_a_body_past_every_measure_is_refused_before_it_is_read(client: Client) -> None:
    page = upload(client, b"x" * 1_000_001)
    assert page.status_code == 413
    assert "Das ist zu viel auf einmal" in words(page)


@pytest.mark.parametrize("role", ["reception", "auditor"])
def test_who_may_not_ask_lists_gets_403_everywhere(market: Practice, client: Client, role: str) -> None:
    address = uploaded(client, MIXED)
    other = signed_in(market.person(role, "kim"))
    got = [other.get(path).status_code for path in ("/listenabfrage/", "/listenabfrage/vorlage.csv", address)]
    sent = [
        other.post(path).status_code
        for path in ("/listenabfrage/", f"{address}starten/", f"{address}loeschen/", f"{address}ergebnis.csv")
    ]
    assert (got, sent) == ([403] * 3, [403] * 4)
    assert "Liste prüfen und starten" in words(client.get(address))


def test_another_institution_finds_no_list(market: Practice, client: Client) -> None:
    address = uploaded(client, MIXED)
    stranger = signed_in(practice("590301867", "Praxis am Wald").person("owner"))
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}starten/").status_code == 404
    assert stranger.post(f"{address}ergebnis.csv").status_code == 404
    stranger.post(f"{address}loeschen/")
    assert client.get(address).status_code == 200


def test_starting_and_erasing_want_a_form_of_ours(market: Practice, owner: Member, client: Client) -> None:
    address = uploaded(client, MIXED)
    strict = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert [strict.post(f"{address}{what}/").status_code for what in ("starten", "loeschen")] == [403, 403]
    assert [client.get(f"{address}{what}/").status_code for what in ("starten", "loeschen")] == [405, 405]


def test_a_colleague_sees_the_list_and_it_can_be_erased_at_once(market: Practice, client: Client) -> None:
    address = uploaded(client, MIXED)
    client.post(f"{address}starten/")
    client.post(f"{address}loeschen/")
    assert client.get(address).status_code == 200, "a running list stays"
    work(market, address)
    colleague = signed_in(market.person("billing", "toni"))
    assert "fertig" in words(colleague.get("/listenabfrage/"))
    erased = colleague.post(f"{address}loeschen/", follow=True)
    assert "Die Liste ist gelöscht. Auskünfte daraus bleiben im Verlauf." in words(erased)
    assert client.get(address).status_code == 404
    assert "A123 456 780" in words(client.get("/verlauf/"))


def test_taking_the_results_away_stands_in_the_journal(market: Practice, client: Client) -> None:
    address = uploaded(client, MIXED)
    early = client.post(f"{address}ergebnis.csv")
    assert (early.status_code, early["Location"]) == (302, address)
    client.post(f"{address}starten/")
    work(market, address)
    client.post(f"{address}ergebnis.csv")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select action, detail->>'list' from journal_entry where action like 'list-%' order by id"
        )
        found = cursor.fetchall()
    identifier = address.split("/")[2]
    assert found == [("list-query", identifier), ("list-export", identifier)]


def test_a_page_number_out_of_range_leads_to_a_page_there_is(market: Practice, client: Client) -> None:
    address = uploaded(client, HEADER + "x;y;;\r\n" * 30)
    for typed, page in (("2", 2), ("99", 2), ("0", 1), ("-1", 1), ("x", 1), ("9" * 400, 1)):
        assert f"Seite {page} von 2" in words(client.get(address, {"seite": typed}))


def test_the_largest_list_is_told_on_light_pages(market: Practice, client: Client) -> None:
    market.allow(per_day=1000, unknown_per_day=1000)
    address = uploaded(client, HEADER + "".join(f"{one};vor Ort;;19.11.2026\r\n" for one in numbers(500)))
    client.post(f"{address}starten/")
    work(market, address)
    found = lists.find(market.id, UUID(address.split("/")[2]))
    assert found is not None
    assert found.answered == 500
    assert len(client.get(address).content) < 30_000
