"""Sample forms: every kind of field, empty and with faults."""

from __future__ import annotations

from django import forms

from zuzahlung.exemptions.permission_texts import permission_choices
from zuzahlung.portal.captcha_fields import CaptchaFields
from zuzahlung.portal.forms_look import (
    Cards,
    Choices,
    DayInput,
    IkInput,
    KvnrInput,
    NewPasswordInput,
    PortalForm,
    Renderer,
    SignInPasswordInput,
)


class QueryForm(PortalForm):
    """The query as the portal's start page shows it."""

    default_renderer = Renderer
    kvnr = forms.CharField(
        label="Versichertennummer",
        help_text="Vorn auf der Gesundheitskarte, zum Beispiel A123 456 780.",
        widget=KvnrInput(look="field-first"),
    )
    permission = forms.ChoiceField(
        label="Wie wurde Ihnen die Abfrage erlaubt?",
        help_text="Ihre Angabe wird gespeichert. Sie schützt Sie vor dem Verdacht, Daten ohne Grund abzufragen.",
        choices=permission_choices(),
        widget=Cards,
    )
    permission_until = forms.DateField(
        label="Erlaubt bis", required=False, widget=DayInput(look="when-series")
    )
    day = forms.DateField(
        label="Tag der Abgabe", help_text="Der Tag der Behandlung. Vorgabe ist heute.", widget=DayInput()
    )
    more_days = forms.CharField(
        label="Weitere Tage dieser Serie",
        required=False,
        help_text="Ein Tag je Zeile, zum Beispiel 24.11.2026.",
        widget=forms.Textarea({"rows": 3}),
    )


class RegisterForm(CaptchaFields):
    """Registration: an IK, the brake, the terms, an address if wanted."""

    default_renderer = Renderer
    field_order = ("ik", "email", "terms", "solution", "code_key", "code")
    ik = forms.CharField(
        label="Institutionskennzeichen (IK)",
        help_text="9 Ziffern, zum Beispiel 123 456 789.",
        widget=IkInput(),
    )
    email = forms.EmailField(
        label="E-Mail-Adresse",
        required=False,
        help_text="Wir schreiben erst, wenn Sie die Adresse bei der ersten Anmeldung bestätigt haben.",
    )
    terms = forms.BooleanField(label="Ich habe die Nutzungsbedingungen gelesen und bin einverstanden.")


class SignInForm(PortalForm):
    """Sign-in, choice of a role and a new password: the other kinds of fields."""

    default_renderer = Renderer
    name = forms.CharField(label="Benutzername", help_text="Ihr IK oder IK und Kurzname.")
    password = forms.CharField(label="Passwort", widget=SignInPasswordInput)
    new_password = forms.CharField(
        label="Neues Passwort", help_text="Mindestens 12 Zeichen.", widget=NewPasswordInput
    )
    role = forms.ChoiceField(
        label="Rolle", choices=[("reception", "Anmeldung"), ("billing", "Abrechnung")], widget=Choices
    )
    year = forms.ChoiceField(label="Jahr", choices=[("2026", "2026"), ("2025", "2025")])
    list_file = forms.FileField(label="CSV-Datei", required=False)


def failed_query() -> QueryForm:
    """A query with a wrong check digit, no permission and no day."""
    form = QueryForm({"kvnr": "A123 456 781", "permission": "", "day": "", "more_days": "24.11.2026"})
    form.full_clean()
    form.errors.clear()
    wrong = "Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen. Bitte vergleichen Sie mit der Karte."
    form.add_error("kvnr", wrong)
    form.add_error("permission", "Bitte wählen Sie aus, wie die Abfrage erlaubt wurde.")
    form.add_error("day", "Bitte geben Sie den Tag der Abgabe an.")
    return form


def failed_registration() -> RegisterForm:
    """A registration with a wrong IK, without consent and without a solved brake."""
    form = RegisterForm({"ik": "12345678", "terms": "", "code": "AAA"})
    form.full_clean()
    form.errors.clear()
    form.add_error("ik", "Ein Institutionskennzeichen hat 9 Ziffern, hier stehen 8.")
    form.add_error("terms", "Ohne Zustimmung zu den Nutzungsbedingungen können wir kein Konto anlegen.")
    form.add_error("code", "Der Code stimmt nicht. Hier ist ein neuer.")
    return form


def failed_sign_in() -> SignInForm:
    """A sign-in that failed as a whole."""
    form = SignInForm({"name": "123456789", "role": "reception"})
    form.full_clean()
    form.add_error(None, "Benutzername und Passwort passen nicht zusammen.")
    return form
