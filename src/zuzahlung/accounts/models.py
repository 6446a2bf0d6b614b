"""Tables of institutions, their people, sign-in and the secrets that letters carry (as hashes only)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from uuid_utils.compat import uuid7


class Operator(AbstractUser):
    """Somebody who runs the house at the fund or billing centre; signs in on the operator's site only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        verbose_name = "Betreiber"
        verbose_name_plural = "Betreiber"


class Institution(models.Model):
    """A care provider as the directory knows it: IK, name, and the only address letters go to.

    `missing_at` says since when complete files do not name it: no letters, nothing else. `removed_at` says that
    the operator took it out: none of its people and keys is let in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ik = models.CharField("Institutionskennzeichen (IK)", max_length=9, unique=True)
    name = models.CharField("Name", max_length=200)
    street = models.CharField("Straße und Hausnummer", max_length=200, blank=True)
    postcode = models.CharField("Postleitzahl", max_length=10, blank=True)
    city = models.CharField("Ort", max_length=100, blank=True)
    service_kinds = ArrayField(models.CharField(max_length=40), verbose_name="Leistungsarten", default=list)
    imported_at = models.DateTimeField("Stand", null=True)
    missing_at = models.DateTimeField("fehlt im Verzeichnis seit", null=True)
    removed_at = models.DateTimeField("aus dem Verzeichnis genommen", null=True)
    left_at = models.DateTimeField("Teilnahme beendet", null=True)
    pruefnummer_ordered_at = models.DateTimeField("Prüfnummer zuletzt bestellt", null=True)

    class Meta:
        verbose_name = "Institution"
        verbose_name_plural = "Verzeichnis der Institutionen"
        ordering = ("ik",)

    def __str__(self) -> str:
        return f"{self.ik} {self.name}"


class Person(AbstractBaseUser):
    """Somebody of an institution who signs in on the portal; the first one has the IK alone as name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.UUIDField(db_index=True)
    sign_in = models.CharField(max_length=60, unique=True)
    short_name = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    email_sealed = models.BinaryField(null=True)
    email_confirmed_at = models.DateTimeField(null=True)
    terms_version = models.CharField(max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    recovery_paused_until = models.DateTimeField(null=True)

    last_login = None
    USERNAME_FIELD = "sign_in"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    WAITING, ACTIVE, LEFT = "waiting", "active", "left"

    class Meta:
        verbose_name = "Person"
        verbose_name_plural = "Personen"


class Secret(models.Model):
    """A secret that a letter carries, as argon2id hash: Initialkennwort or Prüfnummer."""

    INITIAL, PRUEFNUMMER = "initial", "pruefnummer"
    VALID, USED, REPLACED, RETURNED, EXPIRED = "valid", "used", "replaced", "returned", "expired"
    WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.UUIDField(db_index=True)
    person = models.UUIDField()
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10)
    hash = models.TextField()
    letter = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)


class Registration(models.Model):
    """Somebody asked for an account; what follows is decided by the worker and never shown to the asker."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ik = models.CharField("IK", max_length=9)
    email_sealed = models.BinaryField(null=True)
    terms_version = models.CharField("Nutzungsbedingungen", max_length=20)
    asked_at = models.DateTimeField("gestellt am")
    state = models.CharField("Stand", max_length=20, default="open")
    settled_at = models.DateTimeField("erledigt am", null=True)

    OPEN, LETTERS, UNKNOWN, NO_ADDRESS, REGISTERED, COOLING, OBJECTED, CLOSED = (
        "open", "letters", "unknown", "no-address", "registered", "cooling", "objected", "closed",
    )  # fmt: skip

    class Meta:
        verbose_name = "Registrierung"
        verbose_name_plural = "Registrierungen"
        ordering = ("-asked_at",)


class Invitation(models.Model):
    """A link with which one colleague joins, once, in one role; or, with a person, gets a new password."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.UUIDField(db_index=True)
    person = models.UUIDField(null=True)
    short_name = models.CharField(max_length=40)
    role = models.CharField(max_length=10)
    token_hash = models.BinaryField(unique=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Session(AbstractBaseSession):
    """A signed-in browser; the key is stored as SHA-256 only."""

    session_key = models.CharField(primary_key=True, max_length=64)
    institution = models.UUIDField(null=True)
    person = models.UUIDField(null=True, db_index=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    browser = models.CharField(max_length=60, blank=True)


class ApiKey(models.Model):
    """A key of practice software: 256 random bits, stored as SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.UUIDField(db_index=True)
    name = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=40))
    prefix = models.CharField(max_length=12)
    token_hash = models.BinaryField(unique=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Notice(models.Model):
    """Something the people of an institution have to know; shown to each until they have read it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    seen_by = ArrayField(models.UUIDField(), default=list)


class Throttle(models.Model):
    """Failures in a row of one name or network, both as fingerprints."""

    fingerprint = models.BinaryField(primary_key=True)
    failures = models.IntegerField()
    last_at = models.DateTimeField()
    blocked_until = models.DateTimeField()


class Puzzle(models.Model):
    """A Sicherheits-Code that was given out (text) or a solution that was used (nonce), until it expires."""

    id = models.TextField(primary_key=True)
    code = models.CharField(max_length=12, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
