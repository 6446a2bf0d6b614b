"""The operator's pages of the outbox: letters that wait for the post, and mails that did not go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zuzahlung.delivery import operating
from zuzahlung.delivery.models import LetterOut, MailOut, Outgoing
from zuzahlung.delivery.services import kind_name, sign_of
from zuzahlung.journal.admin import (
    CONFIRMED,
    NOTHING,
    HouseAdmin,
    Question,
    StateFilter,
    actor_of,
    house_of,
    institution_link,
    moment,
    now_of,
    state_words,
)

STATE_WORDS: Mapping[str, tuple[str, str]] = {
    Outgoing.WAITING: ("none", "bestellt"),
    Outgoing.PRINTED: ("caution", "im Druckordner"),
    Outgoing.POSTED: ("good", "verschickt"),
    Outgoing.RETURNED: ("bad", "zurückgekommen"),
    Outgoing.SENT: ("good", "gesendet"),
    Outgoing.FAILED: ("bad", "gescheitert"),
    Outgoing.CANCELLED: ("none", "zurückgezogen"),
}


def state_of_parcel(state: str) -> SafeString:
    """The state of a parcel in words."""
    return state_words(*STATE_WORDS[state])


class LetterStates(StateFilter):
    """Letters by what is to be done with them."""

    NEW_ONE = "neu"
    states = (
        (Outgoing.PRINTED, "im Druckordner"),
        (Outgoing.WAITING, "bestellt"),
        (Outgoing.POSTED, "verschickt"),
        (NEW_ONE, "zurückgekommen, ohne neuen Brief"),
        (Outgoing.RETURNED, "zurückgekommen"),
        (Outgoing.FAILED, "gescheitert"),
        (Outgoing.CANCELLED, "zurückgezogen"),
    )

    def narrowed(self, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        if chosen == self.NEW_ONE:
            return queryset.filter(id__in=operating.returned_without_new_one().values("id"))
        return super().narrowed(queryset, chosen)


class ParcelAdmin(HouseAdmin):
    """What letters and mails have in common."""

    channel = ""
    list_display_links = None
    ordering = ("-made_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The operator's role may not read what is sealed for an institution.
        return super().get_queryset(request).filter(channel=self.channel).defer("recipient_sealed")

    @admin.display(description="Art")
    def kind_shown(self, row: Outgoing) -> str:
        return kind_name(row.kind)

    @admin.display(description="Stand")
    def state_shown(self, row: Outgoing) -> SafeString:
        return state_of_parcel(row.state)

    @admin.display(description="bestellt")
    def made_shown(self, row: Outgoing) -> SafeString:
        return moment(row.made_at)


def _run(
    page: ParcelAdmin,
    request: HttpRequest,
    chosen: QuerySet[Any],
    what: Callable[..., int],
    words: tuple[str, str],
) -> None:
    """Runs an action on the chosen rows and says on how many; rows it does not fit are left alone."""
    ids = list(chosen.values_list("id", flat=True))
    done = what(ids, actor=actor_of(request), now=now_of(request))
    if done:
        page.message_user(request, f"{done} {words[0] if done == 1 else words[1]}.", messages.SUCCESS)
    if done < len(ids):
        page.message_user(
            request,
            f"Bei {len(ids) - done} passte das nicht zum Stand; dort bleibt alles, wie es war.",
            messages.WARNING,
        )


class LetterAdmin(ParcelAdmin):
    """Briefe: what lies in the print folder, and what became of it."""

    channel = Outgoing.LETTER
    heading = "Briefe"
    explanation = (
        "Gedruckte Briefe liegen als PDF im Druckordner. Sind sie bei der Post, melden Sie sie hier als verschickt: "
        "Die Dateien werden dann gelöscht. Kommt ein Brief zurück, gilt sein Geheimnis sofort nicht mehr."
    )
    list_display = (
        "recipient_shown",
        "address_shown",
        "kind_shown",
        "sign_shown",
        "state_shown",
        "made_shown",
        "done_shown",
    )
    list_filter = (LetterStates,)
    search_fields = ("recipient__ik", "recipient__name")
    search_help_text = "IK, Name oder unser Zeichen auf dem Brief"
    actions = ("post", "take_back")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = "".join(search_term.split())
        if term.isdecimal() and len(term) <= 9:
            return queryset.filter(recipient__ik__startswith=term), False
        found = Q(recipient__name__icontains=search_term.strip()) | Q(text_id__endswith=term.lower())
        return queryset.annotate(text_id=Cast("id", TextField())).filter(found), False

    @admin.action(description="als verschickt melden")
    def post(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        ids = list(chosen.filter(state=Outgoing.PRINTED).values_list("id", flat=True))
        if ids and CONFIRMED not in request.POST:
            return self.ask_first(request, _question_of_posting(len(ids), request), rows=ids)
        _run(self, request, chosen, operating.mark_posted, ("Brief ist verschickt", "Briefe sind verschickt"))
        return None

    @admin.action(description="als zurückgekommen melden")
    def take_back(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        words = (
            "Brief kam zurück, sein Geheimnis gilt nicht mehr",
            "Briefe kamen zurück, ihre Geheimnisse gelten nicht mehr",
        )
        _run(self, request, chosen, operating.mark_returned, words)

    @admin.display(description="Empfänger")
    def recipient_shown(self, row: Outgoing) -> SafeString:
        link = institution_link(row.institution, f"IK {row.recipient.get('ik', NOTHING)}")
        return format_html("<b>{}</b><br>{}", row.recipient.get("name", NOTHING), link)

    @admin.display(description="Anschrift")
    def address_shown(self, row: Outgoing) -> SafeString:
        to = row.recipient
        return format_html("{}<br>{} {}", to.get("street", ""), to.get("postcode", ""), to.get("city", ""))

    @admin.display(description="erledigt")
    def done_shown(self, row: Outgoing) -> SafeString:
        return moment(row.done_at)

    @admin.display(description="Unser Zeichen")
    def sign_shown(self, row: Outgoing) -> SafeString:
        return format_html('<span class="nowrap">{}</span>', sign_of(row.id))


def _question_of_posting(count: int, request: HttpRequest) -> Question:
    one, many = ("1 Brief", "seine PDF-Datei wird"), (f"{count} Briefe", f"ihre {count} PDF-Dateien werden")
    which, files = one if count == 1 else many
    return Question(
        title=f"{which} als verschickt melden?",
        sentences=(
            "Melden Sie das erst, wenn alles gedruckt und bei der Post ist.",
            f"{files[0].upper()}{files[1:]} dann im Druckordner gelöscht.",
            "Fehlt ein Ausdruck noch, brechen Sie bitte ab: Aus dem Haus kommt derselbe Brief kein zweites Mal.",
        ),
        button="Verschickt, Dateien löschen",
        back=request.get_full_path(),
    )


class MailStates(StateFilter):
    """Mails by their state, the failed ones first."""

    states = (
        (Outgoing.FAILED, "gescheitert"),
        (Outgoing.WAITING, "wartet"),
        (Outgoing.SENT, "gesendet"),
        (Outgoing.CANCELLED, "zurückgezogen"),
    )


class MailAdmin(ParcelAdmin):
    """Postausgang: mails, without address and text."""

    channel = Outgoing.MAIL
    heading = "E-Mails"
    explanation = (
        "E-Mails, die der Mailserver nicht annahm. Nach rund zwei Tagen gibt das Haus auf; hier lassen Sie es noch einmal "
        "versuchen. Anschrift und Text sind für das Haus verschlossen."
    )
    list_display = (
        "institution_shown",
        "kind_shown",
        "state_shown",
        "made_shown",
        "attempts",
        "reason_shown",
        "next_shown",
    )
    list_filter = (MailStates,)
    actions = ("once_more",)

    def finish(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = house_of(self).names_of({row.institution for row in rows})
        for row in rows:
            row.institution_name = names.get(row.institution, NOTHING)

    @admin.action(description="noch einmal versuchen")
    def once_more(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        words = ("E-Mail wird noch einmal versucht", "E-Mails werden noch einmal versucht")
        _run(self, request, chosen, operating.try_again, words)

    @admin.display(description="Einrichtung")
    def institution_shown(self, row: Any) -> SafeString:
        return institution_link(row.institution, row.institution_name)

    @admin.display(description="Grund")
    def reason_shown(self, row: Outgoing) -> str:
        return row.reason or NOTHING

    @admin.display(description="nächster Versuch")
    def next_shown(self, row: Outgoing) -> SafeString:
        return moment(row.next_attempt_at)


PAGES = ((LetterOut, LetterAdmin), (MailOut, MailAdmin))
