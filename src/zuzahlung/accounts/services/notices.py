"""Notices that the people of an institution have to know: shown on their pages, and mailed to the owners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F, Func, Value

from zuzahlung.accounts.models import Notice, Person
from zuzahlung.accounts.services.people import Member, open_email
from zuzahlung.delivery import services as delivery
from zuzahlung.delivery.services import Mail, Parcel
from zuzahlung.journal.services import acting_for
from zuzahlung.standards.days import format_moment

MAIL = "accounts.notice"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeText:
    """What a notice says: a headline, what happened, and what to do if it was nobody of the institution.

    Everybody there reads the same words, so they are true for each: they say whose access is meant.
    """

    title: str
    text: str


TEXTS: Mapping[str, NoticeText] = {
    "registered-again": NoticeText(
        title="Jemand wollte ein Konto für Ihr IK registrieren",
        text="Ihr Konto besteht schon, es hat sich nichts geändert. War es niemand von Ihnen, müssen Sie nichts tun.",
    ),
    "recovered": NoticeText(
        title="Ein Passwort wurde mit der Prüfnummer neu festgelegt",
        text="Es ist das Passwort des Zugangs einer Inhaberin oder eines Inhabers. Dieser Zugang wurde überall sonst "
        "abgemeldet. Die benutzte Prüfnummer gilt nicht mehr, eine neue kommt an die gespeicherte Anschrift. "
        "War es niemand von Ihnen, rufen Sie uns bitte sofort an.",
    ),
    "recovery-paused": NoticeText(
        title="Die Prüfnummer wurde mehrmals falsch eingegeben",
        text="Für einige Zeit nehmen wir keine Prüfnummer an. Die Anmeldung mit Passwort geht weiter. "
        "War es niemand von Ihnen, müssen Sie nichts tun.",
    ),
    "letter-returned": NoticeText(
        title="Ein Brief an Ihre Praxis kam zurück",
        text="Bitte prüfen Sie mit uns die gespeicherte Anschrift, damit die Zugangsdaten der Praxis ankommen.",
    ),
    "pruefnummer-ordered": NoticeText(
        title="Eine neue Prüfnummer ist unterwegs",
        text="Sie kommt mit der Post an die gespeicherte Anschrift. Die alte Prüfnummer gilt nicht mehr. "
        "Weiß niemand von Ihnen davon, rufen Sie uns bitte an.",
    ),
    "invitation-accepted": NoticeText(
        title="Jemand hat eine Einladung angenommen",
        text="Wer es war, sehen Inhaberinnen und Inhaber unter „Praxis“. Hat niemand von Ihnen die Person eingeladen, "
        "ist sie dort bitte sofort zu entfernen.",
    ),
    "owners-changed": NoticeText(
        title="Die Rolle „Inhaberin oder Inhaber“ wurde vergeben oder entzogen",
        text="Wer sie hat, sehen Inhaberinnen und Inhaber unter „Praxis“. War es niemand von Ihnen, rufen Sie uns "
        "bitte an.",
    ),
    "key-made": NoticeText(
        title="Ein Schlüssel für ein Programm wurde angelegt",
        text="Mit ihm fragt ein Programm im Namen Ihrer Praxis. Inhaberinnen und Inhaber sehen ihn unter „Praxis“ und "
        "widerrufen ihn dort bitte sofort, wenn ihn niemand von Ihnen angelegt hat.",
    ),
    "key-revoked": NoticeText(
        title="Ein Schlüssel für ein Programm wurde widerrufen",
        text="Jemand anderes als die Person, die ihn angelegt hat, hat ihn widerrufen. Das Programm, das ihn benutzt, "
        "kann nicht mehr fragen. Welcher es ist, sehen Inhaberinnen und Inhaber unter „Praxis“.",
    ),
    "key-revoked-by-us": NoticeText(
        title="Wir haben einen Schlüssel für ein Programm widerrufen",
        text="Das Programm, das ihn benutzt, kann nicht mehr fragen. Welcher es ist, sehen Inhaberinnen und Inhaber unter "
        "„Praxis“; dort legen sie auch einen neuen an. Warum, sagen wir Ihnen am Telefon.",
    ),
    "institution-removed": NoticeText(
        title="Ihre Einrichtung wurde aus dem Verzeichnis genommen",
        text="Anmelden und abfragen können Sie nicht mehr, auch nicht mit Programmen. Ist das ein Irrtum, rufen Sie "
        "uns bitte an.",
    ),
    "institution-readmitted": NoticeText(
        title="Ihre Einrichtung steht wieder im Verzeichnis",
        text="Anmeldungen, Passwörter und Schlüssel für Programme gelten wieder wie vorher.",
    ),
    "restored": NoticeText(
        title="Das Portal wurde nach einer Störung aus einer Sicherung wiederhergestellt",
        text="Was kurz davor geändert wurde, kann verloren sein: Es gelten wieder die Passwörter von vorher, und wer "
        "zuletzt entfernt wurde, kann wieder dabei sein. Schlüssel für Programme und offene Einladungen gelten nicht "
        "mehr. Inhaberinnen und Inhaber prüfen bitte unter „Praxis“ Personen und Rollen und legen neue an.",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeShown:
    """A notice as a page shows it."""

    id: UUID
    title: str
    text: str
    at: datetime


def notify(institution: UUID, kind: str, now: datetime) -> None:
    """Leaves a notice and mails it to owners whose address was confirmed; inside `acting_for`."""
    if kind not in TEXTS:
        raise ValueError(f"no words for the notice {kind}")
    notice = Notice(institution=institution, kind=kind, at=now)
    notice.save(force_insert=True)
    owners = Person.objects.filter(
        institution=institution, role="owner", state=Person.ACTIVE, email_confirmed_at__isnull=False
    ).only("id")  # The operator, who reports a letter that came back, may read no more of a person.
    for owner in owners:
        delivery.put(
            institution=institution,
            channel="mail",
            kind=MAIL,
            subject=notice.id,
            recipient={"person": str(owner.id)},
            now=now,
        )


def open_notices(who: Member) -> list[NoticeShown]:
    """What happened since this person is there and was not confirmed by this person yet, newest first.

    Everybody confirms for themselves: whoever broke in cannot hide it from the others.
    """
    with acting_for(who.institution):
        since = Person.objects.filter(id=who.id).values("made_at")
        rows = Notice.objects.filter(at__gt=since).exclude(seen_by__contains=[who.id])
        return [
            NoticeShown(id=row.id, title=TEXTS[row.kind].title, text=TEXTS[row.kind].text, at=row.at)
            for row in rows.order_by("-at", "-id")[:20]
        ]


def confirm(who: Member, notice: UUID) -> None:
    """Notes that this person has read a notice; one of another institution is not there."""
    with acting_for(who.institution):
        rows = Notice.objects.filter(id=notice).exclude(seen_by__contains=[who.id])
        rows.update(seen_by=Func(F("seen_by"), Value(who.id), function="array_append"))


class NoticeMail:
    """The mail of a notice: no name, no link to follow, the same words as on the page."""

    def prepare(self, parcel: Parcel, now: datetime) -> Mail | None:
        """The mail, or None when the address was withdrawn meanwhile."""
        person = Person.objects.filter(
            id=parcel.recipient["person"], state=Person.ACTIVE, email_confirmed_at__isnull=False
        ).first()
        notice = Notice.objects.filter(id=parcel.subject).first()
        if person is None or notice is None or not person.email_sealed:
            return None
        fund, words = settings.HOUSE.fund, TEXTS[notice.kind]
        lines = (
            "Guten Tag,",
            f"im Serviceportal der {fund.name} ist am {format_moment(notice.at)} etwas geschehen:",
            f"{words.title}.\n{words.text}",
            f"Telefon: {fund.telephone}" + (f" ({fund.telephone_note})" if fund.telephone_note else ""),
            "Diese E-Mail enthält mit Absicht keinen Link. Bitte öffnen Sie das Serviceportal wie gewohnt.",
        )
        return Mail(
            to=open_email(person.email_sealed, parcel.institution),
            subject=f"Serviceportal der {fund.name}: {words.title}",
            text="\n\n".join(lines) + "\n",
        )

    def advanced(self, parcel: Parcel, state: str, now: datetime) -> None:
        """Nothing follows."""
