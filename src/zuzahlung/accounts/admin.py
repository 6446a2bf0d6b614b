"""The operator's pages of accounts: the directory, requests for accounts, people without their secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from zuzahlung.accounts.directory_file import SERVICE_KINDS, fault_of_postcode
from zuzahlung.accounts.models import Institution, Operator, Person, Registration
from zuzahlung.accounts.rules import ROLE_NAMES, Role
from zuzahlung.accounts.services import directory, letters, notices, operators
from zuzahlung.delivery import operating
from zuzahlung.delivery.admin import kind_name, name_kinds, state_of_parcel
from zuzahlung.journal.admin import (
    NOTHING,
    HouseAdmin,
    StateFilter,
    actor_of,
    house_of,
    institution_link,
    moment,
    now_of,
    state_words,
)
from zuzahlung.standards.days import format_day, german_day
from zuzahlung.standards.errors import NumberError
from zuzahlung.standards.numbers import ik as iks
from zuzahlung.standards.numbers.ik import IK

name_kinds(
    {letters.INITIAL: "Initialkennwort", letters.PRUEFNUMMER: "Prüfnummer", notices.MAIL: "Hinweis zum Konto"}
)
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Institution]
else:
    _ModelForm = forms.ModelForm

MOST_PEOPLE = 50
_NO_ADDRESS = Q(street="") | Q(postcode="") | Q(city="")


class Reason(forms.Form):
    """Why the operator decides something; it stands in the journal."""

    reason = forms.CharField(
        label="Grund",
        max_length=300,
        help_text="Steht im Journal, zum Beispiel: Anruf vom 22.11., Schreiben vom 20.11.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Bitte geben Sie einen Grund an."},
    )


class InstitutionForm(_ModelForm):
    """What the operator may mend in the directory."""

    ik = forms.CharField(
        label="Institutionskennzeichen (IK)",
        max_length=15,
        widget=forms.TextInput({"class": "in-ik", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Bitte geben Sie das Institutionskennzeichen ein."},
    )
    service_kinds = forms.MultipleChoiceField(
        label="Leistungsarten",
        choices=[(kind, kind.capitalize()) for kind in SERVICE_KINDS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Bitte wählen Sie mindestens eine Leistungsart."},
    )

    class Meta:
        model = Institution
        fields = ("ik", "name", "street", "postcode", "city", "service_kinds")
        widgets = {
            "postcode": forms.TextInput({"class": "in-short"}),
        }
        error_messages = {
            "name": {"required": "Bitte geben Sie den Namen ein."},
        }

    def clean_ik(self) -> str:
        """The nine digits, or what is wrong with them."""
        try:
            return iks.parse(self.cleaned_data["ik"])
        except NumberError as error:
            raise forms.ValidationError(error.text) from None

    def clean_postcode(self) -> str:
        """A postcode that a letter can be sent to."""
        postcode: str = self.cleaned_data["postcode"]
        if fault := fault_of_postcode(postcode):
            raise forms.ValidationError(fault)
        return postcode

    def clean(self) -> dict[str, Any]:
        """An address is whole or empty."""
        values: dict[str, Any] = super().clean() or {}
        parts = {name: values.get(name, "") for name in ("street", "postcode", "city")}
        if any(parts.values()) and not all(parts.values()) and not self.errors:
            missing = next(name for name, value in parts.items() if not value)
            self.add_error(missing, "Die Anschrift ist unvollständig. Bitte ergänzen Sie sie, oder lassen Sie alles leer.")
        return values


class DirectoryFilter(StateFilter):
    """Institutions by what there is to know of them."""

    title = "Zeigen"
    parameter_name = "zeigen"
    states = (
        (StateFilter.ALL, "alle"),
        ("konto", "mit Konto"),
        ("briefe", "Erstanmeldung steht aus"),
        ("ohne", "ohne vollständige Anschrift"),
        ("fort", "nicht mehr im Verzeichnis"),
    )

    def narrowed(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        match chosen:
            case "konto":
                return queryset.filter(is_active=True)
            case "briefe":
                return queryset.filter(is_waiting=True)
            case "ohne":
                return queryset.filter(_NO_ADDRESS)
            case _:
                return queryset.exclude(removed_at=None)


class InstitutionAdmin(HouseAdmin):
    """Verzeichnis: who may have an account, and the only address letters go to."""

    form = InstitutionForm
    change_form_template = "operator/institution.html"
    add_form_template = "operator/institution_add.html"
    heading = "Verzeichnis"
    add_words = "Einrichtung aufnehmen"
    explanation = (
        "Briefe mit Zugangsdaten gehen nur an die Anschrift, die hier steht. Das Verzeichnis kommt aus der Datei, die "
        "mit „zuzahlung import-institutions“ eingespielt wird; die nächste Datei überschreibt, was hier geändert wurde."
    )
    list_display = ("ik_shown", "name", "place_shown", "kinds_shown", "account_shown")
    list_filter = (DirectoryFilter,)
    search_fields = ("ik", "name")
    search_help_text = "IK (auch der Anfang) oder ein Teil des Namens"
    ordering = ("ik",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people = Person.objects.filter(institution=OuterRef("id"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                is_active=Exists(people.filter(state=Person.ACTIVE)),
                is_waiting=Exists(people.filter(state=Person.WAITING)),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """An IK may be typed with spaces, and its beginning is enough."""
        digits = "".join(search_term.split())
        if digits.isdecimal():
            return queryset.filter(ik__startswith=digits), False
        return queryset.filter(name__icontains=search_term.strip()), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return () if obj is None else ("ik",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        fields = InstitutionForm.Meta.fields
        return fields if obj is None else fields[1:]

    def get_urls(self) -> list[URLPattern]:
        order = self.admin_site.admin_view(require_POST(self.order_view))
        return [path("<uuid:institution>/briefe/", order, name="accounts_institution_letters"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        around = {} if row is None else self.around(row)
        return super(HouseAdmin, self).change_view(request, object_id, form_url, around)

    def around(self, row: Institution) -> dict[str, Any]:
        """What stands beside the form: account, people, letters, requests."""
        people = Person.objects.filter(institution=row.id).defer("password", "email_sealed").order_by("sign_in")
        return {
            "title": row.name,
            "row": row,
            "ik": iks.format(IK(row.ik)),
            "account": account_words(row),
            "may_have_letters": letters.may_have_letters(row),
            "imported": moment(row.imported_at),
            "removed": row.removed_at and moment(row.removed_at),
            "owner": operators.owner_of(row.id),
            "people": [_person_line(person) for person in people[:MOST_PEOPLE]],
            "letters": [
                {
                    "kind": kind_name(line.kind),
                    "state": state_of_parcel(line.state),
                    "at": moment(line.done_at or line.made_at),
                }
                for line in operating.letters_of(row.id, most=8)
            ],
            "registrations": [
                {"id": one.id, "at": moment(one.asked_at), "state": registration_words(one.state)}
                for one in Registration.objects.filter(ik=row.ik).defer("email_sealed")[:5]
            ],
        }

    def order_view(self, request: HttpRequest, institution: UUID) -> HttpResponse:
        """Orders letters again."""
        fault = operators.order_again(institution, actor=actor_of(request), now=now_of(request))
        if fault is None:
            self.message_user(request, "Die Briefe sind bestellt. Der Arbeiter druckt sie, sobald sie fällig sind.", messages.SUCCESS)
        else:
            self.message_user(request, fault, messages.ERROR)
        return redirect("admin:accounts_institution_change", institution)

    def save_model(self, request: HttpRequest, obj: Institution, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's own
        if not change:
            directory.add(obj, actor=actor_of(request), now=now_of(request))
            return
        withdrawn = directory.change(obj, actor=actor_of(request), now=now_of(request))
        if withdrawn:
            self.message_user(
                request,
                f"Briefe mit alter Anschrift wurden zurückgezogen und, wo möglich, neu bestellt: {withdrawn}. Was davon "
                "schon gedruckt vor Ihnen liegt, gehört in den Aktenvernichter.",
                messages.WARNING,
            )

    @admin.display(description="IK")
    def ik_shown(self, row: Institution) -> SafeString:
        return format_html('<span class="nowrap">{}</span>', iks.format(IK(row.ik)))

    @admin.display(description="Anschrift")
    def place_shown(self, row: Institution) -> SafeString:
        if not (row.street and row.postcode and row.city):
            return state_words("caution", "unvollständig")
        return format_html("{}<br>{} {}", row.street, row.postcode, row.city)

    @admin.display(description="Leistungsarten")
    def kinds_shown(self, row: Institution) -> str:
        return ", ".join(kind.capitalize() for kind in row.service_kinds)

    @admin.display(description="Konto")
    def account_shown(self, row: Institution) -> SafeString:
        return account_words(row)


def account_words(row: Any) -> SafeString:
    """What became of an institution's account, from the row and its two annotations."""
    if row.left_at is not None:
        return state_words("none", "Teilnahme beendet")
    if row.removed_at is not None:
        return state_words("caution", "nicht mehr im Verzeichnis")
    if row.is_active:
        return state_words("good", "in Gebrauch")
    if row.is_waiting:
        return state_words("none", "Erstanmeldung steht aus")
    return state_words("none", "kein Konto")


REGISTRATION_WORDS: Mapping[str, tuple[str, str]] = {
    Registration.OPEN: ("none", "beim Arbeiter"),
    Registration.LETTERS: ("good", "Briefe bestellt"),
    Registration.UNKNOWN: ("caution", "IK nicht im Verzeichnis"),
    Registration.NO_ADDRESS: ("caution", "keine Anschrift"),
    Registration.REGISTERED: ("none", "Konto bestand schon"),
    Registration.COOLING: ("none", "zu früh nach der letzten"),
    Registration.OBJECTED: ("bad", "Widerspruch"),
    Registration.CLOSED: ("none", "ohne Briefe geschlossen"),
}


def registration_words(state: str) -> SafeString:
    """The state of a request in words."""
    return state_words(*REGISTRATION_WORDS[state])


class RegistrationStates(StateFilter):
    """Requests by their state; first those the operator has to decide."""

    TO_DECIDE = "offen"
    states = (
        (TO_DECIDE, "zu entscheiden"),
        (Registration.LETTERS, "Briefe bestellt"),
        (Registration.OBJECTED, "Widerspruch"),
        (Registration.CLOSED, "geschlossen"),
    )

    def narrowed(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        if chosen == self.TO_DECIDE:
            return queryset.filter(state__in=operators.QUEUE)
        return super().narrowed(queryset, chosen)


class RegistrationAdmin(HouseAdmin):
    """Registrierungen: requests that the house could not settle by itself."""

    detail_template = "operator/registration.html"
    heading = "Registrierungen"
    explanation = (
        "Hier stehen Registrierungen, auf die keine Briefe gehen konnten. Wer fragte, weiß davon nichts: Die Antwort im "
        "Portal ist immer dieselbe. Berichtigen Sie das Verzeichnis und bestellen Sie dann die Briefe, oder schließen Sie."
    )
    list_display = ("ik_shown", "name_shown", "asked_shown", "state_shown", "address_shown", "settled_shown")
    list_filter = (RegistrationStates,)
    search_fields = ("ik",)
    search_help_text = "IK"
    actions = ("order_letters", "close")
    ordering = ("-asked_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The operator's role may not read the mail address, not even sealed.
        return super().get_queryset(request).defer("email_sealed")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.filter(ik__startswith="".join(search_term.split())), False

    def finish(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        known = {one.ik: one for one in Institution.objects.filter(ik__in={row.ik for row in rows})}
        for row in rows:
            row.institution = known.get(row.ik)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<uuid:registration>/entscheiden/", decide, name="accounts_registration_decide"), *super().get_urls()]

    def detail(self, request: HttpRequest, row: Registration) -> Mapping[str, Any]:
        institution = Institution.objects.filter(ik=row.ik).first()
        owner = operators.owner_of(institution.id) if institution else None
        return {
            "title": f"Registrierung vom {format_day(german_day(row.asked_at))}",
            "ik": iks.format(IK(row.ik)),
            "institution": institution,
            "state": registration_words(row.state),
            "asked": moment(row.asked_at),
            "settled": moment(row.settled_at),
            "is_in_queue": row.state in operators.QUEUE,
            "may_have_letters": institution is not None and letters.may_have_letters(institution),
            "may_object": row.state == Registration.LETTERS and (owner is None or owner.state == Person.WAITING),
            "reason": Reason(),
            "letters": [
                {"kind": kind_name(line.kind), "state": state_of_parcel(line.state), "at": moment(line.done_at or line.made_at)}
                for line in (operating.letters_of(institution.id, most=8) if institution else ())
            ],
        }

    def decide_view(self, request: HttpRequest, registration: UUID) -> HttpResponse:
        """Carries out one decision, and leads back to the request."""
        level, words = self.decided(request, registration)
        self.message_user(request, words, level)
        return redirect("admin:accounts_registration_change", registration)

    def decided(self, request: HttpRequest, registration: UUID) -> tuple[int, str]:
        """Does what was chosen; gives level and words of the message."""
        actor, now, given = actor_of(request), now_of(request), Reason(request.POST)
        if request.POST.get("decision") == "letters":
            done, _ = operators.order_letters([registration], actor=actor, now=now)
            if done:
                return messages.SUCCESS, "Die Registrierung ist wieder beim Arbeiter; er bestellt jetzt die Briefe."
            return messages.ERROR, "Im Verzeichnis fehlt noch die vollständige Anschrift."
        if not given.is_valid():
            return messages.ERROR, "Bitte geben Sie einen Grund an. Es ist nichts geschehen."
        reason = given.cleaned_data["reason"]
        if request.POST.get("decision") == "object":
            fault = operators.object_to(registration, reason=reason, actor=actor, now=now)
            done_words = "Der Widerspruch ist eingetragen: Briefe zurückgezogen, Geheimnisse ungültig."
            return (messages.ERROR, fault) if fault else (messages.SUCCESS, done_words)
        closed = operators.close([registration], reason=reason, actor=actor, now=now)
        return (messages.SUCCESS, "Geschlossen.") if closed else (messages.ERROR, "Hier gibt es nichts zu schließen.")

    @admin.action(description="Briefe bestellen, wo die Anschrift jetzt vorliegt")
    def order_letters(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        ids = list(chosen.values_list("id", flat=True))
        done, left = operators.order_letters(ids, actor=actor_of(request), now=now_of(request))
        if done:
            self.message_user(request, f"Wieder beim Arbeiter, er bestellt die Briefe: {done}.", messages.SUCCESS)
        if left:
            self.message_user(request, f"Weiter ohne vollständige Anschrift: {left}.", messages.WARNING)

    @admin.action(description="ohne Briefe schließen")
    def close(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        ids = list(chosen.values_list("id", flat=True))
        done = operators.close(ids, reason="gesammelt geschlossen", actor=actor_of(request), now=now_of(request))
        self.message_user(request, f"Ohne Briefe geschlossen: {done}.", messages.SUCCESS)

    @admin.display(description="IK")
    def ik_shown(self, row: Registration) -> SafeString:
        return format_html('<span class="nowrap">{}</span>', iks.format(IK(row.ik)))

    @admin.display(description="Einrichtung")
    def name_shown(self, row: Any) -> SafeString | str:
        return institution_link(row.institution.id, row.institution.name) if row.institution else NOTHING

    @admin.display(description="gestellt")
    def asked_shown(self, row: Registration) -> SafeString:
        return moment(row.asked_at)

    @admin.display(description="Stand")
    def state_shown(self, row: Registration) -> SafeString:
        return registration_words(row.state)

    @admin.display(description="Anschrift")
    def address_shown(self, row: Any) -> SafeString:
        if row.institution is None or not letters.may_have_letters(row.institution):
            return state_words("caution", "fehlt")
        return state_words("good", "liegt vor")

    @admin.display(description="erledigt")
    def settled_shown(self, row: Registration) -> SafeString:
        return moment(row.settled_at)


PERSON_WORDS: Mapping[str, tuple[str, str]] = {
    Person.WAITING: ("none", "wartet auf Erstanmeldung"),
    Person.ACTIVE: ("good", "aktiv"),
    Person.LEFT: ("none", "ausgeschieden"),
}


class PersonStates(StateFilter):
    """People by their state."""

    states = ((StateFilter.ALL, "alle"), *((state, words) for state, (_, words) in PERSON_WORDS.items()))


class PersonAdmin(HouseAdmin):
    """Personen: who signs in on the portal, without anything secret."""

    detail_template = "operator/person.html"
    heading = "Personen"
    explanation = (
        "Wer sich im Portal anmeldet. Rollen und Zugänge verwaltet die Einrichtung selbst; der Betrieb sieht keine "
        "Passwörter, keine Prüfnummern und keine E-Mail-Adressen."
    )
    list_display = ("name_shown", "institution_shown", "role_shown", "state_shown", "used_shown")
    list_filter = (PersonStates,)
    search_fields = ("sign_in",)
    search_help_text = "Benutzername oder IK"
    ordering = ("sign_in",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("password", "email_sealed")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.filter(sign_in__startswith="".join(search_term.split()).lower()), False

    def finish(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = house_of(self).names_of({row.institution for row in rows})
        for row in rows:
            row.institution_name = names.get(row.institution, NOTHING)

    def detail(self, request: HttpRequest, row: Any) -> Mapping[str, Any]:
        self.finish(request, [row])
        paused = row.recovery_paused_until
        return {
            "title": row.sign_in,
            "institution": institution_link(row.institution, row.institution_name),
            "role": ROLE_NAMES[Role(row.role)],
            "state": state_words(*PERSON_WORDS[row.state]),
            "made": moment(row.made_at),
            "used": moment(row.used_at),
            "left": row.left_at and moment(row.left_at),
            "email": moment(row.email_confirmed_at),
            "terms": row.terms_version or NOTHING,
            "accepted": moment(row.terms_accepted_at),
            "paused": moment(paused) if paused is not None and paused > now_of(request) else None,
        }

    @admin.display(description="Benutzername")
    def name_shown(self, row: Person) -> str:
        return row.sign_in

    @admin.display(description="Einrichtung")
    def institution_shown(self, row: Any) -> SafeString:
        return institution_link(row.institution, row.institution_name)

    @admin.display(description="Rolle")
    def role_shown(self, row: Person) -> str:
        return ROLE_NAMES[Role(row.role)]

    @admin.display(description="Stand")
    def state_shown(self, row: Person) -> SafeString:
        return state_words(*PERSON_WORDS[row.state])

    @admin.display(description="zuletzt genutzt")
    def used_shown(self, row: Person) -> SafeString:
        return moment(row.used_at)


def _person_line(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "sign_in": person.sign_in,
        "role": ROLE_NAMES[Role(person.role)],
        "state": state_words(*PERSON_WORDS[person.state]),
        "used": moment(person.used_at),
    }


class OperatorAdmin(HouseAdmin):
    """Betreiber: who may come in here."""

    heading = "Zugänge zum Betrieb"
    explanation = (
        "Wer sich hier anmelden darf. Neue Zugänge und neue Passwörter legt „zuzahlung create-operator“ auf dem Server "
        "an. Gesperrt ist ein Zugang sofort, auch mitten in einer Sitzung."
    )
    list_display = ("username", "state_shown", "factor_shown", "seen_shown")
    list_display_links = None
    actions = ("block", "unblock")
    ordering = ("username",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        factor = TOTPDevice.objects.filter(user=OuterRef("id"), confirmed=True)
        return super().get_queryset(request).defer("password").annotate(has_factor=Exists(factor))

    @admin.action(description="sperren")
    def block(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        self._set(request, chosen, is_active=False)

    @admin.action(description="wieder zulassen")
    def unblock(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        self._set(request, chosen, is_active=True)

    def _set(self, request: HttpRequest, chosen: QuerySet[Any], *, is_active: bool) -> None:
        ids = list(chosen.values_list("id", flat=True))
        done = operators.set_active(ids, is_active=is_active, actor=actor_of(request), now=now_of(request))
        words = "zugelassen" if is_active else "gesperrt"
        self.message_user(request, f"Zugänge {words}: {done}. Der eigene Zugang bleibt immer, wie er ist.", messages.SUCCESS)

    @admin.display(description="Zugang")
    def state_shown(self, row: Operator) -> SafeString:
        return state_words("good", "offen") if row.is_active else state_words("bad", "gesperrt")

    @admin.display(description="Zweiter Faktor")
    def factor_shown(self, row: Any) -> SafeString:
        return state_words("good", "eingerichtet") if row.has_factor else state_words("caution", "fehlt")

    @admin.display(description="zuletzt angemeldet")
    def seen_shown(self, row: Operator) -> SafeString:
        return moment(row.last_login)


PAGES = (
    (Registration, RegistrationAdmin),
    (Institution, InstitutionAdmin),
    (Person, PersonAdmin),
    (Operator, OperatorAdmin),
)
