"""A new stand replaces the old one wholly or not at all; what looks cut or broken waits for the operator."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from tests.conftest import SERVER
from tests.database import HouseDatabase
from tests.exemptions.deliveries import (
    EVA,
    LEA,
    MAX,
    NOW,
    TOM,
    YEAR,
    csv,
    delivered,
    insured,
    line,
    ndjson,
    served,
    states,
)
from zuzahlung.cli.demo_data import as_operator
from zuzahlung.cli.synthetic import kvnr_at
from zuzahlung.exemptions.imports import Imported, NotImported, refuse_stand, release_stand
from zuzahlung.exemptions.models import Stand
from zuzahlung.exemptions.rules import Insured
from zuzahlung.journal.services import Actor
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.vault import keyfile
from zuzahlung.vault.services import Vault, vault

OPERATOR = Actor(kind="operator", id=UUID(int=7), name="Frau Beispiel")


@pytest.fixture(autouse=True)
def house(house_database: HouseDatabase, settings: Any, tmp_path: Path) -> HouseDatabase:
    """A house of the test's own; as much may be wrong in small files as a test likes."""
    settings.VAR = tmp_path
    allow(settings, faulty_share=1.0, missing_share=1.0)
    return house_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "delivery"


def allow(settings: Any, **limits: Any) -> None:
    settings.HOUSE = replace(settings.HOUSE, exemptions=replace(settings.HOUSE.exemptions, **limits))


def tables() -> list[str]:
    """The tables that hold insured."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relname ~ '^exemptions_insured_[0-9]+$' order by oid"
        )
        return [row[0] for row in cursor]


def journal() -> list[tuple[str, str, dict[str, Any]]]:
    """The entries that belong to no institution, in the order in which they were written."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select action, actor_name, detail from journal_entry where institution is null order by ctid"
        )
        return [
            (action, name, json.loads(detail) if isinstance(detail, str) else detail)
            for action, name, detail in cursor
        ]


def reasons_of(done: object) -> tuple[str, ...]:
    assert isinstance(done, Imported), done
    return done.waits


def refusal_of(done: object) -> tuple[int | None, str]:
    assert isinstance(done, NotImported), done
    return done.line, done.reason


def test_a_delivery_is_served_with_initials_periods_and_the_birthday_of_a_child(file: Path) -> None:
    done = served(
        file,
        line(MAX, YEAR, initials="M. B."),
        line(EVA, initials="E. S."),
        line(LEA, initials="L. K.", birthDate="2015-06-30"),
    )
    assert (done.lines, done.insured, done.faulty, done.missing) == (3, 3, 0, 0)
    found = insured(MAX)
    assert found is not None
    assert (found.initials, found.adult_on, found.periods) == (
        "M. B.", None, (Period(date(2026, 1, 1), date(2026, 12, 31)),),
    )  # fmt: skip
    liable, child = insured(EVA), insured(LEA)
    assert liable is not None
    assert child is not None
    assert liable.periods == ()
    assert child.adult_on == date(2033, 6, 30)
    assert insured(TOM) is None


def test_the_18th_birthday_is_stored_only_while_it_lies_ahead_of_a_day_that_may_be_asked(file: Path) -> None:
    adult_on = {
        "2008-02-29": date(2026, 3, 1),
        "2007-01-02": date(2025, 1, 2),
        "2007-01-01": None,
        "2006-12-31": None,
        "1961-04-17": None,
        "2026-11-22": date(2044, 11, 22),
    }
    served(file, *(line(kvnr_at(place), birthDate=born) for place, born in enumerate(adult_on)))
    found = [insured(kvnr_at(place)) for place in range(len(adult_on))]
    assert [one and one.adult_on for one in found] == list(adult_on.values())


def test_periods_are_stored_united_and_as_far_as_days_can_be_computed(file: Path) -> None:
    first, last = {"from": "2026-03-01", "to": "2026-05-31"}, {"from": "2026-05-15", "to": "2026-06-30"}
    served(file, line(MAX, first, last, {"from": "2026-08-01", "to": "9999-12-31"}))
    found = insured(MAX)
    assert found is not None
    assert found.periods == (
        Period(date(2026, 3, 1), date(2026, 6, 30)),
        Period(date(2026, 8, 1), date(9998, 12, 31)),
    )


def test_csv_plain_or_packed_gives_the_same_as_ndjson(file: Path) -> None:
    lines = (
        f"{MAX};M. M.;1961-04-17;2025-07-01;2025-12-31;",
        f"{MAX};M. M.;1961-04-17;2026-01-01;2026-12-31;2026-05-01",
        f"{EVA};Ä. S.;1975-09-02;;;",
    )
    csv(file, *lines)
    file.write_bytes(gzip.compress(file.read_bytes()))
    done = delivered(file)
    assert isinstance(done, Imported)
    assert (done.lines, done.insured, done.faulty, done.waits) == (3, 2, 0, ())
    found, other = insured(MAX), insured(EVA)
    assert found is not None
    assert other is not None
    assert found.periods == (Period(date(2025, 7, 1), date(2026, 4, 30)),)
    assert (other.initials, other.periods) == ("Ä. S.", ())


def test_no_kvnr_is_written_anywhere(
    file: Path, house: HouseDatabase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    wrong = f"{MAX[:9]}{(int(MAX[9]) + 1) % 10}"
    lines = [line(kvnr_at(place)) for place in range(2000)]
    served(file, *lines, line(MAX, YEAR), line(MAX, YEAR, initials="E. S."), line(wrong), f'{{"kvnr":"{MAX}')
    csv(file, f"{MAX};M. M.;1961-04-17;;;", f"{MAX};E. S.;1961-04-17;;;{MAX}")
    delivered(file)
    file.write_text(f"{MAX};M. M.;1961-04-17;;;\n", encoding="utf-8")
    delivered(file)
    file.unlink()
    server = request.config.stash[SERVER]
    with psycopg.connect(server.house("postgres").superuser, autocommit=True) as superuser:
        superuser.execute("checkpoint")
    folders = (server.postgres.place.folder, tmp_path)
    files = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()
    ]
    # What is looked for would be found: the fingerprint of one of them is there.
    stored = vault().fingerprint("kvnr", kvnr_at(1999)).digest
    assert any(stored in path.read_bytes() for path in files)
    for number in (MAX, wrong, kvnr_at(1999)):
        assert [path for path in files if number.encode() in path.read_bytes()] == []


def test_faulty_lines_are_listed_with_number_and_reason_and_all_of_them_in_a_file_for_its_owner(
    file: Path, tmp_path: Path
) -> None:
    done = served(
        file, line(MAX, YEAR), "", "{", line(EVA, birthDate="1975-02-29"), line(LEA), line("X000079197")
    )
    assert (done.lines, done.insured, done.faulty, done.insured_left_out) == (5, 2, 3, 1)
    assert done.first_faults == (
        (3, "Die Zeile ist kein vollständiges JSON-Objekt."),
        (4, "birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        (6, "Die Prüfziffer der KVNR passt nicht."),
    )
    assert done.fault_file == tmp_path / "imports" / f"stand-{done.stand}-fehler.csv"
    assert done.fault_file.read_text(encoding="utf-8") == (
        "Zeile;Grund\n"
        "3;Die Zeile ist kein vollständiges JSON-Objekt.\n"
        "4;birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt.\n"
        "6;Die Prüfziffer der KVNR passt nicht.\n"
    )
    assert done.fault_file.stat().st_mode & 0o777 == 0o600
    assert done.fault_file.parent.stat().st_mode & 0o777 == 0o700
    report = Stand.objects.get(id=done.stand).report
    assert report["first"] == [list(fault) for fault in done.first_faults]
    assert report["reasons"]["Die Prüfziffer der KVNR passt nicht."] == 1
    assert insured(EVA) is None
    assert insured(LEA) is not None


def test_of_an_insured_with_one_faulty_line_nothing_is_served(file: Path) -> None:
    csv(
        file,
        f"{MAX};M. M.;1961-04-17;2025-01-01;2025-12-31;",
        f"{EVA};E. S.;1975-09-02;;;",
        f"{MAX};M. M.;1961-04-17;2026-01-01;2026-02-30;",
    )
    done = delivered(file)
    assert isinstance(done, Imported)
    assert (done.insured, done.faulty, done.insured_left_out) == (1, 1, 1)
    assert insured(MAX) is None
    assert insured(EVA) is not None


def test_lines_of_one_kvnr_that_agree_are_united_next_to_each_other_or_apart(file: Path) -> None:
    child = {"initials": "L. K.", "birthDate": "2015-06-30"}
    done = served(
        file,
        line(MAX, {"from": "2026-01-01", "to": "2026-03-31"}),
        line(LEA, **child),
        line(LEA, YEAR, **child),
        line(TOM, **child),
        line(EVA),
        line(TOM, YEAR, **child),
        line(MAX, {"from": "2026-04-01", "to": "2026-12-31"}),
        line(MAX, {"from": "2026-04-01", "to": "2026-12-31"}),
    )
    assert (done.insured, done.faulty) == (4, 0)
    year = (Period(date(2026, 1, 1), date(2026, 12, 31)),)
    assert insured(MAX) == Insured(initials="M. M.", adult_on=None, periods=year)
    assert insured(LEA) == Insured(initials="L. K.", adult_on=date(2033, 6, 30), periods=year)
    assert insured(TOM) == Insured(initials="L. K.", adult_on=date(2033, 6, 30), periods=year)


@pytest.mark.parametrize("other", [{"initials": "E. S."}, {"birthDate": "1961-04-18"}])
def test_all_lines_that_contradict_each_other_are_faulty_next_to_each_other_or_apart(
    file: Path, other: dict[str, str]
) -> None:
    done = served(
        file,
        line(MAX),
        line(MAX, YEAR, **other),
        line(EVA),
        line(LEA),
        line(EVA, **other),
        line(TOM),
        line(MAX),
    )
    reason = "Die Zeile widerspricht einer anderen Zeile mit derselben KVNR."
    assert done.first_faults == tuple((number, reason) for number in (1, 2, 3, 5, 7))
    assert (done.insured, done.insured_left_out) == (2, 2)
    assert insured(MAX) is None
    assert insured(EVA) is None
    assert insured(LEA) is not None


def test_united_and_contradicting_lines_are_found_where_too_many_stand_twice_to_hold_in_memory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zuzahlung.exemptions.imports.REPEATED_IN_MEMORY", 1)
    done = served(
        file, line(MAX), line(EVA), line(LEA), line(MAX, YEAR), line(EVA, initials="E. S."), line(LEA, YEAR)
    )
    assert [number for number, _ in done.first_faults] == [2, 5]
    found = insured(MAX)
    assert found is not None
    assert found.periods == (Period(date(2026, 1, 1), date(2026, 12, 31)),)
    assert insured(EVA) is None


def test_a_delivery_of_little_else_than_faults_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zuzahlung.exemptions.delivery_faults.MOST", 3)
    assert refusal_of(delivered(ndjson(file, [line(MAX), *["{"] * 4]))) == (
        5,
        "Mehr als 3 Zeilen sind fehlerhaft.",
    )
    assert [number for number, _ in Stand.objects.get().report["first"]] == [2, 3, 4]


NEITHER = (
    "Die erste Zeile ist weder ein JSON-Objekt noch die Kopfzeile kvnr;initials;birthDate;from;to;revokedOn."
)
BOMB = gzip.compress(b'{"kvnr":"' + bytes(50_000_000))
REFUSED = {
    "unknown field": (json.dumps({**line(EVA), "vorname": "E"}).encode(), 1, "Das Feld „vorname“ ist unbekannt."),
    "unknown field later": (
        f"{json.dumps(line(EVA))}\n{json.dumps({**line(LEA), 'name': 'L'})}".encode(),
        2,
        "Das Feld „name“ ist unbekannt.",
    ),
    "unknown column": (b"kvnr;name\n", 1, "Die Spalte „name“ ist unbekannt."),
    "no delivery": (b"<xml/>", 1, NEITHER),
    "wrong encoding": (
        f"{json.dumps(line(EVA))}\n".encode() + json.dumps(line(LEA, initials="Ö."), ensure_ascii=False).encode("latin-1"),
        2,
        "Die Datei ist nicht durchgehend in UTF-8 geschrieben.",
    ),
    "bomb": (BOMB, 1, "Die Zeile ist zu lang."),
    "past the set size": (gzip.compress(f"{json.dumps(line(EVA))}\n".encode() * 40_000), 34_884,
                          "Die Datei ist entpackt größer als die erlaubten 3.000.000 Byte."),
    "truncated": (
        gzip.compress(f"{json.dumps(line(EVA))}\n".encode())[:-4], 2, "Die gzip-Datei ist hier abgeschnitten."
    ),
    "empty": (b"", None, "Die Datei ist leer."),
    "header alone": (
        b"kvnr;initials;birthDate;from;to;revokedOn\n",
        None,
        "Die Datei nennt keinen Versicherten, der sich übernehmen ließe.",
    ),
    "nothing but faults": (b"{\n{\n", None, "Die Datei nennt keinen Versicherten, der sich übernehmen ließe."),
}  # fmt: skip


def test_a_file_that_is_no_delivery_is_refused_and_the_old_stand_is_served_on(
    file: Path, settings: Any
) -> None:
    served(file, line(MAX, YEAR))
    allow(settings, import_bytes=3_000_000)
    for stand, (case, (content, number, reason)) in enumerate(REFUSED.items(), start=2):
        file.write_bytes(content)
        assert refusal_of(delivered(file)) == (number, reason), case
        assert tables() == ["exemptions_insured_1"], case
        assert insured(MAX) is not None, case
        assert insured(EVA) is None, case
        refused = Stand.objects.get(id=stand)
        assert (refused.state, refused.report["refused"]) == (
            Stand.REFUSED, {"reason": reason, "line": number},
        ), case  # fmt: skip
        action, name, detail = journal()[-1]
        assert (action, name, detail["stand"], detail["refused"]) == (
            "registry-refused", "Serviceportal", stand, reason,
        ), case  # fmt: skip


def test_a_stand_of_a_day_to_come_is_refused(file: Path) -> None:
    done = delivered(ndjson(file, [line(MAX)]), day=date(2026, 11, 23))
    assert refusal_of(done) == (None, "Der Tag des Standes liegt in der Zukunft.")


def test_the_day_is_the_german_one(file: Path) -> None:
    done = delivered(
        ndjson(file, [line(MAX)]), day=date(2027, 1, 1), now=datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    )
    assert isinstance(done, Imported)


def test_the_new_stand_replaces_the_old_one_wholly(file: Path) -> None:
    served(file, line(MAX, YEAR), line(EVA))
    done = served(file, line(MAX), line(LEA))
    assert (done.insured, done.missing) == (2, 1)
    assert states() == [Stand.REPLACED, Stand.SERVED]
    assert tables() == ["exemptions_insured_2"]
    found = insured(MAX)
    assert found is not None
    assert found.periods == ()
    assert insured(EVA) is None
    assert [entry[:2] for entry in journal()] == [("registry-served", "Serviceportal")] * 2
    assert journal()[1][2] == {"stand": 2, "day": "2026-11-22", "insured": 2, "faulty": 0, "missing": 1}


def waiting(file: Path, settings: Any) -> int:
    """A stand that waits because half of the insured of the one that is served are missing."""
    served(file, line(MAX, YEAR), line(EVA))
    allow(settings, missing_share=0.4)
    done = delivered(ndjson(file, [line(MAX)]))
    assert reasons_of(done) == (
        "50,00 % der Versicherten des bisherigen Standes fehlen; erlaubt sind 40,00 %.",
    )
    assert isinstance(done, Imported)
    return done.stand


def test_a_cut_delivery_waits_and_the_old_stand_is_served_on(file: Path, settings: Any) -> None:
    waiting(file, settings)
    assert states() == [Stand.SERVED, Stand.WAITING]
    assert insured(EVA) is not None
    assert [entry[0] for entry in journal()] == ["registry-served", "registry-waiting"]


def test_the_operator_releases_a_waiting_stand_once(file: Path, settings: Any) -> None:
    stand = waiting(file, settings)
    with as_operator():
        assert release_stand(stand, reason="Rückruf", actor=OPERATOR, now=NOW)
        assert not release_stand(stand, reason="Rückruf", actor=OPERATOR, now=NOW)
        assert not refuse_stand(stand, actor=OPERATOR, now=NOW)
    assert states() == [Stand.REPLACED, Stand.SERVED]
    assert insured(EVA) is None
    assert journal()[-1][:2] == ("registry-released", "Frau Beispiel")
    served(file, line(MAX))
    assert tables() == ["exemptions_insured_3"]


def test_the_operator_refuses_a_waiting_stand(file: Path, settings: Any) -> None:
    stand = waiting(file, settings)
    with as_operator():
        assert refuse_stand(stand, actor=OPERATOR, now=NOW)
        assert not release_stand(stand, reason="Rückruf", actor=OPERATOR, now=NOW)
    assert states() == [Stand.SERVED, Stand.REFUSED]
    assert tables() == ["exemptions_insured_1"]
    assert journal()[-1][:2] == ("registry-refused", "Frau Beispiel")


def test_a_newer_delivery_takes_the_place_of_a_waiting_one(file: Path, settings: Any) -> None:
    stand = waiting(file, settings)
    served(file, line(MAX), line(EVA))
    with as_operator():
        assert not release_stand(stand, reason="Rückruf", actor=OPERATOR, now=NOW)
    assert states() == [Stand.REPLACED, Stand.REFUSED, Stand.SERVED]
    assert tables() == ["exemptions_insured_3"]
    assert Stand.objects.get(id=2).report["refused"] == {
        "reason": "Bevor er galt, trat die Lieferung vom 22.11.2026 an seine Stelle (Stand 3).",
        "line": None, "superseded": True,
    }  # fmt: skip


def test_a_refused_delivery_leaves_a_waiting_one_alone(file: Path, settings: Any) -> None:
    waiting(file, settings)
    file.write_bytes(b"")
    delivered(file)
    assert states() == [Stand.SERVED, Stand.WAITING, Stand.REFUSED]


def test_as_many_missing_as_allowed_do_not_wait(file: Path, settings: Any) -> None:
    served(file, line(MAX), line(EVA))
    allow(settings, missing_share=0.5)
    assert served(file, line(MAX)).missing == 1


def test_too_many_faulty_lines_wait_even_at_the_first_import(file: Path, settings: Any) -> None:
    allow(settings, faulty_share=0.2)
    done = delivered(ndjson(file, [line(MAX), line(EVA), "{", "{"]))
    assert reasons_of(done) == ("50,00 % der Zeilen sind fehlerhaft; erlaubt sind 20,00 %.",)
    assert states() == [Stand.WAITING]


def test_the_first_import_never_waits_for_missing_ones(file: Path, settings: Any) -> None:
    allow(settings, faulty_share=0.0, missing_share=0.0)
    served(file, line(MAX))


def test_an_older_day_waits_and_the_same_day_does_not(file: Path) -> None:
    served(file, line(MAX), day=date(2026, 11, 20))
    served(file, line(MAX), day=date(2026, 11, 20))
    done = delivered(ndjson(file, [line(MAX)]), day=date(2026, 11, 19))
    assert reasons_of(done) == ("Der Stand vom 19.11.2026 ist älter als der bisherige vom 20.11.2026.",)


def test_after_a_rotation_of_keys_old_and_new_stands_are_found_and_only_numbers_of_insured_compared(
    file: Path, settings: Any, tmp_path: Path
) -> None:
    settings.VAULT_KEYS = tmp_path / "keys" / "vault.keys"
    Vault.create(settings.VAULT_KEYS, NOW)
    served(file, line(MAX, YEAR), line(EVA))
    keyfile.rotate(settings.VAULT_KEYS, NOW)
    settings.VAULT_KEYS = settings.VAULT_KEYS.rename(tmp_path / "keys" / "rotated.keys")
    assert insured(MAX) is not None
    done = served(file, line(LEA, YEAR))
    assert Stand.objects.get(id=2).key_id != Stand.objects.get(id=1).key_id
    assert (done.missing, done.note) == (
        1,
        "Der Schlüssel wurde gewechselt; verglichen wurde nur die Zahl der Versicherten.",
    )
    assert insured(LEA) is not None
    assert insured(MAX) is None


CALLS = (
    "select exemption_stand_prepare(1)",
    "select exemption_stand_seal(1)",
    "select exemption_stand_missing(1, 1)",
    "select exemption_stand_drop(1)",
)


def test_the_portal_changes_no_stand(file: Path, house: HouseDatabase) -> None:
    served(file, line(MAX))
    with psycopg.connect(house.portal, autocommit=True) as portal:
        for call in (*CALLS, "delete from exemptions_stand", "update exemptions_stand set state = 'refused'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                portal.execute(call)


def test_nobody_reads_or_changes_the_insured_of_a_stand_that_is_loaded(
    file: Path, house: HouseDatabase
) -> None:
    served(file, line(MAX))
    for address in (house.portal, house.operator):
        with psycopg.connect(address, autocommit=True) as connection:
            for table in ("exemptions_insured", "exemptions_insured_1"):
                for statement in (f"select * from {table}", f"delete from {table}", f"drop table {table}"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(statement)


def test_the_operator_drops_no_stand_that_is_served_and_prepares_none_that_is_not_loading(
    file: Path, house: HouseDatabase
) -> None:
    served(file, line(MAX))
    with psycopg.connect(house.operator, autocommit=True) as operator:
        for call in (CALLS[0], CALLS[1], CALLS[3]):
            with pytest.raises(psycopg.errors.RaiseException):
                operator.execute(call)
        # A table of the caller's own does not pass for the one that says which stands are served.
        operator.execute("create temporary table exemptions_stand (id int, state text)")
        operator.execute("insert into exemptions_stand values (1, 'replaced'), (99, 'loading')")
        for call in (CALLS[3], "select exemption_stand_prepare(99)"):
            with pytest.raises(psycopg.errors.RaiseException):
                operator.execute(call)
    assert insured(MAX) is not None
