"""The forms of the page „Praxis": people, keys, the own access, and leaving."""

from __future__ import annotations

from typing import Any

from django import forms

from zuzahlung.accounts.rules import ROLE_NAMES, Role, fault_of_short_name
from zuzahlung.accounts.services.keys import EXEMPTION_QUERIES, NAME_LENGTH
from zuzahlung.portal.forms import OwnPasswordForm
from zuzahlung.portal.forms_look import Choices, CodeInput, PortalForm, SignInPasswordInput
from zuzahlung.vault import codes

ROLE_DOES = {
    Role.OWNER: "darf alles: Personen, Schlüssel, Prüfnummer, Teilnahme",
    Role.BILLING: "fragt ab, auch ganze Listen, und sieht den ganzen Verlauf",
    Role.RECEPTION: "fragt ab und sieht die eigenen Abfragen",
    Role.AUDITOR: "sieht den ganzen Verlauf und fragt nicht ab",
}
ROLE_CHOICES = [(role.value, f"{ROLE_NAMES[role]}: {ROLE_DOES[role]}") for role in Role]


class RoleForm(PortalForm):
    """The role of a person."""

    role = forms.ChoiceField(
        label="Rolle",
        choices=ROLE_CHOICES,
        widget=Choices,
        error_messages={"required": "Bitte wählen Sie eine Rolle."},
    )

    def clean_role(self) -> Role:
        """The role itself."""
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    """Kollegin oder Kollegen einladen."""

    short_name = forms.CharField(
        label="Kurzname",
        max_length=60,
        help_text="Kleine Buchstaben, Ziffern und Bindestrich, zum Beispiel anna. "
        "Vor dem Kurznamen steht bei der Anmeldung Ihr IK.",
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "in-short"}
        ),
        error_messages={"required": "Bitte geben Sie einen Kurznamen ein."},
    )
    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("short_name", "role")

    def clean_short_name(self) -> str:
        """The name, or a sentence that says what is wrong with it."""
        short_name: str = self.cleaned_data["short_name"]
        fault = fault_of_short_name(short_name)
        if fault is not None:
            raise forms.ValidationError(fault)
        return short_name


class InvitationCodeForm(PortalForm):
    """The code of an invitation; the whole link may be pasted as well."""

    invitation = forms.CharField(
        label="Einladungscode",
        max_length=300,
        help_text="Sechs Gruppen zu fünf Zeichen. Sie können auch den ganzen Link einfügen.",
        widget=CodeInput({"maxlength": "300"}),
        error_messages={"required": "Bitte geben Sie den Einladungscode ein."},
    )

    def clean_invitation(self) -> str:
        """The bare code, or a sentence that says what is wrong."""
        typed = self.cleaned_data["invitation"].rpartition("#")[2]
        try:
            return codes.parse(typed, codes.EINLADUNGSCODE)
        except codes.CodeError:
            raise forms.ValidationError(
                "Der Einladungscode ist nicht vollständig oder enthält einen Tippfehler. Er hat 30 Zeichen. "
                "Bitte vergleichen Sie ihn mit der Einladung."
            ) from None


class NamedPasswordForm(OwnPasswordForm):
    """A new own password for somebody whose sign-in name is known."""

    def __init__(self, *arguments: Any, sign_in: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._sign_in = sign_in

    def name_for_password(self) -> str:
        """The sign-in name that the password must not be made of."""
        return self._sign_in


class JoiningForm(NamedPasswordForm):
    """Einladung annehmen: own password and terms."""

    terms = forms.BooleanField(
        label="Ich bin mit den Nutzungsbedingungen einverstanden.",
        error_messages={"required": "Bitte stimmen Sie den Nutzungsbedingungen zu."},
    )
    field_order = ("password", "password_again", "terms")


class CurrentPasswordForm(PortalForm):
    """Something grave asks for the password once more."""

    current_password = forms.CharField(
        label="Ihr Passwort",
        max_length=128,
        strip=False,
        widget=SignInPasswordInput,
        error_messages={"required": "Bitte geben Sie Ihr Passwort ein."},
    )


class SureForm(CurrentPasswordForm):
    """Teilnahme beenden: password and a word that nobody ticks by mistake."""

    sure = forms.BooleanField(
        label="Ja, alle Zugänge unserer Praxis sollen enden.",
        error_messages={"required": "Bitte bestätigen Sie, dass alle Zugänge enden sollen."},
    )
    field_order = ("sure", "current_password")


class PasswordForm(NamedPasswordForm):
    """Passwort ändern."""

    current_password = forms.CharField(
        label="Bisheriges Passwort",
        max_length=128,
        strip=False,
        widget=SignInPasswordInput,
        error_messages={"required": "Bitte geben Sie Ihr bisheriges Passwort ein."},
    )
    field_order = ("current_password", "password", "password_again")


class EmailForm(PortalForm):
    """E-Mail-Adresse für Hinweise."""

    email = forms.EmailField(
        label="E-Mail-Adresse",
        required=False,
        help_text="Leer lassen heißt: keine E-Mails.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": "Bitte prüfen Sie die E-Mail-Adresse, zum Beispiel praxis@beispiel.de."},
    )


class KeyForm(PortalForm):
    """Schlüssel für ein Programm anlegen."""

    name = forms.CharField(
        label="Wofür ist der Schlüssel?",
        max_length=NAME_LENGTH,
        help_text="Zum Beispiel der Name Ihrer Praxissoftware und des Rechners.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Bitte sagen Sie, wofür der Schlüssel ist."},
    )

    scopes = (EXEMPTION_QUERIES,)

    def clean_name(self) -> str:
        """A name that can be shown."""
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise forms.ValidationError("Der Name enthält Zeichen, die sich nicht anzeigen lassen.")
        return name
