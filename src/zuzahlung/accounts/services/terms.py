"""A new version of the Nutzungsbedingungen: an owner agrees to it. See the decision record 0009."""

from __future__ import annotations

from datetime import datetime

from zuzahlung.accounts.models import Person
from zuzahlung.accounts.services.people import Member
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for


def agree(who: Member, version: str, now: datetime) -> None:
    """Notes that this person agrees to a version, with the one before in the journal; a second time it is nothing."""
    with acting_for(who.institution):
        person = Person.objects.select_for_update().get(id=who.id, state=Person.ACTIVE)
        before = person.terms_version
        if before == version:
            return
        person.terms_version, person.terms_accepted_at = version, now
        person.save(update_fields=["terms_version", "terms_accepted_at"])
        journal.add(
            "terms-accepted",
            actor=who.actor,
            institution=who.institution,
            now=now,
            detail={"version": version, "before": before},
        )
