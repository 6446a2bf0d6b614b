"""The operator's commands: a directory from a file with its report, and somebody who may sign in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.database import HouseDatabase
from tests.operator.conftest import PASSWORD
from tests.operator.role import operator_role

HEAD = "IK;Name;Straße;PLZ;Ort;Leistungsarten\n"
REFUSED = (
    "zuzahlung: Nicht eingespielt, alles bleibt wie es war. 1 von 2 Zeilen sind fehlerhaft, erlaubt sind 5 %. Bitte "
    "berichtigen Sie die Datei."
)
PRAXIS = "260326822;Praxis am Park;Parkweg 1;01067;Dresden;Heilmittel\n"


def run(house: HouseDatabase, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a command as somebody at a terminal would, on this database."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "zuzahlung.cli.main", *words],
        env={**kept, **house.environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_directory_is_taken_in_with_a_report(house_database: HouseDatabase, tmp_path: Path) -> None:
    file = tmp_path / "verzeichnis.csv"
    rest = "".join(
        f"{ik};Praxis;;;;Heilmittel\n" for ik in ("109905003", "440000011", "261521057", "108018007")
    )
    file.write_text(HEAD + PRAXIS + rest, encoding="utf-8")
    done = run(house_database, "import-institutions", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Das Verzeichnis ist eingespielt.",
        "         5 Zeilen gelesen",
        "         5 Einrichtungen neu",
        "         4 ohne vollständige Anschrift; an sie gehen keine Briefe",
    ]
    file.write_text(HEAD + PRAXIS.replace("Parkweg 1", "Neue Straße 5"), encoding="utf-8")
    done = run(house_database, "import-institutions", str(file))
    assert done.stdout.splitlines()[1:] == [
        "         1 Zeile gelesen",
        "         1 mit geändertem Namen oder geänderter Anschrift",
        "         4 nicht genannt und unverändert gelassen",
    ]
    assert run(house_database, "import-institutions", str(file), "--complete").returncode == 1
    done = run(house_database, "import-institutions", str(file), "--complete", "--missing-ok")
    assert done.stdout.splitlines()[1:] == [
        "         1 Zeile gelesen",
        "         4 fehlen jetzt im Verzeichnis; an sie gehen keine Briefe, anmelden können sie sich weiter",
    ]


def test_a_faulty_directory_is_refused_with_line_and_reason(
    house_database: HouseDatabase, tmp_path: Path
) -> None:
    from zuzahlung.accounts.models import Institution

    file = tmp_path / "verzeichnis.csv"
    file.write_text(HEAD + PRAXIS + "260326823;Praxis;;;;Heilmittel\n", encoding="utf-8")
    done = run(house_database, "import-institutions", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "Zeile 3: Die Prüfziffer passt nicht: Nach 26032682 müsste eine 2 stehen. Bitte vergleichen Sie mit Ihren Unterlagen.",
        REFUSED,
    ]  # fmt: skip
    with operator_role():
        assert Institution.objects.count() == 0
    missing = run(house_database, "import-institutions", str(tmp_path / "gibtesnicht.csv"))
    assert missing.returncode == 1
    assert missing.stderr == f"zuzahlung: {tmp_path / 'gibtesnicht.csv'} gibt es nicht.\n"


def test_an_operator_is_created_once_and_replaced_on_request(house_database: HouseDatabase) -> None:
    from zuzahlung.accounts.models import Operator

    done = run(house_database, "create-operator", "Erika.Muster", "--password-stdin", typed=f"{PASSWORD}\n")
    assert (done.returncode, done.stderr) == (0, "")
    with operator_role():
        made = Operator.objects.get()
        assert (made.username, made.is_staff, made.is_superuser) == ("erika.muster", True, True)
        assert made.check_password(PASSWORD)
    again = run(house_database, "create-operator", "erika.muster", "--password-stdin", typed=f"{PASSWORD}\n")
    assert again.stderr == "zuzahlung: „erika.muster“ gibt es schon. Ein neues Passwort setzt --replace.\n"
    new = "acht müde störche warten"
    done = run(
        house_database, "create-operator", "erika.muster", "--password-stdin", "--replace", typed=f"{new}\n"
    )
    assert done.returncode == 0
    with operator_role():
        assert Operator.objects.get().check_password(new)


def test_a_blocked_access_stays_blocked_unless_that_is_said(house_database: HouseDatabase) -> None:
    from zuzahlung.accounts.models import Operator
    from zuzahlung.journal.models import Entry

    words = ("create-operator", "erika.muster", "--password-stdin")
    run(house_database, *words, typed=f"{PASSWORD}\n")
    with operator_role():
        Operator.objects.update(is_active=False)
    new = "acht müde störche warten\n"
    refused = run(house_database, *words, "--replace", typed=new)
    assert refused.returncode == 1
    assert refused.stderr == (
        "zuzahlung: „erika.muster“ ist gesperrt, und das bliebe so. Soll der Zugang wieder offen sein: "
        "--replace --unblock.\n"
    )
    alone = run(house_database, *words, "--unblock", typed=new)
    assert alone.stderr == "zuzahlung: --unblock geht nur zusammen mit --replace.\n"
    with operator_role():
        still = Operator.objects.get()
        assert (still.is_active, still.check_password(PASSWORD)) == (False, True)
    assert run(house_database, *words, "--replace", "--unblock", typed=new).returncode == 0
    with operator_role():
        assert Operator.objects.get().is_active
        said = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert said == ["operator-created", "operator-replaced", "operator-unblocked"]


def test_a_poor_password_or_name_is_refused_with_a_sentence(house_database: HouseDatabase) -> None:
    for name, password, says in (
        ("erika.muster", "kurz", "Bitte wählen Sie mindestens 12 Zeichen."),
        ("erika.muster", "erika.muster1", "Das Passwort besteht fast nur aus dem Benutzernamen."),
        ("erika.muster", "passwortpasswort", "Das Passwort ist zu leicht zu erraten"),
        ("e", PASSWORD, "Der Name hat 3 bis 60 Zeichen"),
    ):
        done = run(house_database, "create-operator", name, "--password-stdin", typed=f"{password}\n")
        assert done.returncode == 1
        assert says in done.stderr
    asked = run(house_database, "create-operator", "erika.muster")
    assert (
        asked.stderr
        == "zuzahlung: Hier ist kein Terminal. Von der Standardeingabe liest das Passwort --password-stdin.\n"
    )
