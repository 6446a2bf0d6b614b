"""Names the app to Django."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    """Institutions by their IK, their people and roles, sign-in, and the letters with credentials."""

    name = "zuzahlung.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Tells delivery who makes which letter and mail, and Django who notes a person's last sign-in."""
        # Models and what uses them can be imported only now.
        from zuzahlung.accounts.services import letters, notices  # noqa: PLC0415
        from zuzahlung.delivery import services as delivery  # noqa: PLC0415

        for kind, name in ((letters.INITIAL, "Initialkennwort"), (letters.PRUEFNUMMER, "Prüfnummer")):
            delivery.register(kind, letters.SecretLetter(kind), name=name)
        # A person's row can be changed only for its institution, and `sign_in` does that itself.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        delivery.register(notices.MAIL, notices.NoticeMail(), name="Hinweis zum Konto")
