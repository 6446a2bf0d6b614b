"""The operator's pages of the directory: institutions found, mended, added by hand, and letters ordered again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from zuzahlung.accounts.admin_words import PERSON_WORDS, account_words, letter_line, registration_words
from zuzahlung.accounts.directory_file import SERVICE_KINDS, fault_of_postcode
from zuzahlung.accounts.models import Institution, Person, Registration
from zuzahlung.accounts.rules import ROLE_NAMES, Role
from zuzahlung.accounts.services import directory, keys, letters, operators
from zuzahlung.delivery import operating
from zuzahlung.journal.admin import (
    HouseAdmin,
    Question,
    ReasonForm,
    StateFilter,
    actor_of,
    moment,
    now_of,
    state_words,
)
from zuzahlung.standards.errors import NumberError
from zuzahlung.standards.numbers import ik as iks
from zuzahlung.standards.numbers.ik import IK

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Institution]
else:
    _ModelForm = forms.ModelForm

MOST_PEOPLE = 50
_NO_ADDRESS = Q(street="") | Q(postcode="") | Q(city="")


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
            self.add_error(
                missing,
                "Die Anschrift ist unvollständig. Bitte ergänzen Sie sie, oder lassen Sie alles leer.",
            )
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
        ("fehlt", "fehlt in der letzten vollständigen Datei"),
        ("fort", "aus dem Verzeichnis genommen"),
    )

    def narrowed(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        match chosen:
            case "konto":
                return queryset.filter(is_active=True)
            case "briefe":
                return queryset.filter(is_waiting=True)
            case "ohne":
                return queryset.filter(_NO_ADDRESS)
            case "fehlt":
                return queryset.exclude(missing_at=None)
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
        rows: QuerySet[Any] = super().get_queryset(request)
        found: QuerySet[Any] = rows.annotate(
            is_active=Exists(people.filter(state=Person.ACTIVE)),
            is_waiting=Exists(people.filter(state=Person.WAITING)),
        )
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """An IK may be typed with spaces, and its beginning is enough."""
        digits = "".join(search_term.split())
        if digits.isdecimal():
            return queryset.filter(ik__startswith=digits), False
        return queryset.filter(name__icontains=search_term.strip()), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("ik",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = InstitutionForm.Meta.fields
        return fields if obj is None else fields[1:]

    def get_urls(self) -> list[URLPattern]:
        order = self.admin_site.admin_view(require_POST(self.order_view))
        participation = self.admin_site.admin_view(require_POST(self.participation_view))
        revoke = self.admin_site.admin_view(self.revoke_view)
        return [
            path("<uuid:institution>/schluessel/<uuid:key>/", revoke, name="accounts_institution_key"),
            path("<uuid:institution>/briefe/", order, name="accounts_institution_letters"),
            path("<uuid:institution>/teilnahme/", participation, name="accounts_institution_participation"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        around = {} if row is None else self.around(row)
        return super(HouseAdmin, self).change_view(request, object_id, form_url, around)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        words = {"title": self.add_words, **(extra_context or {})}
        response: HttpResponse = super().add_view(request, form_url, words)
        return response

    def response_add(
        self, request: HttpRequest, obj: Institution, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Leads to the page of the new institution, where its letters can be ordered."""
        self.message_user(request, f"Die Einrichtung „{obj.name}“ ist im Verzeichnis.", messages.SUCCESS)
        return redirect("admin:accounts_institution_change", obj.id)

    def response_change(self, request: HttpRequest, obj: Institution) -> HttpResponse:
        """Stays on the page, and says so in our words."""
        self.message_user(request, "Die Angaben sind gespeichert.", messages.SUCCESS)
        return redirect("admin:accounts_institution_change", obj.id)

    def around(self, row: Institution) -> dict[str, Any]:
        """What stands beside the form: account, people, letters, requests."""
        people = (
            Person.objects.filter(institution=row.id).defer("password", "email_sealed").order_by("sign_in")
        )
        return {
            "title": row.name,
            "row": row,
            "ik": iks.format(IK(row.ik)),
            "account": account_words(row),
            "may_have_letters": letters.may_have_letters(row),
            "imported": moment(row.imported_at),
            "missing": row.missing_at and moment(row.missing_at),
            "removed": row.removed_at and moment(row.removed_at),
            "reason": ReasonForm(),
            "owner": operators.owner_of(row.id),
            "people": [_person_line(person) for person in people[:MOST_PEOPLE]],
            "letters": [letter_line(line) for line in operating.letters_of(row.id, most=8)],
            "keys": [
                {"row": one, "made": moment(one.made_at)}
                for one in keys.keys_of(row.id)
                if not one.revoked_at
            ],
            "waiting": Registration.objects.filter(ik=row.ik, state__in=operators.QUEUE)
            .defer("email_sealed")
            .first(),
            "registrations": [
                {"id": one.id, "at": moment(one.asked_at), "state": registration_words(one.state)}
                for one in Registration.objects.filter(ik=row.ik).defer("email_sealed")[:5]
            ],
        }

    def order_view(self, request: HttpRequest, institution: UUID) -> HttpResponse:
        """Orders letters again."""
        fault = operators.order_again(institution, actor=actor_of(request), now=now_of(request))
        if fault is None:
            self.message_user(
                request,
                "Die Briefe sind bestellt. Der Arbeiter druckt sie, sobald sie fällig sind.",
                messages.SUCCESS,
            )
        else:
            self.message_user(request, fault, messages.ERROR)
        return redirect("admin:accounts_institution_change", institution)

    def revoke_view(self, request: HttpRequest, institution: UUID, key: UUID) -> HttpResponse:
        """Asks for a reason, and ends a key: for one that leaked, or whose owner cannot be reached."""
        back = reverse("admin:accounts_institution_change", args=[institution])
        found = next(
            (one for one in keys.keys_of(institution) if one.id == key and one.revoked_at is None), None
        )
        if found is None:
            self.message_user(request, "Diesen Schlüssel gibt es nicht mehr.", messages.WARNING)
            return redirect(back)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.ask_first(request, _question_of_revoking(found, back), form=form)
        keys.revoke_for(
            institution, key, reason=form.cleaned_data["reason"], actor=actor_of(request), now=now_of(request)
        )
        words = "Der Schlüssel gilt nicht mehr. Die Inhaberinnen und Inhaber bekommen einen Hinweis."
        self.message_user(request, words, messages.SUCCESS)
        return redirect(back)

    def participation_view(self, request: HttpRequest, institution: UUID) -> HttpResponse:
        """Takes an institution out of the directory, or in again."""
        given = ReasonForm(request.POST)
        removes = request.POST.get("decision") == "remove"
        if not given.is_valid():
            self.message_user(request, given.fault, messages.ERROR)
        elif (directory.remove if removes else directory.readmit)(
            institution, reason=given.cleaned_data["reason"], actor=actor_of(request), now=now_of(request)
        ):
            words = (
                "Aus dem Verzeichnis genommen: Niemand der Einrichtung kommt mehr hinein, auch kein Programm."
                if removes
                else "Wieder im Verzeichnis: Anmeldungen und Schlüssel gelten wie vorher."
            )
            self.message_user(request, words, messages.SUCCESS)
        else:
            self.message_user(request, "Das war schon so. Es ist nichts geschehen.", messages.WARNING)
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


def _question_of_revoking(key: keys.ApiKeyShown, back: str) -> Question:
    return Question(
        title=f"Schlüssel „{key.name}“ widerrufen?",
        sentences=(
            f"Das Programm, das ihn benutzt, fragt ab sofort vergebens. Der Schlüssel beginnt mit {key.prefix}.",
            "Rückgängig machen lässt sich das nicht; einen neuen legt die Einrichtung selbst an.",
        ),
        button="Widerrufen",
        back=back,
    )


def _person_line(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "sign_in": person.sign_in,
        "role": ROLE_NAMES[Role(person.role)],
        "state": state_words(*PERSON_WORDS[person.state]),
        "used": moment(person.used_at),
    }
