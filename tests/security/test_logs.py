"""No log, address, error page, task, mail folder or dump names a person, an insured or a secret.

A whole house runs as in earnest, and much goes well and wrong in it; then everything it wrote is searched.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import psycopg
import pytest

from tests.security import visits
from tests.security.served import ServedHouse, wait_until, write_directory, write_registry
from zuzahlung.site.logs import Line
from zuzahlung.standards.days import german_day
from zuzahlung.vault import codes

pytestmark = pytest.mark.story

IK, NAME, STREET = "260326822", "Praxis Zirbelnuss", "Amselschlag 71"
EMAIL, SHORT_NAME, KEY_NAME = "kunigunde@zirbelnuss.example", "kunigunde", "Fagottverwaltung"
EXEMPT, UNKNOWN, MISTYPED = "A123456780", "T123456780", "A123456781"
FAULTY = ("Q987654329", "X12345678", "1961-02-30")
INITIALS = "Q. Z."
WRONG_PASSWORD = "karierter Maiglöckchenwein"


@dataclass(kw_only=True)
class Told:
    """What was said in the house by the end of the day."""

    house: ServedHouse
    secrets: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)

    @property
    def never(self) -> dict[str, str]:
        """What no log may hold, each as it was typed and as it is written otherwise."""
        words = {
            "insured": EXEMPT, "insured with gaps": "A123 456 780", "unknown insured": UNKNOWN,
            "mistyped insured": MISTYPED, "faulty insured": FAULTY[0], "cut insured": FAULTY[1],
            "initials": INITIALS, "e-mail": EMAIL, "name": NAME, "street": STREET, "short name": SHORT_NAME,
            "own password": visits.PASSWORD, "wrong password": WRONG_PASSWORD, "name of the key": KEY_NAME,
            **self.secrets,
        }  # fmt: skip
        bare = {f"{what}, bare": re.sub(r"[-\s]", "", text) for what, text in self.secrets.items()}
        return {**words, **bare}


@pytest.fixture(scope="module")
def told(served: ServedHouse) -> Iterator[Told]:
    """A day in the house, with much that goes wrong."""
    day = Told(house=served)
    files = served.folder
    with psycopg.connect(served.database.superuser, autocommit=True) as connection:
        # Every task that is ever put into the queue is kept for the tests, also when it is done and gone.
        connection.execute(
            "create table seen_tasks (args jsonb);"
            "create function keep_args() returns trigger language plpgsql security definer as $$"
            " begin insert into public.seen_tasks values (new.args); return new; end $$;"
            "create trigger keep after insert on procrastinate_jobs for each row execute function keep_args()"
        )
    imports(served, files)
    served.start_portal(access_log=True)
    served.start_worker()
    try:
        join(day)
        much_goes_wrong(day)
        practice_software(day)
        without_database(day)
        wrong_pruefnummern(day)
        with psycopg.connect(served.database.superuser, autocommit=True) as connection:
            day.tasks = [
                json.dumps(row[0]) for row in connection.execute("select args from seen_tasks").fetchall()
            ]
            connection.execute(
                "drop trigger keep on procrastinate_jobs; drop function keep_args; drop table seen_tasks"
            )
        yield day
    finally:
        for process in list(served.running):
            served.stop(process)


def imports(house: ServedHouse, files: Path) -> None:
    """Good deliveries, and bad ones that are refused line by line."""
    row = (IK, NAME, STREET, "01067", "Dresden", "heilmittel")
    good = write_directory(files / "directory.csv", row)
    house.command("import-institutions", str(good))
    bad = write_directory(
        files / "bad.csv",
        row,
        ("260326823", NAME, STREET, "1067", "Dresden", "zaubern"),
        (IK, NAME, STREET, "", "", ""),
    )
    house.command("import-institutions", str(bad), expect=1)
    registry = write_registry(
        files / "registry.ndjson",
        {"kvnr": EXEMPT, "initials": INITIALS, "birthDate": "1961-03-09",
         "periods": [{"from": "2026-01-01", "to": "2027-12-31", "revokedOn": None}]},
    )  # fmt: skip
    house.command("import-exemptions", str(registry))
    faulty = [
        {"kvnr": FAULTY[0], "initials": INITIALS, "birthDate": "1961-03-09", "periods": []},
        {"kvnr": FAULTY[1], "initials": INITIALS, "birthDate": "1961-03-09", "periods": []},
        {"kvnr": EXEMPT, "initials": INITIALS, "birthDate": FAULTY[2], "periods": []},
    ]
    (files / "faulty.ndjson").write_text("".join(json.dumps(one) + "\n" for one in faulty), encoding="utf-8")
    house.command("import-exemptions", str(files / "faulty.ndjson"), expect=1)


def join(day: Told) -> None:
    """From the registration to the own password."""
    house = day.house
    visitor = house.caller()
    assert visits.register(visitor, IK, EMAIL).status == 302
    assert visits.register(visitor, "461500041", EMAIL).status == 302
    house.hurry("accounts")
    house.hurry("delivery.print_letters")
    wait_until(lambda: len(house.letters()) == 2, "both letters are printed")
    day.secrets |= house.letters()
    assert visits.sign_in(visitor, IK, day.secrets["Initialkennwort"]).status == 302
    day.pages.append(visits.first_sign_in(visitor, "AAAAA-AAAAA-AAAAA", email=EMAIL).text)
    assert visits.first_sign_in(visitor, day.secrets["Prüfnummer"], email=EMAIL).status == 302


def much_goes_wrong(day: Told) -> None:
    """Wrong passwords, wrong numbers, wrong addresses, wrong methods, wrong origins."""
    today = f"{german_day(_now()):%d.%m.%Y}"
    house = day.house
    stranger = house.caller()
    answers = [
        visits.sign_in(stranger, IK, WRONG_PASSWORD),
        visits.sign_in(stranger, f"{IK}-{SHORT_NAME}", WRONG_PASSWORD),
        visits.sign_in(stranger, f"{IK}\x00", WRONG_PASSWORD),
        stranger.get(f"/auskunft/{EXEMPT}/"),
        stranger.get(f"/abfrage/?kvnr={EXEMPT}"),
        stranger.get(f"/hilfe/{EMAIL}/"),
        stranger.call("POST", "/anmelden/", body=f"name={IK}&password={WRONG_PASSWORD}".encode(),
                      content_type="application/x-www-form-urlencoded"),
        stranger.call("POST", "/anmelden/", length="5000000", content_type="application/x-www-form-urlencoded"),
        stranger.call("PUT", "/anmelden/"),
        stranger.call("GET", "/", headers={"X-Forwarded-For": EMAIL}),
    ]  # fmt: skip
    stranger.host = f"{SHORT_NAME}.example"
    answers.append(stranger.get("/"))
    owner = house.caller()
    assert visits.sign_in(owner, IK).status == 302
    for number in (EXEMPT, "a123 456 780", UNKNOWN, MISTYPED, f"{EXEMPT}\x00", f"{EXEMPT}' or 1=1 --"):
        asked = visits.ask(owner, number, today)
        answers.append(asked)
        if asked.status == 302:
            address = asked.header("Location") or ""
            assert owner.get(address).status == 200
            assert owner.get(f"{address}nachweis.pdf").body.startswith(b"%PDF")
    day.secrets["Einladungscode"] = visits.invite(owner, SHORT_NAME, "reception")
    day.secrets["API-Schlüssel"] = visits.new_key(owner, KEY_NAME)
    history = owner.post("/verlauf/ausgabe.csv", {"csrfmiddlewaretoken": owner.token("/verlauf/")})
    assert "A123 456 780" in history.text
    day.secrets["session"] = owner.cookies["sitzung"]
    day.pages += [one.text for one in answers if one.status >= 400]


def practice_software(day: Told) -> None:
    """The JSON interface: right, wrong, broken."""
    caller = day.house.caller()
    key = {"Authorization": f"Bearer {day.secrets['API-Schlüssel']}"}
    today = german_day(_now()).isoformat()
    good = {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": [today]}
    bodies = [
        json.dumps(good),
        json.dumps({**good, "kvnr": MISTYPED}),
        json.dumps({**good, EXEMPT: "x"}),
        json.dumps({**good, "serviceDates": [EXEMPT]}),
        json.dumps({**good, "permission": EMAIL}),
        json.dumps(good)[:-1],
        f'"{EXEMPT}"',
        json.dumps({**good, "kvnr": f"{EXEMPT}\x00"}),
        json.dumps({**good, "kvnr": "\ud800"}),
    ]
    for body in bodies:
        answer = caller.call(
            "POST",
            "/api/v1/exemption-queries",
            body=body.encode(),
            content_type="application/json",
            headers=key,
        )
        if answer.status != 200:
            day.pages.append(answer.text)
    wrong = {"Authorization": f"Bearer {day.secrets['API-Schlüssel'][:-1]}x"}
    day.pages += [
        caller.get(f"/api/v1/exemption-queries/{EXEMPT}", headers=key).text,
        caller.get(f"/api/v1/{EXEMPT}", headers=key).text,
        caller.call("DELETE", "/api/v1/exemption-queries", headers=key).text,
        caller.call("POST", "/api/v1/exemption-queries", body=bodies[0].encode(), headers=wrong).text,
    ]


def without_database(day: Told) -> None:
    """The database goes away while people and programs go on, and comes back."""
    house = day.house
    owner = house.caller()
    assert visits.sign_in(owner, IK).status == 302
    token = owner.token("/abfrage/")
    house.server.postgres.stop(patience=0)
    fields = {"csrfmiddlewaretoken": token, "kvnr": EXEMPT, "permission": "in-person", "day": "22.11.2026"}
    for answer in (
        owner.post("/abfrage/", fields),
        owner.get("/verlauf/"),
        owner.get("/anmelden/"),
        visits.sign_in(house.caller(), IK, WRONG_PASSWORD),
    ):
        day.pages.append(answer.text)
    house.server.postgres.start()
    wait_until(lambda: visits.sign_in(house.caller(), IK).status == 302, "the portal is back")


def wrong_pruefnummern(day: Told) -> None:
    """Five well-formed wrong Prüfnummern pause the recovery and are told to the owner."""
    visitor = day.house.caller()
    for _ in range(5):
        wrong = codes.make(codes.PRUEFNUMMER, token_bytes)
        day.pages.append(visits.recover(visitor, IK, wrong, WRONG_PASSWORD).text)
    mails = day.house.folder / "var" / "mail"
    day.house.hurry("accounts")
    day.house.hurry("delivery.send_mails")
    wait_until(lambda: mails.exists() and any(mails.iterdir()), "the notice was mailed")


def _now() -> datetime:
    return datetime.now(UTC)


def holders(told: Told, text: str) -> list[str]:
    """What of all that must not be there is there."""
    return [what for what, word in told.never.items() if word.lower() in text.lower()]


def test_no_log_of_the_house_holds_anything_of_people_or_secrets(told: Told) -> None:
    said = told.house.said()
    assert "GET /auskunft/" in said, "the access log was on"
    assert "Internal Server Error" not in said
    assert "Traceback" not in said
    # The access log of the test shows addresses as they were typed; the house itself keeps none.
    ours = "\n".join(
        line for line in said.splitlines() if "granian.access" not in line and 'HTTP/1.1"' not in line
    )
    assert holders(told, ours) == []


def test_the_addresses_that_the_house_itself_makes_hold_nothing_either(told: Told) -> None:
    typed_by_strangers = (f"/auskunft/{EXEMPT}", f"?kvnr={EXEMPT}", f"/hilfe/{EMAIL}", f"/{EXEMPT}")
    lines = [
        line
        for line in told.house.said().splitlines()
        if re.search(r"\"(GET|POST|PUT|DELETE) ", line) and not any(one in line for one in typed_by_strangers)
    ]
    assert len(lines) > 40
    assert holders(told, "\n".join(lines)) == []


def test_the_log_names_no_person_even_when_somebody_types_one_into_an_address(told: Told) -> None:
    assert "/auskunft/[KVNR]/" in told.house.said()


def test_no_page_of_an_error_repeats_what_was_sent(told: Told) -> None:
    assert len(told.pages) > 20
    allowed = {"short name"}
    found = {what for page in told.pages for what in holders(told, _without_fields(page))}
    assert found - allowed == set()


def _without_fields(page: str) -> str:
    """A page without the fields in which people find again what they typed themselves."""
    return re.sub(r"<(input|textarea)[^>]*>", "", page)


def test_a_task_in_the_queue_is_told_ids_and_times_only(told: Told) -> None:
    assert len(told.tasks) > 5
    uuid = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    time_ = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00"
    allowed = re.compile(rf'\{{(?:"[a-z_]+": (?:"{uuid}"|"{time_}"|\d+)(?:, )?)*\}}')
    assert [one for one in told.tasks if not allowed.fullmatch(one)] == []


def test_whatever_else_the_house_writes_down_holds_nothing_either(told: Told) -> None:
    """Reports of imports, static files, settings: all but letters, mails and keys, which are for that."""
    var = told.house.folder / "var"
    apart = {var / "letters", var / "mail", var / "keys", var / "static"}
    files = [path for path in var.rglob("*") if path.is_file() and not apart & set(path.parents)]
    assert [path.name for path in files if path.suffix == ".csv"] != []
    found = {path.name: holders(told, path.read_text(encoding="utf-8", errors="replace")) for path in files}
    assert {name: what for name, what in found.items() if what} == {}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


@pytest.fixture(scope="module")
def dump(told: Told) -> str:
    """The whole database as SQL text, as a thief of a backup would have it."""
    done = subprocess.run(
        [told.house.server.postgres.place.binaries / "pg_dump", "--inserts", told.house.database.superuser],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def test_a_dump_without_the_key_file_names_no_insured_and_opens_no_door(told: Told, dump: str) -> None:
    assert "INSERT INTO public.journal_entry" in dump
    documented = {"initials", "name", "street", "short name", "name of the key"}
    assert set(holders(told, dump)) <= documented
    # Neither as bytes: a value that is not sealed would stand there in hexadecimal.
    hexadecimal = {what: word.encode().hex() for what, word in told.never.items() if what not in documented}
    assert [what for what, word in hexadecimal.items() if word in dump] == []


def test_what_the_dump_does_tell_is_what_the_documentation_says(told: Told, dump: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    section = text.partition("## What a dump tells")[2].partition("\n## ")[0]
    tells = {
        "initials": INITIALS,
        "name": NAME,
        "street": STREET,
        "short name": SHORT_NAME,
        "name of the key": KEY_NAME,
    }
    for what, word in tells.items():
        assert word in dump, what
    for word in ("initials", "names and postal addresses of institutions", "short names", "names of keys"):
        assert word in section, word


def test_the_manifest_of_the_print_folder_holds_no_secret(told: Told) -> None:
    folder = told.house.folder / "var" / "letters"
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    manifest = (folder / "manifest.csv").read_bytes().decode("utf-8-sig")
    assert {row["Empfänger"] for row in csv.DictReader(io.StringIO(manifest), delimiter=";")} == {NAME}
    assert [what for what in told.secrets if told.secrets[what] in manifest] == []
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o600"}


def test_a_mail_holds_neither_name_nor_secret_nor_link(told: Told) -> None:
    for path in (told.house.folder / "var" / "mail").iterdir():
        text = path.read_text(encoding="utf-8")
        headers, _, body = text.partition("\n\n")
        assert f"To: {EMAIL}" in headers
        assert "://" not in body
        assert [what for what in holders(told, body) if what != "e-mail"] == []


def formatted(message: str, *arguments: object, error: BaseException | None = None) -> str:
    record = logging.LogRecord(
        "zuzahlung", logging.ERROR, __file__, 1, message, arguments,
        None if error is None else (type(error), error, error.__traceback__),
    )  # fmt: skip
    return Line().format(record)


def test_a_line_of_the_log_is_one_line_whatever_was_typed() -> None:
    line = formatted("Not Found: %s", "/x\r\n2026-11-22 ERROR root alles verloren\x1b[31m\u202e")
    assert line.isprintable()
    assert line.endswith("ERROR root alles verloren�[31m�")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("/auskunft/A123456780/", "/auskunft/[KVNR]/"),
        ("/auskunft/a123 456 780", "/auskunft/[KVNR]"),
        ("Bearer zuz_4fZ9aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Bearer [Schlüssel]"),
        ("/hilfe/kunigunde@zirbelnuss.example/", "/hilfe/[E-Mail]/"),
        ("/x?mail=kunigunde%40zirbelnuss.example&y=1", "/x?mail=[E-Mail]&y=1"),
        ("/einladung/7K3MP-9QX2A-BCDEF", "/einladung/[Code]"),
        (
            "outbox row 01936000-7a4d-7000-8000-a12345678901",
            "outbox row 01936000-7a4d-7000-8000-a12345678901",
        ),
        ("IK 260326822", "IK 260326822"),
        ("/A000\u00a0000\u00a0014", "/[KVNR]"),
        ("/A000\u202f000\u202f014", "/[KVNR]"),
        ("/A000%20000%20014", "/[KVNR]"),
        ("/A000.000.014", "/[KVNR]"),
        ("/A000_000_014", "/[KVNR]"),
        ("/xA000000014", "/x[KVNR]"),
        ("/awy2-sgt6-7mk4-xa97", "/[Code]"),
        ("/AWY2SGT67MK4XA97", "/[Code]"),
        ("/sjrw9e5kufjnpqy", "/[Code]"),
        ("/sjrw9 e5kuf jnpqy", "/[Code]"),
        ("row 01936000-7a4d-7000-8000-8a123456789c", "row 01936000-7a4d-7000-8000-8a123456789c"),
        ("Task exemptions.work_list is done", "Task exemptions.work_list is done"),
    ],
)
def test_what_must_not_be_in_the_log_is_masked_even_where_it_comes_by_mistake(
    typed: str, written: str
) -> None:
    assert formatted("%s", typed).endswith(f"zuzahlung {written}")


def test_of_an_error_the_log_tells_kind_and_place_and_not_its_text() -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation("Key (kvnr)=(A123456780) already exists.")
        except psycopg.Error as cause:
            raise ValueError("A123456780 Erika Mustermann") from cause
    except ValueError as error:
        line = formatted("Internal Server Error: %s", "/abfrage/", error=error)
    assert re.search(
        r"ERROR zuzahlung Internal Server Error: /abfrage/ \| ValueError from UniqueViolation 23505 at \S+\.py:\d+$",
        line,
    )


def test_a_very_long_line_costs_no_more_than_a_moment() -> None:
    began = time.process_time()
    assert len(formatted("%s", "a" * 1_000_000)) < 5_000
    assert time.process_time() - began < 5
