"""The journal's one table; rows are added and read, and deleted only after their time."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One thing that somebody did, for whom, and on which permission.

    In the database the primary key is (institution, id), which serves every list of an institution.
    """

    id = models.UUIDField(primary_key=True)
    institution = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor = models.UUIDField(null=True)
    actor_name = models.TextField()
    action = models.TextField()
    permission = models.TextField(null=True)
    permission_text = models.TextField(null=True)
    permission_until_on = models.DateField(null=True)
    subject = models.BinaryField(null=True)
    subject_key = models.SmallIntegerField(null=True)
    days = ArrayField(models.DateField(), null=True)
    result = models.TextField(null=True)
    detail = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    kept_until_on = models.DateField()

    class Meta:
        db_table = "journal_entry"
        verbose_name = "Journaleintrag"
        verbose_name_plural = "Journal"
        ordering = ("-id",)
