"""The forms of the portal: labels, helps and sentences of error in plain German."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from zuzahlung.accounts.services.passwords import fault_of_password
from zuzahlung.exemptions.permission_texts import permission_choices
from zuzahlung.portal.captcha_fields import CaptchaFields
from zuzahlung.portal.forms_look import (
    Cards,
    CodeInput,
    DayInput,
    IkInput,
    KvnrInput,
    NewPasswordInput,
    SignInPasswordInput,
)
from zuzahlung.standards.days import format_day, parse_day
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.numbers import ik, kvnr
from zuzahlung.vault import codes


class IkField(forms.CharField):
    """An IK as typed, with its check digit tested."""

    widget = IkInput

    def clean(self, value: Any) -> Any:
        """The nine digits, or a sentence that says what is wrong."""
        text = super().clean(value)
        try:
            return ik.parse(text)
        except MalformedInput as error:
            raise forms.ValidationError(error.text) from None


class KvnrField(forms.CharField):
    """A KVNR as typed, with its check digit tested before anything is sent on."""

    widget = KvnrInput

    def clean(self, value: Any) -> Any:
        """The number, or a sentence that says what is wrong."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return kvnr.parse(text)
        except MalformedInput as error:
            raise forms.ValidationError(error.text) from None


class DayField(forms.CharField):
    """One day, from the browser's calendar or typed."""

    widget = DayInput

    def clean(self, value: Any) -> date | None:
        """The day, or a sentence that says what is wrong."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_day(text)
        except MalformedInput as error:
            raise forms.ValidationError(error.text) from None

    def prepare_value(self, value: Any) -> Any:
        """A day stays a day for the widget; what was typed stays as typed."""
        return value


def _required(sentence: str) -> dict[str, str]:
    return {"required": sentence}


class RegistrationForm(CaptchaFields):
    """Neues Konto registrieren."""

    ik = IkField(
        label="Institutionskennzeichen (IK)",
        help_text="9 Ziffern, zum Beispiel 260\u00a0326\u00a0822. Es steht auf Ihren Abrechnungen.",
        error_messages=_required("Bitte geben Sie Ihr Institutionskennzeichen ein."),
    )
    email = forms.EmailField(
        label="E-Mail-Adresse",
        required=False,
        help_text="Für Hinweise zur Sicherheit Ihres Kontos. Wir schreiben erst dorthin, wenn Sie die Adresse "
        "bei der ersten Anmeldung bestätigt haben.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": "Bitte prüfen Sie die E-Mail-Adresse, zum Beispiel praxis@beispiel.de."},
    )
    terms = forms.BooleanField(
        label="Ich habe die Nutzungsbedingungen gelesen und bin einverstanden.",
        error_messages=_required("Bitte stimmen Sie den Nutzungsbedingungen zu."),
    )
    field_order = ("ik", "email", "terms")


class SignInForm(forms.Form):
    """Anmelden."""

    name = forms.CharField(
        label="Benutzername",
        max_length=60,
        help_text="Ihr Institutionskennzeichen (IK), bei Kolleginnen und Kollegen mit Kurznamen: 260326822-anna",
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "class": "in-name"}
        ),
        error_messages=_required("Bitte geben Sie Ihren Benutzernamen ein."),
    )
    password = forms.CharField(
        label="Passwort oder Initialkennwort",
        max_length=128,
        strip=False,
        widget=SignInPasswordInput,
        error_messages=_required("Bitte geben Sie Ihr Passwort ein."),
    )
    resume = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
    goal = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class OwnPasswordForm(forms.Form):
    """The two fields of a new own password; a subclass says whose."""

    password = forms.CharField(
        label="Neues eigenes Passwort",
        max_length=1000,
        strip=False,
        help_text="Mindestens 12 Zeichen. Gut sind vier Wörter, die nichts miteinander zu tun haben.",
        widget=NewPasswordInput,
        error_messages=_required("Bitte wählen Sie ein Passwort."),
    )
    password_again = forms.CharField(
        label="Neues Passwort noch einmal",
        max_length=1000,
        strip=False,
        widget=NewPasswordInput,
        error_messages=_required("Bitte geben Sie das neue Passwort noch einmal ein."),
    )

    def name_for_password(self) -> str:
        """The sign-in name the password must not be made of."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Compares both, and refuses what is too easy to guess."""
        values: dict[str, Any] = super().clean() or {}
        first, second = values.get("password"), values.get("password_again")
        if first is not None:
            fault = fault_of_password(first, sign_in=self.name_for_password())
            if fault is not None:
                self.add_error("password", fault)
            elif second is not None and first != second:
                self.add_error("password_again", "Die beiden Passwörter sind nicht gleich.")
        return values


class PruefnummerField(forms.CharField):
    """A Prüfnummer as typed; its check character finds a typing error before anything is sent on."""

    widget = CodeInput

    def __init__(self) -> None:
        super().__init__(
            label="Prüfnummer",
            max_length=80,
            help_text="Aus dem Brief „Ihre Prüfnummer“: drei Gruppen zu fünf Zeichen.",
            error_messages=_required("Bitte geben Sie die Prüfnummer aus dem Brief ein."),
        )

    def clean(self, value: Any) -> Any:
        """The bare code, or a sentence that says what is wrong."""
        text = super().clean(value)
        try:
            return codes.parse(text, codes.PRUEFNUMMER)
        except codes.CodeError as error:
            raise forms.ValidationError(error.text) from None


class FirstSignInForm(OwnPasswordForm):
    """Erste Anmeldung: Prüfnummer, own password, and what was said at registration once more."""

    pruefnummer = PruefnummerField()
    email = forms.EmailField(
        label="E-Mail-Adresse",
        required=False,
        help_text="Bitte bestätigen oder ändern Sie die Adresse. Leer lassen heißt: keine E-Mails.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": "Bitte prüfen Sie die E-Mail-Adresse, zum Beispiel praxis@beispiel.de."},
    )
    terms = forms.BooleanField(
        label="Ich bin mit den Nutzungsbedingungen einverstanden.",
        error_messages=_required("Bitte stimmen Sie den Nutzungsbedingungen zu."),
    )
    field_order = ("pruefnummer", "password", "password_again", "email", "terms")

    def __init__(self, *arguments: Any, sign_in: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._sign_in = sign_in

    def name_for_password(self) -> str:
        """The IK of the account."""
        return self._sign_in


class RecoveryForm(OwnPasswordForm):
    """Passwort vergessen / Konto wecken."""

    name = forms.CharField(
        label="Benutzername",
        max_length=60,
        help_text="Ihr Institutionskennzeichen (IK), 9 Ziffern.",
        widget=forms.TextInput({"autocomplete": "username", "class": "in-name"}),
        error_messages=_required("Bitte geben Sie Ihren Benutzernamen ein."),
    )
    pruefnummer = PruefnummerField()
    field_order = ("name", "pruefnummer", "password", "password_again")

    def name_for_password(self) -> str:
        """The name as typed."""
        return str(self.data.get("name", ""))


class QueryForm(forms.Form):
    """Abfrage: number from the card, form of permission, day or days of service."""

    kvnr = KvnrField(
        label="Krankenversichertennummer",
        widget=KvnrInput({"autofocus": True}, look="field-first"),
        help_text="Vorne auf der Gesundheitskarte: ein Buchstabe und 9 Ziffern, zum Beispiel A123\u00a0456\u00a0780.",
        error_messages=_required("Bitte geben Sie die Krankenversichertennummer ein."),
    )
    permission = forms.ChoiceField(
        label="Wie hat die versicherte Person die Abfrage erlaubt?",
        help_text="Ihre Angabe wird protokolliert und schützt Sie vor dem Verdacht des Missbrauchs.",
        choices=permission_choices,
        widget=Cards,
        error_messages=_required("Bitte wählen Sie, wie die Erlaubnis gegeben wurde."),
    )
    permission_until = DayField(
        label="Bis wann dürfen Sie für diese Serie nachfragen?",
        required=False,
        help_text="Der letzte Tag, an dem diese Erlaubnis gilt.",
        widget=DayInput(look="when-series"),
    )
    day = DayField(
        label="Tag der Abgabe",
        required=False,
        error_messages=_required("Bitte geben Sie den Tag der Abgabe an."),
    )
    more_days = forms.CharField(
        label="Weitere Tage der Serie",
        required=False,
        max_length=2000,
        help_text="Ein Tag je Zeile oder mit Komma getrennt, zum Beispiel 24.11.2026, 27.11.2026.",
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *arguments: Any, demands_day: bool, days_allowed: tuple[date, date], **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        first, last = days_allowed
        day = self.fields["day"]
        day.required = demands_day
        day.help_text = (
            f"Der Tag, an dem Sie die Leistung erbringen{'' if demands_day else '; ohne Angabe gilt heute'}. "
            f"Möglich ist jeder vom {format_day(first)} bis zum {format_day(last)}."
        )
        day.widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean_more_days(self) -> tuple[date, ...]:
        """The days typed, or a sentence for the first that is none."""
        text = self.cleaned_data["more_days"].replace(";", " ").replace(",", " ")
        days = []
        for word in text.split():
            try:
                days.append(parse_day(word))
            except MalformedInput as error:
                raise forms.ValidationError(error.text) from None
        return tuple(days)
