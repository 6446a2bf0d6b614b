"""The operator's pages of the query: stands of the registry, and quotas of institutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from zuzahlung.exemptions import imports, limits, registry
from zuzahlung.exemptions.models import Quota, Stand
from zuzahlung.journal.admin import (
    NOTHING,
    HouseAdmin,
    Question,
    ReasonField,
    ReasonForm,
    StateFilter,
    actor_of,
    house_of,
    moment,
    now_of,
    state_words,
)
from zuzahlung.standards.days import format_day, format_moment, german_day

STAND_WORDS: Mapping[str, tuple[str, str]] = {
    Stand.LOADING: ("none", "wird gelesen"),
    Stand.WAITING: ("caution", "wartet auf Sie"),
    Stand.SERVED: ("good", "in Kraft"),
    Stand.REPLACED: ("none", "abgelöst"),
    Stand.REFUSED: ("bad", "abgelehnt"),
}


def whole(number: int) -> str:
    """A whole number with points between its thousands."""
    return f"{number:,}".replace(",", ".")


class StandAdmin(HouseAdmin):
    """Register: each delivery of the fund, with its report."""

    detail_template = "operator/stand.html"
    heading = "Register"
    explanation = (
        "Jede Lieferung der Kasse ist ein Stand. Fällt er aus dem Rahmen (zu viele fehlerhafte Zeilen, zu viele "
        "fehlende Versicherte), wartet er hier; bis dahin gilt der bisherige weiter."
    )
    list_display = (
        "day_shown",
        "file_shown",
        "state_shown",
        "insured_shown",
        "faulty_shown",
        "missing_shown",
        "started_shown",
        "served_shown",
    )
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        refuse = self.admin_site.admin_view(require_POST(self.refuse_view))
        release = self.admin_site.admin_view(self.release_view)
        return [
            path("<int:stand>/ablehnen/", refuse, name="exemptions_stand_refuse"),
            path("<int:stand>/freigeben/", release, name="exemptions_stand_release"),
            *super().get_urls(),
        ]

    def detail(self, request: HttpRequest, row: Stand) -> Mapping[str, Any]:
        served = Stand.objects.filter(state=Stand.SERVED).exclude(id=row.id).first()
        return {
            "title": f"Stand vom {format_day(row.day)}",
            "state": _state_of(row),
            "released": _released(row),
            "is_superseded": _is_superseded(row),
            "is_waiting": row.state == Stand.WAITING,
            "started": moment(row.started_at),
            "finished": moment(row.finished_at),
            "served": moment(row.served_at),
            "insured": whole(row.insured),
            "faulty": whole(row.faulty),
            "missing": whole(row.missing),
            "lines": whole(row.report.get("lines", 0)),
            "waits": row.report.get("waits", ()),
            "note": row.report.get("note", ""),
            "refused": row.report.get("refused"),
            "faults": row.report.get("first", ()),
            "reasons": [(words, whole(count)) for words, count in _counted(row.report.get("reasons", {}))],
            "fault_file": row.report.get("file", ""),
            "left_out": row.report.get("leftOut") and whole(row.report["leftOut"]),
            "current": served and {"day": format_day(served.day), "insured": whole(served.insured)},
        }

    def refuse_view(self, request: HttpRequest, stand: int) -> HttpResponse:
        """Gives up a stand that waits."""
        done = imports.refuse_stand(stand, actor=actor_of(request), now=now_of(request))
        return self._decided(
            request, stand, done=done, words="Der Stand ist abgelehnt. Der bisherige gilt weiter."
        )

    def release_view(self, request: HttpRequest, stand: int) -> HttpResponse:
        """Says what a release would change, asks for a reason, and then puts the stand into service."""
        row = Stand.objects.filter(id=stand, state=Stand.WAITING).first()
        if row is None:
            return self._decided(request, stand, done=False, words="")
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.ask_first(request, _question_of_release(row), form=form)
        reason = form.cleaned_data["reason"]
        done = imports.release_stand(stand, reason=reason, actor=actor_of(request), now=now_of(request))
        return self._decided(request, stand, done=done, words="Der Stand ist in Kraft.")

    def _decided(self, request: HttpRequest, stand: int, *, done: bool, words: str) -> HttpResponse:
        if done:
            self.message_user(request, words, messages.SUCCESS)
        else:
            waits_no_more = "Dieser Stand wartet nicht mehr. Es ist nichts geschehen."
            self.message_user(request, waits_no_more, messages.ERROR)
        return redirect("admin:exemptions_stand_change", stand)

    @admin.display(description="Stand vom")
    def day_shown(self, row: Stand) -> str:
        return format_day(row.day)

    @admin.display(description="Zustand")
    def state_shown(self, row: Stand) -> SafeString:
        return _state_of(row)

    @admin.display(description="Datei")
    def file_shown(self, row: Stand) -> str:
        return row.file_name or NOTHING

    @admin.display(description="Versicherte")
    def insured_shown(self, row: Stand) -> SafeString:
        return _number(row.insured)

    @admin.display(description="fehlerhafte Zeilen")
    def faulty_shown(self, row: Stand) -> SafeString:
        return _number(row.faulty)

    @admin.display(description="fehlen gegenüber vorher")
    def missing_shown(self, row: Stand) -> SafeString:
        return _number(row.missing)

    @admin.display(description="eingespielt")
    def started_shown(self, row: Stand) -> SafeString:
        return moment(row.started_at)

    @admin.display(description="in Kraft seit")
    def served_shown(self, row: Stand) -> SafeString:
        return moment(row.served_at)


def _is_superseded(row: Stand) -> bool:
    """Whether a newer delivery came before anybody had decided: nobody refused this one."""
    return bool(row.report.get("refused", {}).get("superseded"))


def _state_of(row: Stand) -> SafeString:
    return state_words("none", "ersetzt") if _is_superseded(row) else state_words(*STAND_WORDS[row.state])


def _released(row: Stand) -> Mapping[str, Any] | None:
    """Who let a stand in that had waited, when and why."""
    told = row.report.get("released")
    return told and {**told, "at": format_moment(datetime.fromisoformat(told["at"]))}


def _question_of_release(row: Stand) -> Question:
    served = Stand.objects.filter(state=Stand.SERVED).first()
    sentences = list(row.report.get("waits", ()))
    if row.missing == 1:
        sentences.append(
            "1 versicherte Person wird dem Register unbekannt: Wer nach ihr fragt, bekommt keine Auskunft mehr."
        )
    elif row.missing:
        sentences.append(
            f"{whole(row.missing)} Versicherte werden dem Register unbekannt: Wer nach ihnen fragt, bekommt keine Auskunft "
            "mehr."
        )
    if served is not None:
        sentences.append(
            f"Bisher gilt der Stand vom {format_day(served.day)} mit {whole(served.insured)} Versicherten, danach dieser mit "
            f"{whole(row.insured)}. Zurück geht es nur mit einer neuen Lieferung."
        )
    return Question(
        title=f"Stand vom {format_day(row.day)} freigeben?",
        sentences=sentences,
        button="Trotzdem in Kraft setzen",
        back=reverse("admin:exemptions_stand_change", args=[row.id]),
    )


def _number(number: int) -> SafeString:
    return format_html('<span class="number">{}</span>', whole(number))


def _counted(reasons: Any) -> list[tuple[str, int]]:
    pairs = reasons.items() if isinstance(reasons, dict) else [(words, count) for words, count in reasons]
    return sorted(pairs, key=lambda pair: -pair[1])


class QuotaForm(forms.Form):
    """An institution's own limits; an empty field is the limit of the house."""

    per_day = forms.IntegerField(label="Abfragen am Tag", required=False, min_value=0, max_value=1_000_000)
    per_burst = forms.IntegerField(
        label="Abfragen in kurzer Zeit", required=False, min_value=0, max_value=1_000_000
    )
    unknown_per_day = forms.IntegerField(
        label="Abfragen ohne Auskunft am Tag", required=False, min_value=0, max_value=1_000_000
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        house = settings.HOUSE.exemptions
        helps = {
            "per_day": f"Leer: wie im Haus üblich, {house.per_day}",
            "per_burst": f"Innerhalb von {house.burst_seconds // 60} Minuten. Leer: wie im Haus üblich, {house.per_burst}",
            "unknown_per_day": f"Leer: wie im Haus üblich, {house.unknown_per_day}",
        }
        for name, words in helps.items():
            self.fields[name].help_text = words
            self.fields[name].widget.attrs["class"] = "in-short"


class QuotaFilter(StateFilter):
    """Institutions whose quota deserves a look."""

    title = "Zeigen"
    parameter_name = "zeigen"
    states = (("eigen", "mit eigenen Grenzen"), ("voll", "heute aufgebraucht"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        self.today = german_day(now_of(request))
        return super().queryset(request, queryset)

    def narrowed(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        house = settings.HOUSE.exemptions
        if chosen == "eigen":
            return queryset.exclude(per_day=None, per_burst=None, unknown_per_day=None)
        used_up = Q(used__gte=Coalesce(F("per_day"), Value(house.per_day))) | Q(
            unknown__gte=Coalesce(F("unknown_per_day"), Value(house.unknown_per_day))
        )
        return queryset.filter(used_up, on_day=self.today)


class QuotaAdmin(HouseAdmin):
    """Kontingente: how much each institution may ask, and how much it has asked today."""

    heading = "Kontingente"
    explanation = (
        "Wie viel eine Einrichtung am Tag fragen darf. Die Grenzen des Hauses gelten für alle; hier bekommt eine "
        "einzelne ihre eigenen, oder sie fängt heute noch einmal von vorn an."
    )
    list_display = ("institution_shown", "used_shown", "unknown_shown", "burst_shown")
    list_filter = (QuotaFilter,)
    search_fields = ("institution",)
    search_help_text = "ganzes IK"
    ordering = ("institution",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(institution=self.institution_of(search_term)), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Leads on to an institution that was searched for and has no row yet, because it never asked."""
        searched = self.institution_of(request.GET.get("q", ""))
        if searched is not None and not Quota.objects.filter(institution=searched).exists():
            return redirect("admin:exemptions_quota_change", searched)
        return super().changelist_view(request, extra_context)

    def institution_of(self, search_term: str) -> UUID | None:
        """The institution with the typed IK."""
        ik = "".join(search_term.split())
        return house_of(self).find_institution(ik) if ik else None

    def finish(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = house_of(self).names_of({row.institution for row in rows})
        today = german_day(now_of(request))
        for row in rows:
            row.institution_name = names.get(row.institution, NOTHING)
            row.today = (row.used, row.unknown) if row.on_day == today else (0, 0)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.quota_view)
        afresh = self.admin_site.admin_view(require_POST(self.afresh_view))
        return [
            path("<uuid:institution>/change/", view, name="exemptions_quota_change"),
            path("<uuid:institution>/von-vorn/", afresh, name="exemptions_quota_afresh"),
            *super().get_urls(),
        ]

    def quota_view(self, request: HttpRequest, institution: UUID) -> HttpResponse:
        """Shows and sets the limits of one institution, whether it has asked before or not."""
        name = house_of(self).names_of([institution]).get(institution)
        if name is None:
            raise Http404
        row = limits.row_of(institution, now_of(request))
        initial = {"per_day": row.per_day, "per_burst": row.per_burst, "unknown_per_day": row.unknown_per_day}
        form = QuotaForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            reason = given.pop("reason")
            limits.set_limits(
                institution,
                limits.Limits(**given),
                reason=reason,
                actor=actor_of(request),
                now=now_of(request),
            )
            self.message_user(request, "Die Grenzen gelten ab der nächsten Abfrage.", messages.SUCCESS)
            return redirect("admin:exemptions_quota_change", institution)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": name,
            "subtitle": "Kontingent",
            "form": form,
            "row": row,
            "per_day": _or_house(row.per_day, settings.HOUSE.exemptions.per_day),
            "unknown_per_day": _or_house(row.unknown_per_day, settings.HOUSE.exemptions.unknown_per_day),
            "institution_url": reverse("admin:accounts_institution_change", args=[institution]),
        }
        return TemplateResponse(request, "operator/quota.html", context)

    def afresh_view(self, request: HttpRequest, institution: UUID) -> HttpResponse:
        """Lets an institution start today's count afresh."""
        given = ReasonForm(request.POST)
        if given.is_valid():
            limits.start_afresh(
                institution, reason=given.cleaned_data["reason"], actor=actor_of(request), now=now_of(request)
            )
            self.message_user(request, "Die Zählung von heute beginnt von vorn.", messages.SUCCESS)
        else:
            self.message_user(request, given.fault, messages.ERROR)
        return redirect("admin:exemptions_quota_change", institution)

    @admin.display(description="Einrichtung")
    def institution_shown(self, row: Any) -> str:
        return str(row.institution_name)

    @admin.display(description="heute gefragt")
    def used_shown(self, row: Any) -> str:
        return f"{row.today[0]} von {_or_house(row.per_day, settings.HOUSE.exemptions.per_day)}"

    @admin.display(description="davon ohne Auskunft")
    def unknown_shown(self, row: Any) -> str:
        return (
            f"{row.today[1]} von {_or_house(row.unknown_per_day, settings.HOUSE.exemptions.unknown_per_day)}"
        )

    @admin.display(description="in kurzer Zeit höchstens")
    def burst_shown(self, row: Quota) -> str:
        return str(_or_house(row.per_burst, settings.HOUSE.exemptions.per_burst))


def _or_house(own: int | None, house: int) -> int:
    return house if own is None else own


def waiting_stands() -> int:
    """How many stands wait for the operator."""
    return Stand.objects.filter(state=Stand.WAITING).count()


def served_stand() -> Stand | None:
    """The stand that is served now."""
    return Stand.objects.filter(state=Stand.SERVED).first()


def is_answered_elsewhere() -> bool:
    """Says whether a fund's own system answers, so that no stand here does."""
    return registry.is_foreign()


PAGES = ((Stand, StandAdmin), (Quota, QuotaAdmin))
