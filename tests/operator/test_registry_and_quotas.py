"""Stands that look wrong wait for the operator, and an institution gets its own quota with a reason."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.operator import stage
from tests.operator.conftest import Client, institution
from tests.operator.role import operator_role
from zuzahlung.standards.numbers.kvnr import check_digit


def deliver(folder: Path, insured: int, day: date) -> int:
    """Imports a stand with so many insured; gives its number."""
    from zuzahlung.exemptions import imports

    file = folder / f"{day}.ndjson"
    with file.open("w", encoding="utf-8") as text:
        for serial in range(insured):
            kvnr = f"A{serial:08}"
            line = {
                "kvnr": kvnr + check_digit(kvnr),
                "initials": "M. M.",
                "birthDate": "1980-01-01",
                "periods": [],
            }
            text.write(json.dumps(line) + "\n")
    with operator_role():
        done = imports.import_delivery(file, day=day, now=datetime.now(UTC))
    assert isinstance(done, imports.Imported)
    return done.stand


def states() -> list[str]:
    from zuzahlung.exemptions.models import Stand

    with operator_role():
        return list(Stand.objects.order_by("id").values_list("state", flat=True))


def last_entry() -> tuple[str, str, dict[str, Any]]:
    from zuzahlung.journal.models import Entry

    with operator_role():
        return Entry.objects.order_by("-id").values_list("action", "actor_name", "detail")[0]


def test_a_cut_stand_waits_with_its_reasons_and_is_released(client: Client, tmp_path: Path) -> None:
    deliver(tmp_path, 20, date(2026, 11, 1))
    stand = deliver(tmp_path, 15, date(2026, 11, 15))
    assert states() == ["served", "waiting"]
    assert (
        "1 Stand wartet auf Ihre Entscheidung In Kraft bleibt der Stand vom 01.11.2026: 20 Versicherte."
        in client.get("/").words
    )
    page = client.get(f"/exemptions/stand/{stand}/change/")
    assert (
        "Warum dieser Stand wartet 25,00 % der Versicherten des bisherigen Standes fehlen; erlaubt sind 5,00 %."
        in page.words
    )
    assert "Freigeben …" in page.text
    there = f"/exemptions/stand/{stand}/freigeben/"
    question = client.get(there)
    assert (
        "25,00 % der Versicherten des bisherigen Standes fehlen; erlaubt sind 5,00 %. "
        "5 Versicherte werden dem Register unbekannt: Wer nach ihnen fragt, bekommt keine Auskunft mehr. "
        "Bisher gilt der Stand vom 01.11.2026 mit 20 Versicherten, danach dieser mit 15."
    ) in question.words
    assert "Bitte geben Sie einen Grund an." in client.post(there, reason=" ", bestaetigt="1").words
    assert states() == ["served", "waiting"]
    page = client.post(there, reason="Rückruf bei der Kasse am 15.11.", bestaetigt="1")
    assert "Der Stand ist in Kraft." in page.words
    assert states() == ["replaced", "served"]
    action, who, detail = last_entry()
    assert (action, who, detail["reason"]) == (
        "registry-released",
        "erika.muster",
        "Rückruf bei der Kasse am 15.11.",
    )
    assert "Warum dieser Stand gewartet hat 25,00 % der Versicherten" in page.words
    told = r"Freigegeben am [\d.]+, [\d:]+ Uhr von erika\.muster\. Grund: Rückruf bei der Kasse am 15\.11\."
    assert re.search(told, page.words), page.words


def test_a_stand_whose_place_a_newer_one_took_was_refused_by_nobody(client: Client, tmp_path: Path) -> None:
    deliver(tmp_path, 20, date(2026, 11, 1))
    stand = deliver(tmp_path, 15, date(2026, 11, 15))
    deliver(tmp_path, 20, date(2026, 11, 16))
    listed = client.get("/exemptions/stand/").words
    assert "15.11.2026 2026-11-15.ndjson ersetzt 15" in listed
    assert "abgelehnt" not in listed
    page = client.get(f"/exemptions/stand/{stand}/change/").words
    assert "Bevor er galt, trat die Lieferung vom 16.11.2026 an seine Stelle (Stand 3)." in page


def test_figures_of_faulty_lines_do_not_contradict_each_other(client: Client) -> None:
    number = stage.waiting_stand(datetime.now(UTC))
    page = client.get(f"/exemptions/stand/{number}/change/").words
    assert "Fehlerhafte Zeilen 214, nicht übernommen" in page
    assert "Dazu ganz ausgelassen 12 Versicherte mit einer fehlerfreien und einer fehlerhaften Zeile" in page
    served = client.get(f"/exemptions/stand/{number - 1}/change/").words
    assert "Fehlerhafte Zeilen 0 Fehlen gegenüber vorher 0 Versicherte" in served


def test_a_refused_stand_leaves_the_old_one_in_force(client: Client, tmp_path: Path) -> None:
    deliver(tmp_path, 20, date(2026, 11, 1))
    stand = deliver(tmp_path, 15, date(2026, 11, 15))
    there = f"/exemptions/stand/{stand}/change/"
    page = client.post(f"/exemptions/stand/{stand}/ablehnen/", at=there)
    assert "Der Stand ist abgelehnt. Der bisherige gilt weiter." in page.words
    assert states() == ["served", "refused"]
    page = client.post(f"/exemptions/stand/{stand}/freigeben/", at="/auskunft/", reason="zu spät")
    assert "Dieser Stand wartet nicht mehr. Es ist nichts geschehen." in page.words
    assert states() == ["served", "refused"]


def left(practice: UUID) -> tuple[int, int, int]:
    from zuzahlung.exemptions.services import quota_of

    state = quota_of(practice, datetime.now(UTC))
    return state.left, state.unknown_left, state.burst_left


def test_an_institution_gets_its_own_limits_before_its_first_query(client: Client) -> None:
    practice = institution()
    there = f"/exemptions/quota/{practice}/change/"
    missing = client.post(there, per_day="500", per_burst="", unknown_per_day="", reason="")
    assert "Bitte geben Sie einen Grund an." in missing.words
    assert left(practice) == (100, 10, 20)
    page = client.post(there, per_day="500", per_burst="", unknown_per_day="50", reason="großes Haus")
    assert "Die Grenzen gelten ab der nächsten Abfrage." in page.words
    assert left(practice) == (500, 50, 20)
    assert last_entry() == (
        "quota-changed",
        "erika.muster",
        {
            "before": {"per_day": None, "per_burst": None, "unknown_per_day": None},
            "after": {"per_day": 500, "per_burst": None, "unknown_per_day": 50},
            "reason": "großes Haus",
        },
    )
    listed = client.get("/exemptions/quota/").words
    assert "260326822 Praxis am Park 0 von 500 0 von 50 20" in listed


def test_an_institution_that_was_stopped_starts_afresh_today(client: Client) -> None:
    practice = institution()
    stage.registry()
    stage.asked(practice, times=3)
    stage.asked(practice, "B100000029", times=2)
    assert left(practice) == (95, 8, 15)
    client.post(
        f"/exemptions/quota/{practice}/change/", per_day="5", per_burst="", unknown_per_day="", reason="Test"
    )
    assert (
        "260326822 Praxis am Park 5 von 5 2 von 10 20"
        in client.get("/exemptions/quota/", zeigen="voll").words
    )
    there = f"/exemptions/quota/{practice}/change/"
    assert (
        "Bitte geben Sie einen Grund an. Es ist nichts geschehen."
        in client.post(f"/exemptions/quota/{practice}/von-vorn/", at=there, reason=" ").words
    )
    assert left(practice)[0] == 0
    page = client.post(f"/exemptions/quota/{practice}/von-vorn/", at=there, reason="Notfall in der Praxis")
    assert "Die Zählung von heute beginnt von vorn." in page.words
    assert left(practice) == (5, 10, 20)
    assert last_entry() == (
        "quota-reset", "erika.muster", {"used": 5, "unknown": 2, "reason": "Notfall in der Praxis"},
    )  # fmt: skip


def test_a_quota_is_found_by_the_ik(client: Client) -> None:
    practice = institution()
    client.post(
        f"/exemptions/quota/{practice}/change/", per_day="7", per_burst="", unknown_per_day="", reason="Test"
    )
    assert "1 Eintrag" in client.get("/exemptions/quota/", q="260 326 822").words
    assert "0 Einträge" in client.get("/exemptions/quota/", q="440000011").words
    institution("440000011", name="Praxis, die noch nie fragte")
    led = client.get("/exemptions/quota/", q="440000011").words
    assert "Kontingent Praxis, die noch nie fragte" in led.replace("440000011 ", "")
    assert client.get("/exemptions/quota/00000000-0000-7000-8000-000000000000/change/").status == 404
