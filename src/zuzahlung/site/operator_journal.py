"""The operator's two pages on the journal: by institution and time, and the Auskunft on one insured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from zuzahlung.accounts.services import directory
from zuzahlung.exemptions import disclosure
from zuzahlung.exemptions.permission_texts import Permission, permission_text
from zuzahlung.journal import reading
from zuzahlung.journal.admin import actor_of, moment, now_of
from zuzahlung.journal.reading import Scope
from zuzahlung.site.operator_forms import DisclosureForm, JournalForm
from zuzahlung.standards.days import first_instant, format_day, format_moment
from zuzahlung.standards.numbers import kvnr

ACTIONS: Mapping[str, str] = {
    "exemption-query": "Abfrage des Befreiungsstatus",
    "list-query": "Listenabfrage begonnen",
    "list-export": "Ergebnisse einer Liste heruntergeladen",
    "history-export": "Verlauf heruntergeladen",
    "sign-in": "Anmeldung",
    "first-sign-in": "erste Anmeldung",
    "terms-accepted": "neuen Nutzungsbedingungen zugestimmt",
    "password-changed": "Passwort geändert",
    "email-changed": "E-Mail-Adresse geändert",
    "recovery": "Passwort mit der Prüfnummer neu festgelegt",
    "recovery-paused": "Prüfnummer mehrmals falsch, Pause",
    "pruefnummer-ordered": "neue Prüfnummer bestellt",
    "invitation-made": "Einladung ausgesprochen",
    "invitation-accepted": "Einladung angenommen",
    "invitation-revoked": "Einladung zurückgenommen",
    "role-changed": "Rolle geändert",
    "person-left": "Person ausgeschieden",
    "person-removed": "Person entfernt",
    "key-made": "Schlüssel für Praxissoftware angelegt",
    "key-revoked": "Schlüssel für Praxissoftware widerrufen",
    "participation-ended": "Teilnahme beendet",
    "registration-letters": "Registrierung: Briefe bestellt",
    "registration-resumed": "Registrierung wieder aufgenommen",
    "registration-closed": "Registrierung geschlossen",
    "registration-objected": "Widerspruch gegen Registrierung",
    "letters-ordered-again": "Briefe neu bestellt",
    "letter-posted": "Brief verschickt",
    "letter-returned": "Brief zurückgekommen",
    "letter-withdrawn": "Brief zurückgezogen",
    "letter-impossible": "Brief nicht möglich: keine Anschrift",
    "mail-again": "E-Mail noch einmal versucht",
    "address-changed": "Name, Anschrift oder Leistungsarten geändert",
    "institution-added": "Einrichtung von Hand aufgenommen",
    "institution-removed": "Einrichtung aus dem Verzeichnis genommen",
    "institution-readmitted": "Einrichtung wieder ins Verzeichnis genommen",
    "house-restored": "aus einer Sicherung wiederhergestellt",
    "directory-import": "Verzeichnis eingespielt",
    "directory-refused": "Verzeichnis abgelehnt",
    "registry-served": "Stand des Registers in Kraft",
    "registry-waiting": "Stand des Registers wartet",
    "registry-released": "Stand des Registers freigegeben",
    "registry-refused": "Stand des Registers abgelehnt",
    "quota-changed": "Kontingent geändert",
    "quota-reset": "Zählung von heute neu begonnen",
    "insured-search": "Suche nach einer versicherten Person",
    "keys-rotated": "Schlüssel des Tresors gewechselt",
    "journal-expired": "Einträge nach Ablauf gelöscht",
    "operator-sign-in": "Anmeldung im Betrieb",
    "operator-created": "Zugang zum Betrieb angelegt",
    "operator-replaced": "Zugang zum Betrieb erneuert",
    "operator-blocked": "Zugang zum Betrieb gesperrt",
    "operator-unblocked": "Zugang zum Betrieb wieder zugelassen",
    "operator-password": "Passwort im Betrieb geändert",
    "operator-second-factor": "zweiter Faktor eingerichtet",
}
RESULTS: Mapping[str, str] = {
    "exempt": "befreit",
    "liable": "nicht befreit",
    "minor": "unter 18",
    "mixed": "wechselt in der Serie",
    "unknown": "keine Auskunft möglich",
}
_ACTOR_KINDS: Mapping[str, str] = {
    "person": "Person",
    "key": "Schlüssel",
    "operator": "Betrieb",
    "system": "Haus",
    "nobody": "nicht angemeldet",
}
_MOST_DAYS_NAMED = 3


def journal_page(request: HttpRequest, frame: Mapping[str, Any]) -> HttpResponse:
    """Entries of an institution, of the house or of the operators, in a period, newest first.

    `frame` is what every page of the site shows.
    """
    asked = {name: request.GET[name] for name in ("scope", "ik", "since", "until") if name in request.GET}
    form = JournalForm(asked or None, initial={"scope": "operators"})
    context: dict[str, Any] = {**frame, "title": "Journal", "form": form}
    if form.is_bound and form.is_valid():
        context |= _entries(request, form)
    elif not form.is_bound:
        context |= _shown(reading.page(Scope.OPERATORS), {"scope": "operators"})
    return TemplateResponse(request, "operator/journal.html", context)


def _entries(request: HttpRequest, form: JournalForm) -> dict[str, Any]:
    given = form.cleaned_data
    scope, institution = Scope(given["scope"]), None
    if scope is Scope.INSTITUTION:
        institution = directory.find(given["ik"])
        if institution is None:
            form.add_error("ik", "Dieses IK steht nicht im Verzeichnis.")
            return {}
    found = reading.page(
        scope,
        institution=institution,
        since=given["since"] and first_instant(given["since"]),
        until=given["until"] and first_instant(given["until"] + timedelta(days=1)),
        before=_id(request.GET.get("vor")),
    )
    asked = {name: form.data.get(name, "") for name in ("scope", "ik", "since", "until")}
    return _shown(found, asked)


def _shown(page: reading.Page, asked: Mapping[str, str]) -> dict[str, Any]:
    names = directory.names_of({line.institution for line in page.lines if line.institution is not None})
    return {
        "lines": [_line(line, names) for line in page.lines],
        "is_of_one": asked["scope"] == Scope.INSTITUTION,
        "older": page.older and urlencode({**asked, "vor": str(page.older)}),
        "is_later_page": "vor" in asked,
        "newest": urlencode(asked),
    }


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _line(line: reading.Line, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "at": moment(line.at),
        "action": ACTIONS.get(line.action, line.action),
        "kind": _ACTOR_KINDS[line.actor.kind],
        "actor": line.actor.name,
        "institution": line.institution,
        "institution_name": line.institution and names.get(line.institution, ""),
        "facts": _facts(line),
    }


def _facts(line: reading.Line) -> list[tuple[str, str]]:
    """What an entry says besides, as label and words; nothing in it names an insured."""
    if line.action == disclosure.QUERY:
        days = [format_day(day) for day in line.days]
        more = f" und {len(days) - _MOST_DAYS_NAMED} weitere" if len(days) > _MOST_DAYS_NAMED else ""
        facts = [
            ("Ergebnis", RESULTS.get(line.result or "", line.result or "")),
            ("Tage", ", ".join(days[:_MOST_DAYS_NAMED]) + more),
            ("Erlaubnis", _permission(line)),
        ]
        return [*facts, ("Stand", format_day_of_iso(line.detail.get("stand", "")))]
    return [
        (_LABELS.get(name, name), _plain(value))
        for name, value in line.detail.items()
        if value not in ("", None)
    ]


_LABELS: Mapping[str, str] = {
    "reason": "Grund", "ik": "IK", "name": "Name", "file": "Datei", "complete": "vollständig", "lines": "Zeilen",
    "new": "neu", "returned": "wieder da", "moved": "Anschrift geändert", "changed": "Leistungsarten geändert",
    "missing": "fehlend", "unnamed": "nicht genannt", "without_address": "ohne Anschrift",
    "letters_withdrawn": "Briefe zurückgezogen", "faulty": "fehlerhaft", "changes": "Änderungen", "kind": "Art",
    "parcel": "Sendung", "before": "vorher", "after": "nachher", "used": "gefragt", "unknown": "ohne Auskunft",
    "form": "Form", "stand": "Stand", "day": "vom", "insured": "Versicherte", "current": "jetzt in Gebrauch",
    "role": "Rolle", "person": "Person", "street": "Straße", "postcode": "PLZ", "city": "Ort",
    "service_kinds": "Leistungsarten", "per_day": "am Tag", "per_burst": "in kurzer Zeit",
    "unknown_per_day": "ohne Auskunft am Tag", "keys": "Schlüssel abgeschaltet",
    "invitations": "Einladungen zurückgenommen", "institutions": "Einrichtungen benachrichtigt",
    "refused": "abgelehnt", "rows": "Zeilen",
}  # fmt: skip


def _plain(value: Any) -> str:
    match value:
        case dict():
            return "; ".join(f"{_LABELS.get(name, name)}: {_plain(one)}" for name, one in value.items())
        case [before, after] if not isinstance(before, list | dict) or not isinstance(after, list | dict):
            return f"{_plain(before) or '–'} → {_plain(after) or '–'}"
        case list():
            return ", ".join(_plain(one) for one in value)
        case bool():
            return "ja" if value else "nein"
        case None:
            return "wie im Haus"
        case _:
            return str(value)


def _permission(line: reading.Line) -> str:
    try:
        label = permission_text(Permission(line.permission or ""), version=line.permission_text or "").label
    except (KeyError, ValueError):
        label = line.permission or ""
    until = f", bis {format_day(line.permission_until_on)}" if line.permission_until_on else ""
    return f"{label}{until}"


def format_day_of_iso(text: str) -> str:
    """A day as it stands in the journal, written as in Germany."""
    return ".".join(reversed(text.split("-")))


def disclosure_page(request: HttpRequest, frame: Mapping[str, Any]) -> HttpResponse:
    """Asks for number and reason; the answer comes by POST alone, so that no address carries a KVNR."""
    form = DisclosureForm(request.POST or None)
    context: dict[str, Any] = {**frame, "title": "Auskunft nach Art. 15 DSGVO", "form": form}
    if request.method == "POST" and form.is_valid():
        number, reason = form.cleaned_data["kvnr"], form.cleaned_data["reason"]
        is_csv = request.POST.get("form") == "csv"
        found = disclosure.disclose(
            number,
            reason=reason,
            form="CSV" if is_csv else "Seite",
            actor=actor_of(request),
            now=now_of(request),
        )
        if is_csv:
            return HttpResponse(
                disclosure.as_csv(found),
                content_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": 'attachment; filename="auskunft-art-15.csv"'},
            )
        context |= {
            "found": [{"at": format_moment(one.at), "row": one} for one in found],
            "kvnr": kvnr.format(number),
            "typed": number,
            "reason": reason,
            "made": format_moment(now_of(request)),
            "kept_years": settings.HOUSE.journal.kept_years,
        }
    return TemplateResponse(request, "operator/disclosure.html", context)
