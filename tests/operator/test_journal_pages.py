"""The journal is read by institution and time, one insured only with a reason that is journalled first."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

import zuzahlung
from tests.database import HouseDatabase
from tests.operator import stage
from tests.operator.conftest import Client, institution
from tests.operator.role import operator_role


def entries(action: str) -> list[Any]:
    from zuzahlung.journal.models import Entry

    with operator_role():
        return list(Entry.objects.defer("sealed").filter(action=action).order_by("id"))


def fill(practice: UUID | None, count: int, kind: str = "person") -> None:
    """Many entries of one institution or of none, one a second, the newest now."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            insert into journal_entry (id, institution, at, actor_kind, actor_name, action, detail, kept_until_on)
            select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8000'
                    || lpad(to_hex(n), 12, '0'))::uuid,
                   %s, at, %s, 'anna-' || n, 'sign-in', '{}', '2030-12-31'
              from (select n, now() - n * interval '1 second' as at from generate_series(1, %s) n) x
            """,
            [practice, kind, count],
        )


def test_an_institutions_entries_come_in_pages_and_none_is_missing(client: Client) -> None:
    practice = institution()
    fill(practice, 120)
    seen: list[str] = []
    page = client.get("/journal/", scope="institution", ik="260 326 822")
    while True:
        names = [word for word in page.words.split() if word.startswith("anna-")]
        seen += names
        older = (
            page.text.partition('rel="next"')[0]
            .rpartition('href="?')[2]
            .partition('"')[0]
            .replace("&amp;", "&")
        )
        if 'rel="next"' not in page.text:
            break
        page = client.get(f"/journal/?{older}")
    assert seen == [f"anna-{number}" for number in range(1, 121)]


def test_days_are_german_days_and_both_ends_count(client: Client) -> None:
    from zuzahlung.journal import services as journal

    practice = institution()
    actor = journal.Actor(kind="operator", id=uuid7(), name="erika.muster")
    times = ("2026-10-31T22:59:59", "2026-10-31T23:00:00", "2026-11-01T22:59:59", "2026-11-01T23:00:00")
    with operator_role():
        for number, time in enumerate(times):
            at = datetime.fromisoformat(f"{time}+00:00")
            journal.add(
                "quota-reset",
                actor=actor,
                institution=practice,
                now=at,
                detail={"reason": f"Eintrag {number}"},
            )
    words = client.get(
        "/journal/", scope="institution", ik="260326822", since="2026-11-01", until="2026-11-01"
    ).words
    assert [number for number in range(4) if f"Eintrag {number}" in words] == [1, 2]
    nothing = client.get("/journal/", scope="institution", ik="260326822", since="2026-11-03").words
    assert "In diesem Zeitraum steht nichts." in nothing


def test_what_the_form_does_not_understand_is_said_at_the_field(client: Client) -> None:
    wrong = client.get("/journal/", scope="institution", ik="260326823").words
    assert "Nach 26032682 müsste eine 2 stehen." in wrong
    assert (
        "Dieses IK steht nicht im Verzeichnis."
        in client.get("/journal/", scope="institution", ik="440000011").words
    )
    assert (
        "Bitte geben Sie das Institutionskennzeichen (IK) ein"
        in client.get("/journal/", scope="institution").words
    )
    assert client.get("/journal/", scope="house", vor="keine-kennung").status == 200


def test_the_operators_own_deeds_are_read_across_all_institutions(client: Client) -> None:
    practice = institution()
    client.post(
        f"/exemptions/quota/{practice}/change/", per_day="7", per_burst="", unknown_per_day="", reason="Test"
    )
    words = client.get("/journal/").words
    assert "Kontingent geändert" in words
    assert "260326822 Praxis am Park" in words
    assert "Anmeldung im Betrieb" in words


def test_every_action_that_the_code_journals_has_german_words() -> None:
    from zuzahlung.site.operator_facts import ACTIONS

    source = Path(zuzahlung.__file__).parent
    named = re.compile(r'(?:journal\.add|_note|_serve|_mark)\([^)]*?"([a-z]+(?:-[a-z]+)+)"', re.DOTALL)
    used = {name for path in source.rglob("*.py") for name in named.findall(path.read_text(encoding="utf-8"))}
    assert {"sign-in", "key-made", "letter-posted", "registry-released"} <= used
    assert used - set(ACTIONS) == set()


def test_each_page_is_read_from_an_index_alone_however_long_the_journal(
    house_database: HouseDatabase,
) -> None:
    from zuzahlung.journal import reading

    one, other = institution(), institution("440000011")
    fill(one, 20_000)
    fill(other, 20_000, "operator")
    fill(None, 20_000, "system")
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze journal_entry")
    now = datetime.now(UTC)
    ways = (
        (reading.Scope.INSTITUTION, "journal_entry_of_institution"),
        (reading.Scope.HOUSE, "journal_entry_of_house"),
        (reading.Scope.OPERATORS, "journal_entry_of_operators"),
    )
    with operator_role():
        for scope, index in ways:
            period = {"since": now - timedelta(hours=2), "until": now - timedelta(hours=1), "before": uuid7()}
            for narrowing in ({}, period):
                with CaptureQueriesContext(connection) as queries:
                    reading.page(scope, institution=one if scope == "institution" else None, **narrowing)  # type: ignore[arg-type]
                with connection.cursor() as cursor:
                    cursor.execute("explain " + queries[0]["sql"])
                    plan = "\n".join(row[0] for row in cursor.fetchall())
                assert index in plan, plan
                assert "Seq Scan" not in plan, plan
                assert "Sort" not in plan, plan


def test_who_asked_about_an_insured_is_told_with_permission_day_and_result(client: Client) -> None:
    practice = institution(name=stage.LONG_NAME)
    stage.registry()
    stage.asked(practice)
    stage.asked(practice, "B100000029")
    page = client.post("/auskunft/", kvnr="a123 456 780", reason="Verlangen vom 20.11., Vorgang 4711")
    today = f"{datetime.now(UTC):%d.%m.%Y}"
    assert "Krankenversichertennummer A123 456 780" in page.words
    assert f"{stage.LONG_NAME} IK 260326822, eine Person mündlich, hier vor Ort" in page.words
    assert f"{today}: befreit" in page.words
    assert "Musterkasse, Betrieb eine Person – Suche im Journal für eine Auskunft" in page.words
    assert page.url.endswith("/auskunft/")
    assert "keine Auskunft möglich" not in page.words
    other = client.post("/auskunft/", kvnr="B100000029", reason="Vorgang 4712")
    assert f"{today}: keine Auskunft möglich" in other.words


def test_the_search_is_journalled_before_it_answers_with_its_reason_and_without_the_number(
    client: Client,
) -> None:
    from zuzahlung.vault.services import vault

    assert "Das Journal kennt keinen Zugriff" not in client.get("/auskunft/").words
    client.post("/auskunft/", kvnr=stage.KVNR, reason="Vorgang 4711")
    entry = entries("insured-search")[0]
    assert (entry.actor_kind, entry.actor_name) == ("operator", "erika.muster")
    assert entry.detail.items() >= {"reason": "Vorgang 4711", "form": "Seite"}.items()
    assert bytes(entry.subject) == vault().fingerprint("kvnr", stage.KVNR).digest
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from journal_entry e where e::text like %s", [f"%{stage.KVNR}%"])
        assert cursor.fetchone() == (0,)


def test_a_result_that_is_loaded_anew_is_neither_searched_nor_journalled_again(client: Client) -> None:
    practice = institution()
    stage.registry()
    stage.asked(practice)
    form = client.get("/auskunft/").text
    found = re.search(r'name="search" value="([0-9a-f-]{36})"', form)
    assert found is not None
    sent = {"kvnr": stage.KVNR, "reason": "Vorgang 4711", "search": found[1]}
    first = client.post("/auskunft/", **sent)
    stage.asked(practice)
    again = client.post("/auskunft/", **sent)
    assert again.words.count(": befreit") == 1, again.words
    assert first.words.count("Auskunft-Nummer") == again.words.count("Auskunft-Nummer") == 1
    assert len(entries("insured-search")) == 1
    # The same form for somebody else, with another reason or as a table is another search.
    client.post("/auskunft/", **{**sent, "kvnr": "B100000029"})
    client.post("/auskunft/", **{**sent, "reason": "Vorgang 4712"})
    client.post("/auskunft/", **sent, form="csv")
    assert len(entries("insured-search")) == 4


def test_an_answer_is_found_by_its_number_and_what_is_sealed_stays_so(client: Client) -> None:
    from zuzahlung.vault import codes

    practice = institution()
    stage.registry()
    stage.asked(practice, times=2)
    first, second = entries("exemption-query")
    number = codes.number_of_uuid7(first.id)
    page = client.get("/journal/", scope="operators", number=number.lower().replace("-", " "))
    assert f"Auskunft-Nummer: {number}" in page.words
    assert codes.number_of_uuid7(second.id) not in page.words
    assert "260326822 Praxis am Park" in page.words
    assert stage.KVNR not in page.text
    assert "M. M." not in page.text
    wrong = client.get(
        "/journal/", scope="operators", number=number[:-1] + ("2" if number[-1] != "2" else "3")
    )
    assert "Die Auskunft-Nummer enthält einen Tippfehler" in wrong.words
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from journal_entry where id = %s", [first.id])
    assert (
        "In diesem Zeitraum steht nichts." in client.get("/journal/", scope="operators", number=number).words
    )


def test_details_are_german_words_with_something_between_them(client: Client) -> None:
    from zuzahlung.journal import services as journal

    practice = institution()
    letter = UUID("01936000-0000-7000-8000-0000000000ab")
    actor = journal.Actor(kind="operator", id=uuid7(), name="erika.muster")
    for action, detail in (
        ("letter-posted", {"kind": "accounts.pruefnummer", "parcel": str(letter)}),
        ("registry-served", {"stand": 4, "day": "2026-11-22", "insured": 2}),
        ("role-changed", {"sign_in": "260326822-anna", "from": "reception", "to": "billing"}),
        ("address-changed", {"changes": {"street": ["Weg 1", ""], "service_kinds": [["heilmittel"], ["heilmittel", "hilfsmittel"]]}}),
        ("quota-changed", {"before": {"per_day": None}, "after": {"per_day": 500}, "reason": "Haus"}),
    ):  # fmt: skip
        with operator_role():
            journal.add(action, actor=actor, institution=practice, now=datetime.now(UTC), detail=detail)
    words = client.get("/journal/").words
    for told in (
        "Brief verschickt : Art: Prüfnummer ; Sendung: 0000000000AB",
        "vom: 22.11.2026 ; Stand: 4 ; Versicherte: 2",
        "jetzt: Abrechnung ; vorher: Empfang ; Benutzername: 260326822-anna",
        "Änderungen: Straße: Weg 1 → –; Leistungsarten: Heilmittel → Heilmittel, Hilfsmittel",
        "nachher: am Tag: 500 ; vorher: am Tag: wie im Haus ; Grund: Haus",
    ):
        assert told in words


def test_without_a_reason_or_with_a_wrong_number_nothing_is_searched(client: Client) -> None:
    assert "Ohne Grund wird nicht gesucht." in client.post("/auskunft/", kvnr=stage.KVNR, reason=" ").words
    wrong = client.post("/auskunft/", kvnr="A123456781", reason="Vorgang 4711")
    assert "Nach A12345678 müsste eine 0 stehen." in wrong.words
    assert entries("insured-search") == []
    assert client.get("/auskunft/", kvnr=stage.KVNR, reason="Vorgang 4711").words.count("befreit") == 0
    assert entries("insured-search") == []


def test_the_search_is_committed_even_if_the_answer_fails(
    house_database: HouseDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zuzahlung.exemptions import disclosure
    from zuzahlung.journal.services import Actor
    from zuzahlung.standards.numbers.kvnr import KVNR

    def broken(_: object) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("zuzahlung.journal.reading.about", broken)
    with operator_role(), pytest.raises(RuntimeError):
        disclosure.disclose(
            KVNR(stage.KVNR),
            reason="Vorgang 4711",
            form="Seite",
            search=uuid7(),
            actor=Actor(kind="operator", id=uuid7(), name="x"),
            now=datetime.now(UTC),
        )
    assert len(entries("insured-search")) == 1


def test_entries_under_an_older_key_are_found_after_a_rotation(
    house_database: HouseDatabase, tmp_path: Path, settings: Any
) -> None:
    from zuzahlung.exemptions.disclosure import disclose
    from zuzahlung.journal.services import Actor
    from zuzahlung.standards.numbers.kvnr import KVNR
    from zuzahlung.vault.services import Vault, rotate, vault

    settings.VAULT_KEYS = tmp_path / "own" / "vault.keys"
    Vault.create(settings.VAULT_KEYS, datetime.now(UTC))
    practice = institution()
    stage.registry()
    stage.asked(practice)
    before = vault().fingerprint_key()
    # What the process has read is good for a second; a file by another name is read at once.
    rotated = settings.VAULT_KEYS.with_name("rotated.keys")
    settings.VAULT_KEYS.rename(rotated)
    rotate(rotated, datetime.now(UTC))
    settings.VAULT_KEYS = rotated
    assert vault().fingerprint_key() != before
    actor = Actor(kind="operator", id=uuid7(), name="erika.muster")
    with operator_role():
        for _ in range(2):
            found = disclose(
                KVNR(stage.KVNR), reason="Vorgang 4711", form="Seite", search=uuid7(), actor=actor,
                now=datetime.now(UTC),
            )  # fmt: skip
    assert [[day.words for day in one.days] for one in found] == [["befreit"], [], []]


def test_the_extract_as_a_table_carries_the_same_words_and_no_formula(client: Client) -> None:
    practice = institution()
    stage.registry()
    stage.asked(practice)
    with connections["owner"].cursor() as cursor:
        cursor.execute("""update journal_entry set detail = jsonb_set(detail, '{name}', '"=HYPERLINK(1)"')""")
    page = client.post("/auskunft/", kvnr=stage.KVNR, reason="Vorgang 4711", form="csv")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"] == 'attachment; filename="auskunft-art-15.csv"'
    rows = list(csv.reader(io.StringIO(page.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == [
        "Zeitpunkt", "Vorgang", "Gefragt hat", "Einrichtung", "IK", "Erlaubnis", "Text der Erlaubnis", "Tag", "Ergebnis", "Auskunft-Nummer",
    ]  # fmt: skip
    assert rows[1][1:6] == ["Abfrage", "eine Person", "'=HYPERLINK(1)", "260326822", "mündlich, hier vor Ort"]
    assert rows[1][8] == "befreit"
    assert rows[2][1:3] == ["Suche im Journal durch den Betrieb", "eine Person"]
    assert entries("insured-search")[0].detail["form"] == "CSV"
