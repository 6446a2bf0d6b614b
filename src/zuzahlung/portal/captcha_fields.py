"""The three fields of a form with the brake: solution by script, or the displayed code typed off."""

from django import forms

from zuzahlung.portal.forms_look import CodeInput, PortalForm

__all__ = ["CaptchaFields"]


class CaptchaFields(PortalForm):
    """To be inherited by a form; shown by `portal/parts/captcha.html`.

    A filled `solution` goes to `captcha.is_solved`; only without one `code` and `code_key` count.
    """

    solution = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    code_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    code = forms.CharField(
        required=False,
        max_length=40,
        label="Code abtippen",
        help_text="Groß oder klein, mit oder ohne Leerzeichen: beides ist richtig.",
        # In the mode of a screen reader for forms only what describes the field is heard, so the code has to.
        widget=CodeInput({"class": "in-code in-short", "aria-describedby": "bremse-code"}),
    )
