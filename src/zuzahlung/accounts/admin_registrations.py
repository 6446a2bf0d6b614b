"""The operator's pages of requests for accounts that the house could not settle by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from zuzahlung.accounts.admin_words import letter_line, registration_words
from zuzahlung.accounts.models import Institution, Person, Registration
from zuzahlung.accounts.services import letters, operators
from zuzahlung.delivery import operating
from zuzahlung.journal.admin import (
    CONFIRMED,
    NOTHING,
    HouseAdmin,
    Question,
    ReasonForm,
    StateFilter,
    actor_of,
    institution_link,
    moment,
    now_of,
    state_words,
)
from zuzahlung.standards.days import format_day, german_day
from zuzahlung.standards.numbers import ik as iks
from zuzahlung.standards.numbers.ik import IK


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


def _question_of_closing(count: int, request: HttpRequest) -> Question:
    which = "1 Registrierung" if count == 1 else f"{count} Registrierungen"
    return Question(
        title=f"{which} ohne Briefe schließen?",
        sentences=(
            "Es gehen keine Briefe hinaus, und wer registriert hat, hört nichts davon.",
            "Der Grund gilt für alle, die Sie ausgewählt haben.",
        ),
        button="Ohne Briefe schließen",
        back=request.get_full_path(),
    )


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
        return [
            path("<uuid:registration>/entscheiden/", decide, name="accounts_registration_decide"),
            *super().get_urls(),
        ]

    def detail(self, request: HttpRequest, row: Registration) -> Mapping[str, Any]:
        institution = Institution.objects.filter(ik=row.ik).first()
        owner = operators.owner_of(institution.id) if institution else None
        return {
            "title": f"Registrierung vom {format_day(german_day(row.asked_at))}",
            "ik": iks.format(IK(row.ik)),
            "institution": institution,
            "state": registration_words(row.state),
            "asked": moment(row.asked_at),
            "settled": _settled(row),
            "is_in_queue": row.state in operators.QUEUE,
            "may_have_letters": institution is not None and letters.may_have_letters(institution),
            "may_object": row.state == Registration.LETTERS
            and (owner is None or owner.state == Person.WAITING),
            "reason": ReasonForm(),
            "letters": [
                letter_line(line)
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
        actor, now, given = actor_of(request), now_of(request), ReasonForm(request.POST)
        if request.POST.get("decision") == "letters":
            done, _ = operators.order_letters([registration], actor=actor, now=now)
            if done:
                return (
                    messages.SUCCESS,
                    "Die Registrierung ist wieder beim Arbeiter; er bestellt jetzt die Briefe.",
                )
            return messages.ERROR, "Im Verzeichnis fehlt noch die vollständige Anschrift."
        if not given.is_valid():
            return messages.ERROR, given.fault
        reason = given.cleaned_data["reason"]
        if request.POST.get("decision") == "object":
            fault = operators.object_to(registration, reason=reason, actor=actor, now=now)
            done_words = "Der Widerspruch ist eingetragen: Briefe zurückgezogen, Geheimnisse ungültig."
            return (messages.ERROR, fault) if fault else (messages.SUCCESS, done_words)
        closed = operators.close([registration], reason=reason, actor=actor, now=now)
        return (
            (messages.SUCCESS, "Geschlossen.")
            if closed
            else (messages.ERROR, "Hier gibt es nichts zu schließen.")
        )

    @admin.action(description="Briefe bestellen, wo die Anschrift jetzt vorliegt")
    def order_letters(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        ids = list(chosen.values_list("id", flat=True))
        done, left = operators.order_letters(ids, actor=actor_of(request), now=now_of(request))
        if done:
            self.message_user(
                request, f"Wieder beim Arbeiter, er bestellt die Briefe: {done}.", messages.SUCCESS
            )
        if left:
            self.message_user(request, f"Weiter ohne vollständige Anschrift: {left}.", messages.WARNING)

    @admin.action(description="ohne Briefe schließen")
    def close(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        ids = list(chosen.filter(state__in=operators.QUEUE).values_list("id", flat=True))
        form = ReasonForm(request.POST if CONFIRMED in request.POST else None)
        if ids and not form.is_valid():
            return self.ask_first(request, _question_of_closing(len(ids), request), rows=ids, form=form)
        reason = form.cleaned_data["reason"] if ids else ""
        done = operators.close(ids, reason=reason, actor=actor_of(request), now=now_of(request))
        level = messages.SUCCESS if done else messages.WARNING
        self.message_user(request, f"Ohne Briefe geschlossen: {done}.", level)
        return None

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
        return _settled(row)


def _settled(row: Registration) -> SafeString:
    """When a request was done with; one that waits for the operator is not, whatever the worker noted."""
    return moment(None if row.state in operators.QUEUE else row.settled_at)
