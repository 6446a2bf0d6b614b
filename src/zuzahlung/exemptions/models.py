"""Tables of the query: stands of the registry, quotas, lists; the answers themselves stand in the journal."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid_utils.compat import uuid7


class Stand(models.Model):
    """One delivery of the registry: which day it speaks of, and how far its import came.

    Its insured lie in an own partition of `exemptions_insured` (fingerprint, initials, 18th birthday while it
    matters, periods), which no model reaches: they are read one at a time through `exemption_open`.
    """

    LOADING, WAITING, SERVED, REPLACED, REFUSED = "loading", "waiting", "served", "replaced", "refused"

    id = models.AutoField(primary_key=True)
    day = models.DateField("Stand vom")
    state = models.CharField("Zustand", max_length=10, default=LOADING)
    key_id = models.SmallIntegerField()
    file_name = models.TextField("Datei")
    started_at = models.DateTimeField("begonnen")
    finished_at = models.DateTimeField("fertig", null=True)
    served_at = models.DateTimeField("gilt seit", null=True)
    insured = models.BigIntegerField("Versicherte", default=0)
    faulty = models.BigIntegerField("fehlerhafte Zeilen", default=0)
    missing = models.BigIntegerField("gegenüber dem alten Stand fehlend", default=0)
    report = models.JSONField("Bericht", default=dict)

    class Meta:
        verbose_name = "Stand des Registers"
        verbose_name_plural = "Stände des Registers"
        ordering = ("-id",)


class Quota(models.Model):
    """How many queries an institution has used, and its own limits where the operator set some."""

    institution = models.UUIDField(primary_key=True)
    on_day = models.DateField()
    used = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)
    burst_at = models.DateTimeField(null=True)
    burst_used = models.IntegerField(default=0)
    per_day = models.IntegerField("Abfragen am Tag", null=True, blank=True)
    per_burst = models.IntegerField("Abfragen in 5 Minuten", null=True, blank=True)
    unknown_per_day = models.IntegerField("ohne Auskunft am Tag", null=True, blank=True)

    class Meta:
        verbose_name = "Kontingent"
        verbose_name_plural = "Kontingente"


class Repeat(models.Model):
    """What a form or idempotency key was already answered with, for a day."""

    id = models.BinaryField(primary_key=True)
    institution = models.UUIDField()
    question = models.BinaryField()
    entry = models.UUIDField()
    at = models.DateTimeField(db_index=True)


class ListQuery(models.Model):
    """Up to 500 queries handed in as one file: checked first, then started by a person, then worked through."""

    CHECKED, RUNNING, DONE, STOPPED = "checked", "running", "done", "stopped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.UUIDField(db_index=True)
    ik = models.CharField(max_length=9)
    institution_name = models.CharField(max_length=200)
    service_kinds = ArrayField(models.CharField(max_length=40))
    person = models.UUIDField()
    person_name = models.TextField()
    encoding = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=CHECKED)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)


class ListRow(models.Model):
    """One row of a list: its cells and what is wrong with them (sealed), and what became of it."""

    WAITING, FAULTY, ANSWERED, STOPPED = "waiting", "faulty", "answered", "stopped"

    list_query = models.ForeignKey(ListQuery, on_delete=models.CASCADE)
    institution = models.UUIDField()
    line = models.IntegerField()
    state = models.CharField(max_length=10)
    sealed = models.BinaryField()
    entry = models.UUIDField(null=True)
    note = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("list_query", "line"), name="one_row_per_line"),)
