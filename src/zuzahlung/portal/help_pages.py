"""The help: one page for each task, in the order in which a new practice meets them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HELP_PAGES", "HelpPage", "find_help_page"]


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpPage:
    """One page of the help; its text is the template `portal/help/<slug>.html`."""

    slug: str
    title: str
    summary: str

    @property
    def template(self) -> str:
        return f"portal/help/{self.slug}.html"


def find_help_page(slug: str) -> HelpPage | None:
    """The page with this address, or None."""
    return next((page for page in HELP_PAGES if page.slug == slug), None)


HELP_PAGES = (
    HelpPage(
        slug="konto-registrieren",
        title="Konto registrieren",
        summary="Mit Ihrem Institutionskennzeichen. Die Zugangsdaten kommen mit der Post.",
    ),
    HelpPage(
        slug="erste-anmeldung",
        title="Erste Anmeldung",
        summary="Mit Initialkennwort und Prüfnummer ein eigenes Passwort festlegen.",
    ),
    HelpPage(
        slug="abfrage",
        title="Abfrage",
        summary="Für eine Person und einen oder mehrere Tage nachfragen.",
    ),
    HelpPage(
        slug="was-bedeutet-die-auskunft",
        title="Was bedeutet die Auskunft?",
        summary="Befreit, nicht befreit, unter 18 Jahre, keine Auskunft möglich.",
    ),
    HelpPage(
        slug="nachweis-und-verlauf",
        title="Nachweis und Verlauf",
        summary="Frühere Auskünfte wiederfinden, drucken und ausgeben.",
    ),
    HelpPage(
        slug="listenabfrage",
        title="Listenabfrage",
        summary="Viele Personen auf einmal abfragen, zum Beispiel vor der Abrechnung.",
    ),
    HelpPage(
        slug="kollegen-einladen",
        title="Kolleginnen und Kollegen einladen",
        summary="Jede Person meldet sich mit eigenem Namen an.",
    ),
    HelpPage(
        slug="passwort-vergessen",
        title="Passwort vergessen oder Konto wecken",
        summary="Mit der Prüfnummer aus dem Brief wieder anmelden.",
    ),
    HelpPage(
        slug="schnittstelle",
        title="Schnittstelle für Praxissoftware",
        summary="Abfragen direkt aus Ihrem Programm.",
    ),
)
