"""The one field of a list query: the file."""

from __future__ import annotations

from django import forms

from zuzahlung.portal.forms_look import PortalForm


class ListForm(PortalForm):
    """Listenabfrage: a file to be checked."""

    file = forms.FileField(
        label="CSV-Datei",
        allow_empty_file=True,
        max_length=255,
        help_text="Vor dem Start prüfen wir die Datei und sagen Ihnen, was wir gefunden haben. Bis dahin wird nichts "
        "abgefragt.",
        widget=forms.ClearableFileInput({"accept": ".csv,.txt,text/csv"}),
        error_messages={
            "required": "Bitte wählen Sie eine CSV-Datei aus.",
            "invalid": "Die Datei kam nicht an. Bitte wählen Sie sie noch einmal aus.",
            "max_length": "Der Name der Datei ist zu lang. Bitte benennen Sie sie um.",
        },
    )
