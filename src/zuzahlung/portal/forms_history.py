"""The search in the Verlauf: every field is voluntary, and what is empty narrows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms

from zuzahlung.exemptions.history import RESULTS, Search
from zuzahlung.journal.services import Actor
from zuzahlung.portal.forms import DayField, KvnrField
from zuzahlung.portal.forms_look import CodeInput, PortalForm
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.vault import codes

RESULT_WORDS: Mapping[str, str] = {
    "exempt": "befreit",
    "liable": "nicht befreit",
    "minor": "unter 18",
    "mixed": "wechselt in der Serie",
    "unknown": "keine Auskunft",
}


class HistoryForm(PortalForm):
    """Verlauf durchsuchen."""

    is_search = True

    kvnr = KvnrField(label="Krankenversichertennummer", required=False)
    number = forms.CharField(
        label="Auskunft-Nummer", required=False, max_length=80, widget=CodeInput({"class": "in-code"})
    )
    result = forms.ChoiceField(
        label="Auskunft",
        required=False,
        choices=[("", "alle"), *((name, RESULT_WORDS[name]) for name in RESULTS)],
        error_messages={"invalid_choice": "Bitte wählen Sie eine der Auskünfte aus der Liste."},
    )
    day = DayField(label="Tag der Abgabe", required=False)
    since = DayField(label="Abgefragt ab", required=False)
    until = DayField(label="Abgefragt bis", required=False)
    asker = forms.TypedChoiceField(
        label="Abgefragt von",
        required=False,
        coerce=UUID,
        empty_value=None,
        error_messages={"invalid_choice": "Bitte wählen Sie eine Person aus der Liste."},
    )

    def __init__(self, data: Mapping[str, Any], *, askers: Iterable[Actor] | None) -> None:
        super().__init__(data)
        if askers is None:
            del self.fields["asker"]
        else:
            chosen: Any = self.fields["asker"]
            chosen.choices = [("", "alle"), *((str(one.id), _name(one)) for one in askers)]

    def clean_number(self) -> str:
        """The number without its grouping, or a sentence that says what is wrong."""
        text: str = self.cleaned_data["number"]
        if not text:
            return ""
        try:
            codes.uuid7_range_of_number(text)
            return codes.parse(text, codes.AUSKUNFT_NUMMER)
        except MalformedInput as error:
            raise forms.ValidationError(error.text) from None

    def clean(self) -> dict[str, Any]:
        """A period has its days in order."""
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "Der letzte Tag liegt vor dem ersten. Bitte prüfen Sie beide.")
        return values

    def search(self) -> Search:
        """What is looked for; only for a form without faults."""
        values = self.cleaned_data
        return Search(
            kvnr=values["kvnr"] or None,
            asker=values.get("asker"),
            day=values["day"],
            since_on=values["since"],
            until_on=values["until"],
            result=values["result"] or None,
            number=values["number"] or None,
        )


def _name(one: Actor) -> str:
    return f"Schlüssel „{one.name}“" if one.kind == "key" else one.name
