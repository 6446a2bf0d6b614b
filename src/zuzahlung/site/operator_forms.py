"""How forms of the operator's site look, and the few that belong to no business."""

from __future__ import annotations

from typing import Any

from django import forms

from zuzahlung.journal.admin import ReasonField
from zuzahlung.portal import forms_look
from zuzahlung.standards.days import parse_day
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.numbers import ik, kvnr
from zuzahlung.vault import codes


class _Field(forms_look.PortalField):
    @property
    def is_optional(self) -> bool:
        """Never said here: who works with these forms every day knows what may stay empty."""
        return False


class Renderer(forms_look.Renderer):
    """The look of the portal's forms, without „freiwillig“; named by the setting FORM_RENDERER."""

    bound_field_class = _Field


class SignInForm(forms.Form):
    """Name and password."""

    name = forms.CharField(
        label="Benutzername",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Bitte geben Sie Ihren Benutzernamen ein."},
    )
    password = forms.CharField(
        label="Passwort",
        max_length=128,
        strip=False,
        widget=forms_look.SignInPasswordInput,
        error_messages={"required": "Bitte geben Sie Ihr Passwort ein."},
    )


class CodeForm(forms.Form):
    """The code of six digits that the app shows."""

    code = forms.CharField(
        label="Code aus der App",
        max_length=20,
        help_text="Sechs Ziffern; nach einer halben Minute zeigt die App neue.",
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "in-code in-short",
                "autofocus": True,
            }
        ),
        error_messages={"required": "Bitte geben Sie den Code aus der App ein."},
    )

    def clean_code(self) -> str:
        """The digits alone."""
        code = "".join(self.cleaned_data["code"].split())
        if not (code.isdecimal() and len(code) == 6):
            raise forms.ValidationError("Der Code hat sechs Ziffern.")
        return code


class JournalForm(forms.Form):
    """Which entries of the journal are shown; everything else is narrowing."""

    scope = forms.ChoiceField(
        label="Einträge",
        choices=[
            ("institution", "einer Einrichtung"),
            ("operators", "des Betriebs"),
            ("house", "des Hauses (ohne Einrichtung)"),
        ],
    )
    ik = forms.CharField(label="IK der Einrichtung", required=False, widget=forms_look.IkInput)
    number = forms.CharField(
        label="Auskunft-Nummer",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "class": "in-code"}),
    )
    since = forms.CharField(label="von", required=False, widget=forms_look.DayInput)
    until = forms.CharField(label="bis", required=False, widget=forms_look.DayInput)

    def clean(self) -> dict[str, Any]:
        """Entries of an institution need its IK; days are German days."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("number"):
            # The number alone finds its entry, whatever else the form says.
            self._parse(values, "number", codes.uuid7_range_of_number)
        elif values.get("scope") == "institution":
            self._parse(values, "ik", ik.parse)
        for name in ("since", "until"):
            if values.get(name):
                self._parse(values, name, parse_day)
            else:
                values[name] = None
        return values

    def _parse(self, values: dict[str, Any], name: str, parse: Any) -> None:
        try:
            values[name] = parse(values.get(name) or "")
        except MalformedInput as error:
            self.add_error(name, error.text)


class DisclosureForm(forms.Form):
    """Whose data is asked about, and why."""

    kvnr = forms.CharField(
        label="Krankenversichertennummer",
        widget=forms_look.KvnrInput,
        help_text="Von der Karte der Person, die Auskunft verlangt. Sie wird nirgends gespeichert.",
        error_messages={"required": "Bitte geben Sie die Krankenversichertennummer ein."},
    )
    reason = ReasonField(
        label="Grund der Suche",
        help_text="Steht im Journal, zum Beispiel: Auskunftsverlangen vom 20.11.2026, Vorgang 4711.",
        missing="Bitte geben Sie einen Grund an. Ohne Grund wird nicht gesucht.",
    )
    search = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_kvnr(self) -> str:
        """The number with its check digit tested."""
        try:
            return kvnr.parse(self.cleaned_data["kvnr"])
        except MalformedInput as error:
            raise forms.ValidationError(error.text) from None
