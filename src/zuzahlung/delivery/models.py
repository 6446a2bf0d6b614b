"""The outbox: one row for everything that leaves the house, whatever the channel."""

from __future__ import annotations

from django.db import models


class Outgoing(models.Model):
    """One thing on its way out: to whom, by which channel, how far it came.

    It knows no letter, invoice or report: `kind` names the handler that a business registered and `subject`
    the business row that the handler works on.
    """

    LETTER, MAIL = "letter", "mail"
    WAITING, PRINTED, POSTED, RETURNED, SENT, FAILED, CANCELLED = (
        "waiting", "printed", "posted", "returned", "sent", "failed", "cancelled",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, editable=False)
    institution = models.UUIDField(db_index=True)
    channel = models.CharField("Weg", max_length=10)
    kind = models.CharField("Art", max_length=40)
    subject = models.UUIDField()
    recipient = models.JSONField("Empfänger", default=dict)
    recipient_sealed = models.BinaryField(null=True)
    state = models.CharField("Stand", max_length=10, default=WAITING)
    made_at = models.DateTimeField("angelegt")
    not_before_at = models.DateTimeField("frühestens")
    attempts = models.SmallIntegerField("Versuche", default=0)
    next_attempt_at = models.DateTimeField("nächster Versuch", null=True)
    reason = models.TextField("Grund", blank=True)
    message_id = models.TextField(blank=True)
    file_name = models.TextField("Datei", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    done_at = models.DateTimeField("erledigt", null=True)

    class Meta:
        verbose_name = "Sendung"
        verbose_name_plural = "Postausgang"
        ordering = ("-made_at",)


class LetterOut(Outgoing):
    """The letters in the outbox, as the operator sees them."""

    class Meta:
        proxy = True
        verbose_name = "Brief"
        verbose_name_plural = "Briefe"


class MailOut(Outgoing):
    """The mails in the outbox, as the operator sees them."""

    class Meta:
        proxy = True
        verbose_name = "E-Mail"
        verbose_name_plural = "E-Mails"
