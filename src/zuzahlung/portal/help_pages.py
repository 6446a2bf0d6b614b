"""The help: one page for each task, in the order in which a new practice meets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zuzahlung.portal.help_pictures import HelpPicture, PictureShown, pictures_shown

__all__ = ["HELP_PAGES", "HelpPage", "find_help_page"]


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpPage:
    """One page of the help; its text is the template `portal/help/<slug>.html`."""

    slug: str
    title: str
    summary: str
    drawn: tuple[HelpPicture, ...] = ()

    @property
    def template(self) -> str:
        return f"portal/help/{self.slug}.html"

    @property
    def pictures(self) -> Mapping[str, PictureShown]:
        """Its pictures by their names, for the template."""
        return pictures_shown(self.drawn)


def find_help_page(slug: str) -> HelpPage | None:
    """The page with this address, or None."""
    return next((page for page in HELP_PAGES if page.slug == slug), None)


HELP_PAGES = (
    HelpPage(
        slug="konto-registrieren",
        title="Konto registrieren",
        summary="Mit Ihrem Institutionskennzeichen. Die Zugangsdaten kommen mit der Post.",
        drawn=(
            HelpPicture(
                name="registrieren",
                alt="Die Seite „Neues Konto registrieren“. Im Feld „Institutionskennzeichen (IK)“ steht "
                "260 326 822, mit Leerzeichen geschrieben.",
            ),
            HelpPicture(
                name="angekommen",
                alt="Die Seite nach dem Absenden: „Ihre Anfrage ist angekommen“. Wenn ein Konto "
                "angelegt werden kann, kommt in den nächsten Tagen Post.",
            ),
        ),
    ),
    HelpPage(
        slug="erste-anmeldung",
        title="Erste Anmeldung",
        summary="Mit Initialkennwort und Prüfnummer ein eigenes Passwort festlegen.",
        drawn=(
            HelpPicture(
                name="anmelden",
                alt="Die Seite „Anmelden“. Als Benutzername ist das IK 260326822 eingetragen, im Feld „Passwort "
                "oder Initialkennwort“ stehen Punkte, darunter der Knopf „Anmelden“.",
            ),
            HelpPicture(
                name="passwort",
                alt="Drei Felder der Seite „Erste Anmeldung“: die Prüfnummer, das neue eigene Passwort "
                "und dasselbe Passwort noch einmal.",
            ),
        ),
    ),
    HelpPage(
        slug="abfrage",
        title="Abfrage",
        summary="Für eine Person und einen oder mehrere Tage nachfragen.",
        drawn=(
            HelpPicture(
                name="abfrage",
                alt="Die Seite „Abfrage“. Im großen Feld steht die Versichertennummer A123 456 780. Darunter stehen "
                "die ersten Formen der Erlaubnis, gewählt ist „mündlich, hier vor Ort“.",
            ),
            HelpPicture(
                name="auskunft",
                alt="Eine Auskunft. Grün, mit einem Haken und in großer Schrift: „Befreit – keine Zuzahlung“, darunter "
                "der Tag und bis wann es gilt. Dann die Knöpfe „Nächste Abfrage“ und „Nachweis als PDF“.",
            ),
        ),
    ),
    HelpPage(
        slug="was-bedeutet-die-auskunft",
        title="Was bedeutet die Auskunft?",
        summary="Befreit, nicht befreit, unter 18 Jahre, keine Auskunft möglich.",
        drawn=(
            HelpPicture(
                name="serie",
                alt="Die Tabelle „Die Tage der Serie“ aus einer Auskunft über vier Tage: am 05. und 10.11.2026 nicht "
                "befreit, am 12. und 17.11.2026 befreit bis 31.12.2026.",
            ),
        ),
    ),
    HelpPage(
        slug="nachweis-und-verlauf",
        title="Nachweis und Verlauf",
        summary="Frühere Auskünfte wiederfinden, drucken und ausgeben.",
        drawn=(
            HelpPicture(
                name="nachweis",
                alt="Der obere Teil eines Nachweises als PDF: der Name der Krankenkasse, die Auskunft „Befreit – keine "
                "Zuzahlung“ mit dem Tag, darunter Versichertennummer, Initialen und Status.",
            ),
            HelpPicture(
                name="verlauf",
                alt="Zwei Auskünfte im Verlauf auf einem Telefon: Versichertennummer mit Initialen, "
                "Auskunft, Tag, Zeit der Abfrage und die Auskunft-Nummer als Link.",
            ),
        ),
    ),
    HelpPage(
        slug="listenabfrage",
        title="Listenabfrage",
        summary="Viele Personen auf einmal abfragen, zum Beispiel vor der Abrechnung.",
        drawn=(
            HelpPicture(
                name="liste",
                alt="Die Seite „Liste prüfen und starten“. Sie sagt, dass die Abfragen in das passen, was heute übrig "
                "ist, wie viele Zeilen die Datei hat und wie viele davon fehlerhaft sind.",
            ),
            HelpPicture(
                name="ergebnis",
                alt="Die Seite „Ergebnis der Liste“: vier von fünf Zeilen beantwortet, eine fehlerhaft. Darunter der "
                "Knopf „Ergebnis als CSV-Datei laden“.",
            ),
        ),
    ),
    HelpPage(
        slug="kollegen-einladen",
        title="Kolleginnen und Kollegen einladen",
        summary="Jede Person meldet sich mit eigenem Namen an.",
        drawn=(
            HelpPicture(
                name="einladen",
                alt="Die vier Rollen auf der Seite „Kollegin oder Kollegen einladen“, jede mit einem "
                "Satz, was sie darf. Gewählt ist „Empfang“.",
            ),
            HelpPicture(
                name="einladung",
                alt="Die Seite „Die Einladung ist fertig“. Unter dem Link, der nur dieses eine Mal angezeigt wird, "
                "steht der Knopf „Link kopieren“.",
            ),
        ),
    ),
    HelpPage(
        slug="passwort-vergessen",
        title="Passwort vergessen oder Konto wecken",
        summary="Mit der Prüfnummer aus dem Brief wieder anmelden.",
        drawn=(
            HelpPicture(
                name="vergessen",
                alt="Drei Felder der Seite „Passwort vergessen oder Konto wecken“: Benutzername, "
                "Prüfnummer und neues eigenes Passwort.",
            ),
        ),
    ),
    HelpPage(
        slug="schnittstelle",
        title="Schnittstelle für Praxissoftware",
        summary="Abfragen direkt aus Ihrem Programm.",
        drawn=(
            HelpPicture(
                name="schluessel",
                alt="Die Seite „Ihr neuer Schlüssel“. Der Schlüssel beginnt mit zuz und einem Unterstrich, darunter "
                "steht der Knopf „Schlüssel kopieren“.",
            ),
        ),
    ),
)
