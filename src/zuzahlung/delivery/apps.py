"""Names the app to Django."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """How things leave the house: letters, mail, later KIM and SFTP; one outbox for all of them."""

    name = "zuzahlung.delivery"
    label = "delivery"
