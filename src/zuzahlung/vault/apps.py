"""Names the app to Django; it has no tables, because keys and what they protect never share a dump."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """What must not stand in the database in clear: fingerprints, encryption, and keys with ids."""

    name = "zuzahlung.vault"
    label = "vault"
