"""Sample pages: every public page and every part of a page once, in each state, with invented people.

They are served to a browser by interception, under the portal's own content security policy: no server,
no database. `python -m tests.portal.look_pictures` writes them as pictures.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.template.backends.django import DjangoTemplates
from django.test import override_settings
from playwright.sync_api import Page, Route

import zuzahlung.portal
from tests.portal.look_forms import QueryForm, RegisterForm, failed_query, failed_registration, failed_sign_in
from zuzahlung.portal.forms_look import Renderer
from zuzahlung.portal.help_pages import HELP_PAGES, HelpPage
from zuzahlung.portal.theme import theme_css

ADDRESS = "https://portal.example"
PORTAL = Path(zuzahlung.portal.__file__).parent
HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

FUND = SimpleNamespace(
    name="Musterkasse",
    full_name="Musterkasse – Die Gesundheitskasse zum Ausprobieren",
    telephone="0800 0000000",
    telephone_note="kostenfrei, Mo–Fr 8–18 Uhr",
    email="service@musterkasse.example",
    web="www.musterkasse.example",
    street="Beispielstraße 1",
    postcode="01067",
    city="Dresden",
    represented_by="Vorstand: N. N. (Beispiel)",
    supervised_by="Beispiel-Aufsichtsbehörde",
    register="Körperschaft des öffentlichen Rechts (Beispiel)",
    data_protection="datenschutz@musterkasse.example",
)
HOUSE = SimpleNamespace(
    journal=SimpleNamespace(kept_years=3),
    accounts=SimpleNamespace(
        initial_valid_days=30,
        pruefnummer_delay_days=1,
        registration_cooldown_days=14,
        sleep_after_days=180,
        recovery_tries=5,
        recovery_pause_hours=24,
        invitation_hours=72,
        session_absolute_hours=12,
    ),
    exemptions=SimpleNamespace(
        per_day=100,
        per_burst=20,
        burst_seconds=300,
        series_days=60,
        previous_year=True,
        next_year_from_month=12,
        list_rows=500,
        unknown_per_day=10,
    ),
)
PERSON = SimpleNamespace(
    display_name="Katharina Doppelname-Schmidt-Rodríguez",
    institution_name="Praxis für Physiotherapie am Markt",
)
NAV = [
    {"url": "/", "label": "Abfrage", "current": True},
    {"url": "/listen", "label": "Listenabfrage", "current": False},
    {"url": "/verlauf", "label": "Verlauf", "current": False},
    {"url": "/praxis", "label": "Praxis", "current": False},
]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One page in one state: its template, and what the view would give it."""

    name: str
    template: str
    given: Callable[[], dict[str, Any]] = dict
    signed_in: bool = False
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a history."""

    at: str
    kvnr: str
    initials: str
    state: str
    words: str
    person: str
    days: list[date] = field(default_factory=list)


def rows(count: int) -> list[Row]:
    """Many lines of a history, all kinds of answers in turn."""
    kinds = [
        ("exempt", "befreit"),
        ("liable", "nicht befreit"),
        ("minor", "unter 18 Jahre"),
        ("mixed", "teilweise befreit"),
        ("none", "keine Auskunft"),
    ]
    return [
        Row(
            at="22.11.2026, 10:42 Uhr",
            kvnr="A123 456 780",
            initials="M. M.",
            state=kinds[number % 5][0],
            words=kinds[number % 5][1],
            person=PERSON.display_name if number % 2 else "Erika",
            days=[date(2026, 11, 22)],
        )
        for number in range(count)
    ]


def answer(state: str, words: str, day: str, until: str) -> dict[str, Any]:
    """What the page of an answer is given."""
    return {
        "state": state,
        "words": words,
        "day": day,
        "until": until,
        "quota": {"left": 8 if state == "none" else 73, "limit": 100},
        "rows": rows(4) if state == "mixed" else [],
    }


def status(*, good: bool) -> dict[str, Any]:
    """What the status page is given."""
    return {
        "status": {
            "good": good,
            "at": "22.11.2026, 10:42 Uhr",
            "items": [
                {
                    "name": "Datenbank",
                    "state": "good" if good else "bad",
                    "words": "antwortet" if good else "antwortet nicht",
                },
                {"name": "Hintergrund-Aufgaben", "state": "good", "words": "laufen"},
                {
                    "name": "Stand der Befreiungen",
                    "state": "good" if good else "caution",
                    "words": "vom 21.11.2026" if good else "vom 02.11.2026, älter als sonst",
                },
            ],
        }
    }


def help_page(page: HelpPage) -> dict[str, Any]:
    """What a page of the help is given."""
    return {"page": page, "portal_url": "https://portal.musterkasse.example"}


def sign_in_page() -> dict[str, Any]:
    """What the page of the sign-in is given: the portal's own form, which wants Django to be set up."""
    from zuzahlung.portal.forms import SignInForm

    return {"form": SignInForm(renderer=Renderer())}


ERRORS = [
    Sample(name=f"fehler-{code}", template=f"portal/errors/{code}.html", alone=code in ("500", "503"),
           given=lambda: {"day": "22.11.2026", "time": "10:42 Uhr"})
    for code in ("400", "403", "403_csrf", "404", "405", "413", "500", "503")
]  # fmt: skip
HELP = [
    Sample(
        name=f"hilfe-{page.slug}",
        template=page.template,
        given=partial(help_page, page),
    )
    for page in HELP_PAGES
]
SAMPLES = [
    Sample(name="start", template="portal/public_start.html"),
    Sample(name="hilfe", template="portal/public_help.html", given=lambda: {"pages": HELP_PAGES}),
    *HELP,
    Sample(name="barrierefreiheit", template="portal/public_accessibility.html"),
    Sample(name="datenschutz", template="portal/public_privacy.html"),
    Sample(
        name="nutzungsbedingungen",
        template="portal/public_terms.html",
        given=lambda: {"terms_version": "2026-11"},
    ),
    Sample(name="impressum", template="portal/public_imprint.html"),
    Sample(name="status", template="portal/public_status.html", given=lambda: status(good=True)),
    Sample(name="status-gestoert", template="portal/public_status.html", given=lambda: status(good=False)),
    *ERRORS,
    Sample(
        name="muster-abfrage",
        template="query.html",
        signed_in=True,
        given=lambda: {
            "form": QueryForm(initial={"day": date(2026, 11, 22)}),
            "quota": {"left": 73, "limit": 100},
        },
    ),
    Sample(
        name="muster-abfrage-fehler",
        template="query.html",
        signed_in=True,
        given=lambda: {"form": failed_query(), "quota": {"left": 9, "limit": 100}},
    ),
    *[
        Sample(
            name=f"muster-auskunft-{state}",
            template="answer.html",
            signed_in=True,
            given=partial(answer, state, *said),
        )
        for state, *said in (
            ("exempt", "Befreit\u00a0– keine Zuzahlung", "am Sonntag, 22.11.2026", "befreit bis 31.12.2026"),
            ("liable", "Nicht befreit\u00a0– Zuzahlung fällig", "am Sonntag, 22.11.2026", ""),
            (
                "minor",
                "Keine Zuzahlung\u00a0– unter 18 Jahre",
                "am Sonntag, 22.11.2026",
                "unter 18 bis 02.02.2027",
            ),
            ("mixed", "Teilweise befreit", "an 2 von 4 Tagen, siehe unten", ""),
            ("none", "Keine Auskunft möglich", "", ""),
        )
    ],
    Sample(
        name="muster-verlauf",
        template="history.html",
        signed_in=True,
        given=lambda: {"page": Paginator(rows(2000), 25).page(2)},
    ),
    Sample(
        name="muster-verlauf-leer",
        template="history.html",
        signed_in=True,
        given=lambda: {"page": Paginator([], 25).page(1)},
    ),
    Sample(
        name="muster-registrieren",
        template="register.html",
        given=lambda: {"form": RegisterForm(), "text_code": "47KM2P"},
    ),
    Sample(
        name="muster-registrieren-fehler",
        template="register.html",
        given=lambda: {"form": failed_registration(), "text_code": "9XHR3T"},
    ),
    Sample(
        name="muster-anmelden",
        template="portal/sign_in.html",
        given=sign_in_page,
    ),
    Sample(name="muster-anmelden-fehler", template="sign_in.html", given=lambda: {"form": failed_sign_in()}),
    Sample(name="muster-bausteine", template="parts.html", signed_in=True),
]


@contextmanager
def sample_site() -> Iterator[None]:
    """The few settings the sample pages need, whatever the settings of the house."""
    storages = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(ROOT_URLCONF="tests.portal.look_urls", STORAGES=storages, STATIC_URL="/static/"):
        yield


def render(sample: Sample) -> str:
    """The page as HTML; to be called within `sample_site()`."""
    engine = DjangoTemplates(
        {
            "NAME": "look",
            "DIRS": [PORTAL / "templates", HERE / "look_templates"],
            "APP_DIRS": False,
            "OPTIONS": {},
        }
    )
    around: dict[str, Any] = {"fund": FUND, "house": HOUSE, "person": None, "nav": [], "csrf_token": "muster"}
    if sample.signed_in:
        around |= {"person": PERSON, "nav": NAV}
    given = sample.given()
    return str(engine.get_template(sample.template).render(given if sample.alone else {**around, **given}))


def serve(page: Page, sample: Sample, *, challenge: Callable[[], str] | None = None) -> list[str]:
    """Lets the browser find this page, its files and nothing else; returns the addresses it asked for."""
    asked: list[str] = []
    html = render(sample)

    def answer_request(route: Route) -> None:
        asked.append(route.request.url)
        address = urlsplit(route.request.url)
        if f"{address.scheme}://{address.netloc}" != ADDRESS:
            route.abort()
        elif address.path == "/farben.css":
            route.fulfill(content_type="text/css", body=theme_css("#0a5c4a", "#6fd0b8"))
        elif address.path == "/pruefung.json" and challenge:
            route.fulfill(content_type="application/json", body=challenge())
        elif address.path.startswith("/static/"):
            file = PORTAL / "static" / address.path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            route.fulfill(
                content_type=kind, body=file.read_bytes(), headers={"Content-Security-Policy": POLICY}
            )
        elif address.path == f"/{sample.name}":
            route.fulfill(
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": POLICY},
                body=html,
            )
        else:
            route.fulfill(status=404, body="")

    page.route("**/*", answer_request)
    return asked
