"""How forms look: label above, help and error beneath it, and everything linked for a screen reader."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates

__all__ = [
    "Cards",
    "Choices",
    "CodeInput",
    "DayInput",
    "IkInput",
    "KvnrInput",
    "NewPasswordInput",
    "PortalForm",
    "Renderer",
    "SignInPasswordInput",
]


class PortalField(BoundField):
    """A field of a form as the templates under `portal/parts` show it."""

    @property
    def anchor(self) -> str:
        """The id an error message links to: the field itself or the first choice of a group."""
        return f"{self.auto_id}_0" if self.use_fieldset else self.id_for_label

    @property
    def is_optional(self) -> bool:
        """Whether „freiwillig“ stands beside the label; what one choice alone demands is not voluntary.

        In a search every field is, and saying so at each would be noise.
        """
        is_search = getattr(self.form, "is_search", False)
        return not self.field.required and "when-" not in self.look and not is_search

    @property
    def is_check(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_one_of_many(self) -> bool:
        return getattr(self.field.widget, "input_type", "") == "radio"

    @property
    def aria_describedby(self) -> str | None:
        """The ids of what belongs to the field, the error first: it is what a listener has to hear."""
        own: str = self.field.widget.attrs.get("aria-describedby", "")
        if not self.auto_id or self.is_hidden:
            return own or None
        ids = (
            f"{self.auto_id}_error" if self.errors else "",
            own,
            f"{self.auto_id}_helptext" if self.help_text else "",
        )
        return " ".join(filter(None, ids)) or None

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """What the field says of itself to a screen reader.

        `required` would make browsers call an untouched field invalid; the sentences of error come from here
        anyway. Of a group of choices the fieldset says both, since no single choice is required or wrong.
        """
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        is_demanded = built.pop("required", False)
        if self.use_fieldset:
            built.pop("aria-invalid", None)
        elif is_demanded:
            built["aria-required"] = "true"
        return built

    @property
    def look(self) -> str:
        """CSS classes the widget asks for its whole field, such as `field-first` or `when-series`."""
        return str(getattr(self.field.widget, "look", ""))


class Renderer(DjangoTemplates):
    """Renders the portal's forms; named by the setting FORM_RENDERER."""

    field_template_name = "portal/parts/field.html"
    bound_field_class = PortalField


class PortalForm(forms.Form):
    """A form whose empty fields say which field is meant, because the summary lists them without labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _what_is_missing(field)


def _what_is_missing(field: forms.Field) -> str:
    if isinstance(field.widget, forms.CheckboxInput):
        return f"Bitte bestätigen Sie: {field.label}"
    if isinstance(field, forms.ChoiceField):
        return f"Bitte wählen Sie aus: {field.label}"
    if isinstance(field, forms.FileField):
        return f"Bitte wählen Sie eine Datei: {field.label}"
    return f"Bitte füllen Sie „{field.label}“ aus."


class _Plain(forms.TextInput):
    """A text field that browsers neither correct nor remember."""

    look = ""
    own: Mapping[str, str] = {}

    def __init__(self, attrs: Mapping[str, Any] | None = None, *, look: str = "") -> None:
        quiet = {"autocomplete": "off", "autocorrect": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__({**quiet, **self.own, **(attrs or {})})
        self.look = look


class KvnrInput(_Plain):
    """Krankenversichertennummer; takes spaces and lower case, so it sets no maximum length of ten."""

    own = {"class": "in-kvnr", "autocapitalize": "characters", "maxlength": "20"}


class IkInput(_Plain):
    """Institutionskennzeichen; a phone shows its digits."""

    own = {"class": "in-ik", "inputmode": "numeric", "maxlength": "15"}


class CodeInput(_Plain):
    """A code typed from a letter or from the screen: Initialkennwort, Prüfnummer, Sicherheits-Code."""

    own = {"class": "in-code", "autocapitalize": "characters", "maxlength": "80"}


class DayInput(forms.DateInput):
    """One calendar day: the browser's own calendar where it has one, else 22.11.2026 by hand."""

    input_type = "date"
    look = ""

    def __init__(self, attrs: Mapping[str, Any] | None = None, *, look: str = "") -> None:
        super().__init__({"class": "in-day", **(attrs or {})}, format="%Y-%m-%d")
        self.look = look


class SignInPasswordInput(forms.PasswordInput):
    """The password somebody already has; a password manager may fill it in."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "current-password", "maxlength": "128", **(attrs or {})})


class NewPasswordInput(forms.PasswordInput):
    """A password being chosen; a password manager may propose one, pasting is welcome."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "new-password", "maxlength": "128", **(attrs or {})})


class Choices(forms.RadioSelect):
    """A closed list, one below the other; the whole row can be tapped."""

    template_name = "portal/parts/choices.html"


class Cards(Choices):
    """A closed list as cards, two beside each other where there is room: the forms of permission."""

    def __init__(self, attrs: Mapping[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "choices-cards", **(attrs or {})}, choices)
