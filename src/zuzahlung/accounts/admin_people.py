"""The operator's pages of people: those of institutions without their secrets, and the operator's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django_otp.plugins.otp_totp.models import TOTPDevice

from zuzahlung.accounts.admin_words import PERSON_WORDS
from zuzahlung.accounts.models import Operator, Person
from zuzahlung.accounts.rules import ROLE_NAMES, Role
from zuzahlung.accounts.services import operators
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
            "tries": settings.HOUSE.accounts.recovery_tries,
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
        rows: QuerySet[Any] = super().get_queryset(request)
        found: QuerySet[Any] = rows.defer("password").annotate(has_factor=Exists(factor))
        return found

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
        self.message_user(
            request, f"Zugänge {words}: {done}. Der eigene Zugang bleibt immer, wie er ist.", messages.SUCCESS
        )

    @admin.display(description="Zugang")
    def state_shown(self, row: Operator) -> SafeString:
        return state_words("good", "offen") if row.is_active else state_words("bad", "gesperrt")

    @admin.display(description="Zweiter Faktor")
    def factor_shown(self, row: Any) -> SafeString:
        return state_words("good", "eingerichtet") if row.has_factor else state_words("caution", "fehlt")

    @admin.display(description="zuletzt angemeldet")
    def seen_shown(self, row: Operator) -> SafeString:
        return moment(row.last_login)
