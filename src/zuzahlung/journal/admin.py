"""What all lists of the operator's site have in common: nothing is deleted, and the journal notes each change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zuzahlung.journal.rules import fault_of_reason
from zuzahlung.journal.services import Actor
from zuzahlung.standards.days import format_day, format_time, german_day

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

NOTHING = "–"
CONFIRMED = "bestaetigt"
"""What the button of a question sends besides."""


class House(Protocol):
    """What the operator's site knows of institutions and tells the businesses below those that hold them."""

    def names_of(self, institutions: Collection[UUID]) -> Mapping[UUID, str]:
        """IK and name of each."""

    def find_institution(self, ik: str) -> UUID | None:
        """The institution with this IK."""


def house_of(page: admin.ModelAdmin[Any]) -> House:
    """The site a page belongs to, as businesses see it."""
    return cast("House", page.admin_site)


def actor_of(request: HttpRequest) -> Actor:
    """The operator who is signed in, as the journal names them."""
    user: Any = request.user
    return Actor(kind="operator", id=user.id, name=user.username)


def now_of(request: HttpRequest) -> datetime:
    """The one time of this request."""
    now: datetime = request.now  # type: ignore[attr-defined]
    return now


def moment(at: datetime | None) -> SafeString:
    """A German day and time for a cell, which breaks between both at most."""
    if at is None:
        return format_html("{}", NOTHING)
    return format_html(
        '<span class="nowrap">{}</span> <span class="nowrap quiet">{}</span>',
        format_day(german_day(at)),
        format_time(at),
    )


def state_words(kind: str, words: str) -> SafeString:
    """A state as icon, words and colour; `kind` is one of good, caution, bad, none."""
    return render_to_string("portal/parts/state.html", {"state": kind, "words": words})


def institution_link(institution: UUID, words: object) -> SafeString:
    """A link to the page of an institution in the directory."""
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:accounts_institution_change", args=[institution]), words
    )


class ReasonField(forms.CharField):
    """Why the operator does something: it stands in the journal, and names no insured."""

    def __init__(
        self,
        *,
        label: str = "Grund",
        help_text: str = "Steht im Journal.",
        missing: str = "Bitte geben Sie einen Grund an.",
    ) -> None:
        super().__init__(
            label=label,
            max_length=300,
            help_text=help_text,
            widget=forms.TextInput({"autocomplete": "off"}),
            error_messages={"required": missing},
        )

    def validate(self, value: Any) -> None:
        """Looks for what must not stand in the journal."""
        super().validate(value)
        if fault := fault_of_reason(value):
            raise forms.ValidationError(fault)


class ReasonForm(forms.Form):
    """A button that wants a reason."""

    reason = ReasonField(help_text="Steht im Journal, zum Beispiel: Anruf vom 22.11., Schreiben vom 20.11.")

    @property
    def fault(self) -> str:
        """What is wrong with the reason, and that nothing has happened."""
        return f"{self.errors['reason'][0]} Es ist nichts geschehen."


class StateFilter(admin.SimpleListFilter):
    """Chooses rows by their state; without a choice the first one holds, and a search looks through all states."""

    title = "Stand"
    parameter_name = "stand"
    states: Sequence[tuple[str, str]] = ()
    ALL = "alle"

    def __init__(self, request: HttpRequest, *given: Any) -> None:
        self.is_search = bool(request.GET.get(SEARCH_VAR, "").strip())
        super().__init__(request, *given)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        has_all = any(value == self.ALL for value, _ in self.states)
        return list(self.states) if has_all else [*self.states, (self.ALL, "alle")]

    def choices(self, changelist: Any) -> Any:
        chosen = self.chosen
        for value, words in self.lookup_choices:
            yield {
                "selected": value == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.chosen == self.ALL else self.narrowed(queryset, self.chosen)

    def narrowed(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        """The rows of one choice; a subclass may know choices that are no state of the table."""
        return queryset.filter(state=chosen)

    @property
    def chosen(self) -> str:
        """The choice made, or the one that holds without."""
        known = [value for value, _ in self.lookup_choices]
        value = self.value()
        if value in known:
            return value
        return self.ALL if self.is_search else known[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What the operator is asked before something that cannot be undone; `back` leads away from it."""

    title: str
    sentences: Sequence[str]
    button: str
    back: str


class HouseList(ChangeList):
    """A page of a list whose rows are finished together, so that no row asks the database for itself."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        cast("HouseAdmin", self.model_admin).finish(request, self.result_list)


class HouseAdmin(_ModelAdmin):
    """A list and its detail page; deleting is nowhere possible, changing only where a subclass says so."""

    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    actions_selection_counter = False
    sortable_by = ()
    heading = ""
    explanation = ""
    add_words = ""
    detail_template = ""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By the named filters only: by columns, an address could spell out what no page shows."""
        filters: Sequence[Any] = self.list_filter
        return lookup in {one.parameter_name for one in filters}

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """No, for the same reason."""
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return HouseList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if "action" in request.POST and not request.POST.getlist(ACTION_CHECKBOX_NAME):
            none = "Bitte wählen Sie zuerst mindestens eine Zeile aus. Es ist nichts geschehen."
            self.message_user(request, none, messages.WARNING)
            return redirect(request.get_full_path())
        words = {"title": self.heading, "explanation": self.explanation, "add_words": self.add_words}
        return super().changelist_view(request, {**words, **(extra_context or {})})

    def ask_first(
        self, request: HttpRequest, question: Question, *, rows: Sequence[object] = (), form: Any = None
    ) -> HttpResponse:
        """A page that says what would happen; its button sends the same step once more, now with CONFIRMED."""
        hidden = [("action", request.POST["action"]), ("index", "0")] if rows else []
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": question.title,
            "question": question,
            "form": form,
            "hidden": [*hidden, *((ACTION_CHECKBOX_NAME, row) for row in rows)],
            "confirmed": CONFIRMED,
        }
        return TemplateResponse(request, "operator/question.html", context)

    def finish(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Adds to the rows of one page what takes a query of its own."""

    def detail(self, request: HttpRequest, row: Any) -> Mapping[str, Any]:
        """What the template of the detail page needs."""
        return {}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Shows one row; pages with a form override this."""
        if not self.detail_template:
            raise Http404
        row = self.get_object(request, object_id)
        if row is None:
            # Django says so and leads back to the list.
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        return TemplateResponse(
            request,
            self.detail_template,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "row": row,
                **self.detail(request, row),
            },
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one journal, and it has its own page."""
        return redirect("admin:journal")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the journal is the only log, and services write it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing, as above."""
