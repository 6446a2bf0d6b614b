"""A fund's name, colours, telephone and imprint reach all that leaves the house; what does not fit is refused by name."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from pypdf import PdfReader

from tests.accounts.household import Clock, Letters, Practice, ask_for_account, browser, signed_in, text_of
from tests.delivery import reading
from tests.exemptions.practice import EXEMPT, serve_registry
from zuzahlung.portal import urls
from zuzahlung.site import configuration
from zuzahlung.site.configuration import Configuration, ConfigurationError, from_mapping, read

OTHER_FUND = """\
[fund]
name = "BKK Nordlicht"
full_name = "Betriebskrankenkasse Nordlicht"
telephone = "040 5550-1234"
telephone_note = ""
email = "service@nordlicht.example"
web = "nordlicht.example"
street = "Hafenweg 7"
postcode = "20457"
city = "Hamburg"
represented_by = "Vorständin: E. Beispiel"
supervised_by = "Aufsichtsamt Nord"
register = "Körperschaft, Betriebsnummer 12345678"
data_protection = "datenschutz@nordlicht.example"
accent = "#7a0029"
accent_dark = "#ff9ab5"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The settings of another fund."""
    path = tmp_path / "house.toml"
    path.write_text(OTHER_FUND, encoding="utf-8")
    return path


@pytest.fixture
def nordlicht(file: Path, practice: Practice, settings: Any) -> Practice:
    """A practice in the house of that fund."""
    settings.HOUSE = read(file)
    serve_registry()
    return practice


# Another fund.


def test_the_imprint_is_that_of_the_fund(nordlicht: Practice) -> None:
    words = text_of(browser().get("/impressum/"))
    for part in (
        "Betriebskrankenkasse Nordlicht",
        "Anschrift Hafenweg 7 20457 Hamburg",
        "Vertretung Vorständin: E. Beispiel",
        "Rechtsform Körperschaft, Betriebsnummer 12345678",
        "Aufsicht Aufsichtsamt Nord",
        "Telefon 040 5550-1234",
        "E-Mail service@nordlicht.example",
        "Internet nordlicht.example",
    ):
        assert part in words


def test_every_page_names_the_fund_and_its_telephone_and_none_the_invented_one(nordlicht: Practice) -> None:
    client = signed_in(nordlicht.person())
    plain = [f"/{one.pattern}" for one in urls.urlpatterns if not one.pattern.converters]
    pages = {address: client.get(address) for address in plain}
    pages |= {address: browser().get(address) for address in ("/", "/anmelden/", "/gibt-es-nicht/")}
    whole = {
        address: page.content.decode()
        for address, page in pages.items()
        if page.status_code in {200, 404} and page["Content-Type"].startswith("text/html")
    }
    assert len(whole) >= 20
    for address, html in whole.items():
        assert 'Service-Telefon <a class="nowrap" href="tel:04055501234">040 5550-1234</a>' in html, address
        assert "BKK Nordlicht" in html, address
        assert "musterkasse" not in html.lower(), address
        assert "()" not in html, address


def test_the_colours_of_pages_are_those_of_the_fund(nordlicht: Practice) -> None:
    sheet = browser().get("/farben.css").content.decode()
    assert "{:root{--accent:#ff9ab5;" in sheet
    assert sheet.startswith(":root{--accent:#7a0029;")


def test_a_letter_is_written_by_the_fund(
    nordlicht: Practice, clock: Clock, letters: Letters, settings: Any
) -> None:
    ask_for_account(clock)
    (printed,) = Path(settings.LETTERS).glob("*.pdf")
    words = reading.text_of(printed.read_bytes())
    for part in (
        "BKK Nordlicht · Hafenweg 7 · 20457 Hamburg",
        "Serviceportal der BKK Nordlicht",
        "Telefon 040 5550-1234",
        "service@nordlicht.example",
        "Vorständin: E. Beispiel",
        "Aufsicht: Aufsichtsamt Nord",
        "Ihre BKK Nordlicht",
    ):
        assert part in words
    assert "musterkasse" not in words.lower()
    assert "()" not in words
    assert colours_of(printed) >= {"#7a0029"}


def test_a_receipt_is_given_by_the_fund(nordlicht: Practice, clock: Clock, tmp_path: Path) -> None:
    client = signed_in(nordlicht.person())
    form = {
        "kvnr": EXEMPT, "permission": "in-person", "day": "2026-11-19", "more_days": "",
        "form_id": "018f0000-0000-7000-8000-000000000001",
    }  # fmt: skip
    answer = client.post("/abfrage/", form)
    printed = tmp_path / "receipt.pdf"
    printed.write_bytes(client.get(answer["Location"] + "nachweis.pdf").content)
    words = reading.text_of(printed.read_bytes())
    for part in (
        "welche Auskunft das Serviceportal der BKK Nordlicht am 19.11.2026",
        "Betriebskrankenkasse Nordlicht, Hafenweg 7, 20457 Hamburg · Telefon 040 5550-1234",
    ):
        assert part in words
    assert "musterkasse" not in words.lower()
    assert colours_of(printed) >= {"#7a0029"}


def test_a_mail_is_written_by_the_fund(nordlicht: Practice, clock: Clock, letters: Letters) -> None:
    nordlicht.person(email="inhaberin@example.org")
    ask_for_account(clock)
    (message,) = mail.outbox
    assert message.subject == (
        "Serviceportal der BKK Nordlicht: Jemand wollte ein Konto für Ihr IK registrieren"
    )
    assert "im Serviceportal der BKK Nordlicht ist am 19.11.2026" in message.body
    assert "\n\nTelefon: 040 5550-1234\n\n" in message.body
    assert "musterkasse" not in message.body.lower()


def test_mails_come_from_the_fund_unless_another_sender_is_named(file: Path) -> None:
    assert sender(file) == "service@nordlicht.example"
    assert sender(file, ZUZAHLUNG_MAIL_FROM="nicht-antworten@nordlicht.example") == (
        "nicht-antworten@nordlicht.example"
    )


def sender(file: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from zuzahlung.site import settings; print(settings.DEFAULT_FROM_EMAIL)"],
        env={**os.environ, "ZUZAHLUNG_SETTINGS": str(file), **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def colours_of(path: Path) -> set[str]:
    """The colours in which a PDF fills letters and shapes."""
    found = set()
    for page in PdfReader(path).pages:
        contents = page.get_contents()
        assert contents is not None
        for operands, operator in contents.operations:
            if operator in {b"rg", b"sc", b"scn"} and len(operands) == 3:
                found.add("#" + "".join(f"{round(float(part) * 255):02x}" for part in operands))
    return found


# What is refused.


def refused(tmp_path: Path, text: str) -> str:
    """What is said about these settings, without the name of the file."""
    path = tmp_path / "house.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read(path)
    return str(caught.value).replace(str(path), "house.toml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[fonds]\nname = 'x'",
            ("Datei house.toml: Die Gruppe [fonds] gibt es nicht. "
            "Es gibt: fund, journal, delivery, accounts, exemptions."),
        ),
        ("per_day = 5", ("Datei house.toml: Die Gruppe [per_day] gibt es nicht. "
            "Es gibt: fund, journal, delivery, accounts, exemptions.")),
        ("fund = 'x'", ("Datei house.toml: fund ist eine Gruppe und wird so geschrieben: [fund]. Darin gibt es: name, full_name, telephone, "
            "telephone_note, email, web, street, postcode, city, represented_by, supervised_by, register, data_protection, "
            "accent, accent_dark.")),
        (
            "[journal]\nkept_days = 3",
            "Datei house.toml: In [journal] gibt es kept_days nicht. Es gibt: kept_years.",
        ),
        (
            "[exemptions]\nper_day = '100'",
            "Datei house.toml: In [exemptions] muss per_day eine ganze Zahl ab 0 sein, nicht '100'.",
        ),
        (
            "[exemptions]\nper_day = 99.5",
            "Datei house.toml: In [exemptions] muss per_day eine ganze Zahl ab 0 sein, nicht 99.5.",
        ),
        (
            "[exemptions]\nper_day = true",
            "Datei house.toml: In [exemptions] muss per_day eine ganze Zahl ab 0 sein, nicht true.",
        ),
        (
            "[exemptions]\nper_day = -1",
            "Datei house.toml: In [exemptions] muss per_day eine ganze Zahl ab 0 sein, nicht -1.",
        ),
        (
            "[exemptions]\nprevious_year = 1",
            "Datei house.toml: In [exemptions] muss previous_year true oder false sein, nicht 1.",
        ),
        (
            "[exemptions]\nregistry_timeout_seconds = nan",
            "Datei house.toml: In [exemptions] muss registry_timeout_seconds eine Zahl ab 0 sein, nicht nan.",
        ),
        (
            "[exemptions]\nminor_to_liable = 4",
            "Datei house.toml: In [exemptions] muss minor_to_liable 3 oder 5 sein, nicht 4.",
        ),
        (
            "[exemptions]\nkinds_with_day_of_service = 'heilmittel'",
            ("Datei house.toml: In [exemptions] muss kinds_with_day_of_service eine Liste von Texten sein, "
            "nicht 'heilmittel'."),
        ),
        (
            "[exemptions]\nkinds_with_day_of_service = ['heilmitel']",
            ("Datei house.toml: In [exemptions]: Die Leistungsart „heilmitel“ gibt es nicht. "
            "Es gibt: arzneimittel, heilmittel, hilfsmittel, fahrkosten."),
        ),
        (
            '[fund]\ntelephone_note = "ab 8 Uhr\\nBcc: x"',
            ("Datei house.toml: In [fund] muss telephone_note ein Text in einer Zeile sein, "
            "nicht 'ab 8 Uhr\\nBcc: x'."),
        ),
        (
            "[fund]\naccent = '#7ab800'",
            ("Datei house.toml: In [fund]: accent #7ab800 ist auf weißem Grund zu schwach: Kontrast 2,4, nötig sind 4,5. "
            "accent #7ab800 ist auf hellgrauem Grund zu schwach: Kontrast 2,2, nötig sind 4,5."),
        ),
        (
            "[fund]\naccent_dark = 'rot'",
            "Datei house.toml: In [fund]: accent_dark muss eine Farbe wie #0a5c4a sein.",
        ),
        ("[fund", "Die Datei house.toml ist kein TOML: Am Ende fehlt etwas."),
        ("[fund]\nname = AOK\n", "Die Datei house.toml ist kein TOML: Zeile 2, Zeichen 8 passt nicht."),
        (
            "[exemptions]\nfaulty_share = 'viel'",
            "Datei house.toml: In [exemptions] muss faulty_share eine Zahl ab 0 sein, nicht 'viel'.",
        ),
        (
            "[exemptions]\nfaulty_share = 5",
            "Datei house.toml: In [exemptions] muss faulty_share eine Zahl von 0 bis 1 sein, nicht 5.",
        ),
        (
            "[journal]\nkept_years = 0",
            "Datei house.toml: In [journal] muss kept_years eine Zahl von 1 bis 100 sein, nicht 0.",
        ),
        (
            "[accounts]\nsession_idle_minutes = 100_000",
            ("Datei house.toml: In [accounts] muss session_idle_minutes eine Zahl von 1 bis 1.440 sein, "
            "nicht 100000."),
        ),
        (
            "[exemptions]\nregistry_timeout_seconds = 0",
            "Datei house.toml: In [exemptions] muss registry_timeout_seconds eine Zahl von 0,1 bis 86.400 sein, nicht 0.",
        ),
        (
            "[exemptions]\nseries_days = 0",
            "Datei house.toml: In [exemptions] muss series_days eine Zahl von 1 bis 366 sein, nicht 0.",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert refused(tmp_path, text) == sentence


def test_half_a_fund_is_refused_lest_the_invented_one_stand_in_its_imprint(tmp_path: Path) -> None:
    half = "".join(
        line for line in OTHER_FUND.splitlines(keepends=True) if not line.startswith(("city", "web"))
    )
    assert refused(tmp_path, half) == "Datei house.toml: In [fund] fehlt noch: web, city."
    assert refused(tmp_path, OTHER_FUND.replace('"Hamburg"', '""')) == (
        "Datei house.toml: In [fund]: city darf nicht leer sein."
    )


def test_colours_and_the_note_beside_the_telephone_may_be_set_alone() -> None:
    fund = from_mapping({"fund": {"accent": "#7a0029", "telephone_note": ""}}).fund
    assert (fund.name, fund.accent, fund.telephone_note) == ("Musterkasse", "#7a0029", "")


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    missing, latin = tmp_path / "missing.toml", tmp_path / "latin.toml"
    latin.write_bytes("[fund]\ncity = 'Köln'".encode("latin-1"))
    for path, reason in (
        (missing, f"Die Datei {missing} gibt es nicht."),
        (tmp_path, f"Die Datei {tmp_path} lässt sich nicht lesen: Is a directory."),
        (latin, f"Die Datei {latin} ist kein TOML: Sie ist nicht in UTF-8 geschrieben."),
    ):
        with pytest.raises(ConfigurationError) as caught:
            read(path)
        assert str(caught.value) == reason


@pytest.mark.parametrize(
    "command",
    ["serve", "serve --operator", "work", "migrate", "create-operator betrieb --password-stdin", "rotate-keys",
     "import-institutions FILE", "import-exemptions FILE", "restore FILE"],
)  # fmt: skip
def test_every_command_refuses_to_start_and_says_which_file(tmp_path: Path, command: str) -> None:
    path = tmp_path / "house.toml"
    path.write_text("[exemptions]\nper_days = 100\n", encoding="utf-8")
    words = [str(path) if word == "FILE" else word for word in command.split()]
    if words[0] == "serve":
        words += ["--port", "1024"]
    nobody = dict.fromkeys(
        ("DATABASE_URL", "DATABASE_OPERATOR_URL", "DATABASE_OWNER_URL"), "postgresql://x@127.0.0.1:1/x"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "zuzahlung.cli.main", *words],
        env={**os.environ, **nobody, "ZUZAHLUNG_SETTINGS": str(path)}, input="sieben kühle Ziegel tanzen\n",
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert (
        f"Eine Einstellung stimmt nicht: Datei {path}: In [exemptions] gibt es per_days nicht." in done.stderr
    )
    assert "Traceback" not in done.stderr


# What is taken.


def test_without_a_file_the_defaults_of_the_code_hold() -> None:
    assert read(None) == Configuration()


def test_given_values_lie_over_the_defaults_and_leave_the_others_alone() -> None:
    house = from_mapping(
        {
            "exemptions": {
                "per_day": 250, "registry_timeout_seconds": 3, "previous_year": False,
                "kinds_with_day_of_service": ["fahrkosten"], "minor_to_liable": 5,
            },
            "journal": {"kept_years": 4},
        }
    )  # fmt: skip
    assert house.exemptions.per_day == 250
    assert house.exemptions.registry_timeout_seconds == 3
    assert house.exemptions.previous_year is False
    assert house.exemptions.kinds_with_day_of_service == ("fahrkosten",)
    assert house.exemptions.minor_to_liable == 5
    assert house.exemptions.per_burst == 20
    assert house.journal.kept_years == 4
    assert house.accounts == Configuration().accounts


def test_every_setting_has_a_kind_that_can_be_checked() -> None:
    for group in ("fund", "journal", "delivery", "accounts", "exemptions"):
        defaults = getattr(Configuration(), group)
        written = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in ((name, getattr(defaults, name)) for name in defaults.__slots__)
        }
        assert getattr(from_mapping({group: written}), group) == defaults
        with pytest.raises(ConfigurationError):
            configuration.from_mapping({group: {defaults.__slots__[0]: object()}})


# The example in the manual.


def test_the_example_file_has_every_setting_with_its_value_and_what_it_means() -> None:
    text = (Path(__file__).parents[2] / "docs" / "house.toml.example").read_text(encoding="utf-8")
    defaults = Configuration()
    written = tomllib.loads(text)
    for group in ("fund", "journal", "delivery", "accounts", "exemptions"):
        values = getattr(defaults, group)
        assert list(written[group]) == list(values.__slots__), group
    assert from_mapping(written) == defaults
    without_words = [line for line in text.splitlines() if " = " in line and "  # " not in line]
    assert without_words == ['postcode = "01067"', 'city = "Dresden"']


# The invented fund.


def settings_refuse(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import zuzahlung.site.settings"],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


def test_behind_a_real_https_address_the_invented_fund_is_refused(file: Path, tmp_path: Path) -> None:
    assert settings_refuse(ZUZAHLUNG_URL="https://portal.nordlicht.de") == (
        "zuzahlung.site.configuration.ConfigurationError: ZUZAHLUNG_URL beginnt mit https://, aber unter [fund] stehen "
        "noch Beispielwerte: name, full_name, telephone, email, web, street, postcode, city, represented_by, "
        "supervised_by, register, data_protection. Bitte tragen Sie Ihre Kasse in die Datei ein, die "
        "ZUZAHLUNG_SETTINGS nennt."
    )
    forgotten = tmp_path / "forgotten.toml"
    forgotten.write_text(OTHER_FUND.replace('"Hafenweg 7"', '"Beispielstraße 1"'), encoding="utf-8")
    said = settings_refuse(ZUZAHLUNG_URL="https://portal.nordlicht.de", ZUZAHLUNG_SETTINGS=str(forgotten))
    assert "noch Beispielwerte: street. Bitte" in said
    assert settings_refuse(ZUZAHLUNG_URL="https://portal.nordlicht.de", ZUZAHLUNG_SETTINGS=str(file)) == ""
    assert settings_refuse(ZUZAHLUNG_URL="https://portal.nordlicht.example") == ""
