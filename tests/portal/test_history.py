"""The page „Verlauf“ shows what a role may see, carries no KVNR in an address, and lets the table go defused."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.database import HouseDatabase
from tests.exemptions.practice import (
    CHILD,
    EXEMPT,
    LIABLE,
    NOW,
    PASSWORD,
    STRANGER,
    Practice,
    practice,
    serve_registry,
    signed_in,
)
from zuzahlung.exemptions import history


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Thursday in November, 10:42 in Germany."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def market(house_database: HouseDatabase) -> Practice:
    """A practice with a registry to ask."""
    serve_registry()
    return practice()


def cells(page: Any) -> list[list[str]]:
    """The rows of the page's table, as a reader sees them."""
    assert page.status_code == 200
    html = page.content.decode()
    found = re.findall(r"<tr role=\"row\">(<th scope=\"row\".*?)</tr>", html, re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", "", cell).split())
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in found
    ]


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def taken(answer: Any) -> str:
    """The whole of a table that is sent line by line."""
    return b"".join(answer.streaming_content).decode()


def searched(client: Client, **given: str) -> Any:
    """Sends the search form and follows to where it leads."""
    sent = client.post("/verlauf/", given)
    assert sent.status_code == 302, words(sent)
    return client.get(sent["Location"])


def test_a_row_says_when_what_who_for_which_days_and_leads_to_the_answer(market: Practice) -> None:
    owner = market.person("owner")
    key = market.key("Praxisprogramm")
    single = market.asks(owner.actor, CHILD)
    series = market.asks(
        key, EXEMPT, days=[date(2026, 11, 2), date(2026, 11, 4)], now=NOW - timedelta(minutes=5)
    )
    client = signed_in(owner)
    page = client.get("/verlauf/")
    assert cells(page) == [
        [
            "C123 456 784 K. D.", "unter 18", "19.11.2026", "19.11.2026, 10:42 Uhr 260326822",
            f"unter 18, C123 456 784, Nummer {single.number}",
        ],
        [
            "A123 456 780 E. B.", "befreit", "2 Tage, 02.11.2026 bis 04.11.2026",
            "19.11.2026, 10:37 Uhr Praxisprogramm", f"befreit, A123 456 780, Nummer {series.number}",
        ],
    ]  # fmt: skip
    assert f'href="/auskunft/{single.id}/"' in page.content.decode()
    assert client.get(f"/auskunft/{series.id}/").status_code == 200
    first, again = (client.get(f"/auskunft/{series.id}/nachweis.pdf").content for _ in range(2))
    assert first == again
    assert first.startswith(b"%PDF")


def test_the_table_says_how_many_answers_a_search_found(market: Practice) -> None:
    owner = market.person("owner")
    for insured in (CHILD, EXEMPT, EXEMPT):
        market.asks(owner.actor, insured)
    client = signed_in(owner)
    assert "<caption>Auskünfte, die neueste zuerst</caption>" in client.get("/verlauf/").content.decode()
    for insured, caption in (
        (EXEMPT, "2 Auskünfte gefunden, die neueste zuerst"),
        (CHILD, "Eine Auskunft gefunden"),
    ):
        assert f"<caption>{caption}</caption>" in searched(client, kvnr=insured).content.decode()


def test_on_paper_the_page_names_the_institution_and_the_day(market: Practice) -> None:
    said = words(signed_in(market.person("owner")).get("/verlauf/"))
    assert "IK 260326822 , gedruckt am 19.11.2026" in said


@pytest.mark.parametrize(
    ("role", "sees", "may_export"),
    [("owner", 2, True), ("billing", 2, True), ("auditor", 2, True), ("reception", 1, False)],
)
def test_reception_sees_its_own_answers_and_the_other_roles_all_of_them(
    market: Practice, role: str, sees: int, may_export: bool
) -> None:
    who = market.person(role, "kim")
    market.asks(who.actor)
    of_a_colleague = market.asks(market.person("owner", "toni").actor)
    client = signed_in(who)
    page = client.get("/verlauf/")
    assert len(cells(page)) == sees
    assert ("CSV-Datei laden" in words(page)) == may_export
    assert ("Abgefragt von" in words(page)) == may_export
    assert client.post("/verlauf/ausgabe.csv").status_code == (200 if may_export else 403)
    assert client.get(f"/auskunft/{of_a_colleague.id}/").status_code == (200 if may_export else 404)


def test_without_signing_in_there_is_nothing(market: Practice) -> None:
    client = Client(HTTP_HOST="127.0.0.1")
    shown = client.get("/verlauf/?result=exempt")
    assert (shown.status_code, shown["Location"].partition("?")[0]) == (302, "/anmelden/")
    for path in ("/verlauf/", "/verlauf/ausgabe.csv"):
        sent = client.post(path, {"kvnr": EXEMPT})
        assert sent.status_code == 403
        assert "Anmelden" in words(sent)
        assert EXEMPT not in sent.content.decode()


def test_a_search_typed_before_the_session_ended_is_there_again_after_the_sign_in(market: Practice) -> None:
    owner = market.person("owner")
    market.asks(owner.actor)
    client = signed_in(owner)
    client.cookies.pop("sitzung")
    sent = client.post("/verlauf/", {"kvnr": "a123 456 780", "since": "2026-11-01"})
    kept = re.search(r'name="resume" value="([^"]+)"', sent.content.decode())
    assert kept is not None
    back = client.post(
        "/anmelden/", {"name": owner.sign_in, "password": PASSWORD, "resume": kept[1]}, follow=True
    )
    assert back.redirect_chain[-1][0] == "/verlauf/"
    assert 'value="a123 456 780"' in back.content.decode()
    assert cells(back) == []


def test_a_search_by_number_finds_it_and_no_address_holds_it(market: Practice) -> None:
    owner = market.person("owner")
    for kvnr in (EXEMPT, LIABLE, EXEMPT):
        market.asks(owner.actor, kvnr)
    client = signed_in(owner)
    sent = client.post("/verlauf/", {"kvnr": "a123 456 780"})
    assert sent.status_code == 302
    assert "12345678" not in sent["Location"]
    assert list(parse_qs(urlsplit(sent["Location"]).query)) == ["insured"]
    page = client.get(sent["Location"])
    assert [row[0] for row in cells(page)] == ["A123 456 780 E. B.", "A123 456 780 E. B."]
    addresses = re.findall(r"(?:href|action)=\"([^\"]+)\"", page.content.decode())
    assert not [address for address in addresses if "123" in address and "456" in address]


def test_an_address_with_a_number_of_somebody_else_is_refused(market: Practice) -> None:
    owner, anna = market.person("owner"), market.person("billing", "anna")
    market.asks(owner.actor)
    page = signed_in(anna).get("/verlauf/", {"insured": history.carried(EXEMPT, owner)})
    assert cells(page) == []
    assert "Diese Suche gilt nicht mehr. Bitte geben Sie die Nummer noch einmal ein." in words(page)


def test_every_filter_goes_on_to_the_next_page(market: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    owner = market.person("owner")
    for place in range(5):
        market.asks(owner.actor, now=NOW - timedelta(minutes=place))
        market.asks(owner.actor, LIABLE, now=NOW - timedelta(minutes=place))
    client = signed_in(owner)
    page = searched(client, kvnr=EXEMPT, result="exempt", since="19.11.2026", until="19.11.2026")
    seen = cells(page)
    while older := re.search(r"href=\"([^\"]+)\" rel=\"next\"", page.content.decode()):
        page = client.get(older[1].replace("&amp;", "&"))
        seen += cells(page)
    asked = [f"19.11.2026, 10:{minute} Uhr 260326822" for minute in (42, 41, 40, 39, 38)]
    assert [row[3] for row in seen] == asked
    newer = re.search(r"href=\"([^\"]+)\" rel=\"prev\"", page.content.decode())
    assert newer is not None
    assert [row[3][12:17] for row in cells(client.get(newer[1].replace("&amp;", "&")))] == ["10:40", "10:39"]


def test_a_page_behind_the_last_one_leads_to_the_first(market: Practice) -> None:
    owner = market.person("owner")
    client = signed_in(owner)
    asked = market.asks(owner.actor)
    answer = client.get("/verlauf/", {"older": str(asked.id), "result": "exempt"})
    assert (answer.status_code, answer["Location"]) == (302, "/verlauf/?result=exempt")
    assert len(cells(client.get("/verlauf/", {"older": "nonsense"}))) == 1


def test_a_faulty_search_says_what_is_wrong_and_keeps_what_was_typed(market: Practice) -> None:
    client = signed_in(market.person("owner"))
    market.asks(market.person("billing", "anna").actor)
    page = client.post(
        "/verlauf/",
        {
            "kvnr": "A123456781",
            "number": "BVWCF-QMDCM-KJ8U1",
            "since": "20.11.2026",
            "until": "2026-11-01",
            "day": "x",
        },
    )
    said = words(page)
    assert page.status_code == 200
    assert "Fehler: Verlauf" in said
    assert "Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen." in said
    assert "Die Auskunft-Nummer enthält an Stelle 15 „1“." in said
    assert "Der letzte Tag liegt vor dem ersten. Bitte prüfen Sie beide." in said
    assert "Bitte schreiben Sie den Tag so: Tag, Monat und Jahr, zum Beispiel 22.11.2026." in said
    for typed in ("A123456781", "BVWCF-QMDCM-KJ8U1"):
        assert f'value="{typed}"' in page.content.decode()


def test_nothing_found_and_nothing_asked_yet_read_differently(market: Practice) -> None:
    owner = market.person("owner")
    client = signed_in(owner)
    assert "Hier stehen die Auskünfte Ihrer Praxis, sobald die erste Abfrage gemacht ist." in words(
        client.get("/verlauf/")
    )
    market.asks(owner.actor)
    assert "Zu dieser Suche gibt es keine Auskunft." in words(client.get("/verlauf/", {"result": "minor"}))


def test_the_table_opens_in_a_german_excel_and_has_a_line_for_each_day(market: Practice) -> None:
    owner = market.person("owner")
    given = market.asks(owner.actor, EXEMPT, days=[date(2026, 11, 19), date(2026, 11, 20)])
    answer: Any = signed_in(owner).post("/verlauf/ausgabe.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="Verlauf-2026-11-19.csv"'
    assert taken(answer) == (
        "\ufeffKrankenversichertennummer;Initialen;Tag der Abgabe;Auskunft;gilt bis;Zuzahlungskennzeichen;Begründung;"
        "Erlaubnis;Erlaubnis bis;Stand der Daten;Auskunft-Nummer;abgefragt;abgefragt von\r\n"
        "A123 456 780;E. B.;19.11.2026;befreit;31.12.2026;1;Nach heutigem Stand an beiden Tagen befreit: zuzahlungsbefreit.;"
        f"mündlich, hier vor Ort;;18.11.2026;{given.number};19.11.2026, 10:42 Uhr;260326822\r\n"
        "A123 456 780;E. B.;20.11.2026;befreit, nach heutigem Stand;31.12.2026;1;"
        "Nach heutigem Stand an beiden Tagen befreit: zuzahlungsbefreit.;"
        f"mündlich, hier vor Ort;;18.11.2026;{given.number};19.11.2026, 10:42 Uhr;260326822\r\n"
    )


def test_the_table_holds_what_the_page_found(market: Practice) -> None:
    owner = market.person("owner")
    for kvnr in (EXEMPT, STRANGER):
        market.asks(owner.actor, kvnr)
    client = signed_in(owner)
    page = searched(client, kvnr=STRANGER)
    export = re.search(r"action=\"(/verlauf/ausgabe[^\"]+)\"", page.content.decode())
    assert export is not None
    lines = taken(client.post(export[1].replace("&amp;", "&"))).splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ["T123 456 780"]


def test_a_key_named_like_a_formula_leaves_as_text(market: Practice) -> None:
    market.asks(market.key("=HYPERLINK(1)"))
    table = taken(signed_in(market.person("owner")).post("/verlauf/ausgabe.csv"))
    assert table.rstrip().endswith(";'=HYPERLINK(1)")


def test_a_table_is_not_given_for_a_search_that_is_not_understood(market: Practice) -> None:
    owner = market.person("owner")
    market.asks(owner.actor)
    client = signed_in(owner)
    for wrong in ("result=nonsense", "insured=nonsense"):
        answer = client.post(f"/verlauf/ausgabe.csv?{wrong}")
        assert (answer.status_code, answer["Location"]) == (302, f"/verlauf/?{wrong}")


def test_a_page_of_25_rows_stays_light(market: Practice) -> None:
    owner = market.person("owner", "x" * 40)
    market.allow(per_day=200)
    for _ in range(26):
        market.asks(owner.actor, days=[date(2026, 11, 2), date(2026, 11, 4)])
    page = signed_in(owner).get("/verlauf/")
    assert len(cells(page)) == 25
    assert len(page.content) < 30_000
