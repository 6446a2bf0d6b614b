"""A key is 256 random bits with a checksum, shown once and stored as a hash, made and revoked by who may."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts.household import Practice, work
from tests.database import HouseDatabase
from zuzahlung.accounts.models import ApiKey, Notice
from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services import keys, notices
from zuzahlung.accounts.services.people import Member
from zuzahlung.journal.services import acting_for

NOW = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)
SCOPES = [keys.EXEMPTION_QUERIES]
PRACTICE, OTHER = UUID(int=1), UUID(int=2)


def member(institution: UUID = PRACTICE, role: str = Role.OWNER) -> Member:
    return Member(id=UUID(int=institution.int + 100), institution=institution, sign_in="260326822", role=role)


def test_a_token_has_a_prefix_and_fifty_three_characters() -> None:
    token = keys.new_token()
    assert token.startswith("zuz_")
    assert len(token) == 53
    assert token[4:].isalnum()
    assert token.isascii()


def test_no_two_tokens_are_alike() -> None:
    assert len({keys.new_token() for _ in range(1_000)}) == 1_000


def test_the_checksum_can_be_computed_by_anybody() -> None:
    # CRC-32 of what stands before it, to base 62 with 0-9, A-Z, a-z: so leaked keys can be scanned for.
    assert keys.is_well_formed("zuz_" + "0" * 43 + "2NxnTq")
    assert not keys.is_well_formed("zuz_" + "0" * 43 + "2NxnTr")


@given(
    place=st.integers(min_value=0, max_value=52),
    character=st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"),
)
def test_one_wrong_character_is_found_offline(place: int, character: str) -> None:
    token = keys.new_token()
    wrong = token[:place] + character + token[place + 1 :]
    assert keys.is_well_formed(wrong) is (wrong == token)


@pytest.mark.parametrize("place", range(4, 52))
def test_two_characters_that_changed_places_are_found_offline(place: int) -> None:
    token = keys.new_token()
    wrong = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    assert keys.is_well_formed(wrong) is (wrong == token)


@pytest.mark.parametrize("text", ["", "zuz_", "ZUZ_", " ", "zuz_ä", "Bearer"])
def test_other_texts_are_no_tokens(text: str) -> None:
    assert keys.is_well_formed(text) is False


def test_line_ends_around_a_token_do_not_belong_to_it() -> None:
    assert keys.is_well_formed(keys.new_token() + "\n") is False


def test_what_is_stored_of_a_token_is_its_sha_256() -> None:
    assert (
        keys.token_hash("zuz_abc").hex() == "b43c440811038e6de35f032257f00547dfbe9da169b9c04abb1c91cdd09b88a6"
    )


def test_a_key_is_shown_once_and_its_hash_is_kept(house_database: HouseDatabase) -> None:
    shown, token = keys.make_key(member(), "  Praxis  Software ", SCOPES, NOW)
    assert shown.name == "Praxis Software"
    assert shown.scopes == ("exemption-queries",)
    assert shown.prefix == token[:8]
    assert (shown.made_at, shown.revoked_at) == (NOW, None)
    with acting_for(PRACTICE):
        row = ApiKey.objects.get()
    assert bytes(row.token_hash) == keys.token_hash(token)
    assert all(token not in str(value) for value in vars(row).values())


def test_keys_are_listed_newest_first_and_revoked_ones_stay_in_the_list(
    house_database: HouseDatabase,
) -> None:
    first, _ = keys.make_key(member(), "Alt", SCOPES, NOW)
    keys.make_key(member(), "Neu", SCOPES, NOW.replace(hour=10))
    keys.revoke_key(member(), first.id, NOW.replace(hour=11))
    assert [(one.name, one.revoked_at) for one in keys.list_keys(member())] == [
        ("Neu", None),
        ("Alt", NOW.replace(hour=11)),
    ]


def test_revoking_twice_changes_nothing(house_database: HouseDatabase) -> None:
    shown, _ = keys.make_key(member(), "Alt", SCOPES, NOW)
    keys.revoke_key(member(), shown.id, NOW)
    keys.revoke_key(member(), shown.id, NOW.replace(hour=12))
    assert keys.list_keys(member())[0].revoked_at == NOW
    assert [action for action, _ in journal()] == ["key-made", "key-revoked"]


def test_a_practice_sees_and_revokes_no_key_of_another(house_database: HouseDatabase) -> None:
    shown, _ = keys.make_key(member(), "Unsere", SCOPES, NOW)
    assert keys.list_keys(member(OTHER)) == ()
    with pytest.raises(LookupError, match="no such key"):
        keys.revoke_key(member(OTHER), shown.id, NOW)
    assert keys.list_keys(member())[0].revoked_at is None


def test_only_who_may_manage_keys_makes_lists_and_revokes_them(house_database: HouseDatabase) -> None:
    shown, _ = keys.make_key(member(), "Unsere", SCOPES, NOW)
    for role in (Role.BILLING, Role.RECEPTION, Role.AUDITOR):
        who = member(role=role)
        with pytest.raises(PermissionDenied):
            keys.make_key(who, "Heimlich", SCOPES, NOW)
        with pytest.raises(PermissionDenied):
            keys.list_keys(who)
        with pytest.raises(PermissionDenied):
            keys.revoke_key(who, shown.id, NOW)
    assert [one.name for one in keys.list_keys(member())] == ["Unsere"]


def test_the_journal_says_who_made_and_revoked_what_without_the_token(house_database: HouseDatabase) -> None:
    shown, token = keys.make_key(member(), "Praxissoftware", SCOPES, NOW)
    keys.revoke_key(member(), shown.id, NOW)
    detail = {"key": str(shown.id), "name": "Praxissoftware", "scopes": ["exemption-queries"]}
    assert journal() == [("key-made", detail), ("key-revoked", detail)]
    assert token[8:] not in str(journal())


def test_everybody_hears_of_a_new_key_and_owners_by_mail(practice: Practice) -> None:
    owner = practice.person(email="praxis@example.org")
    anna = practice.person("anna", "reception")
    mail.outbox = []
    keys.make_key(owner, "Praxissoftware", SCOPES, practice.clock.forward(minutes=1))
    title = "Ein Schlüssel für ein Programm wurde angelegt"
    assert [[one.title for one in notices.open_notices(who)] for who in (owner, anna)] == [[title], [title]]
    work(practice.clock)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["praxis@example.org"], f"Serviceportal der Musterkasse: {title}")
    ]


def test_everybody_hears_of_a_key_that_somebody_else_revoked(practice: Practice) -> None:
    owner, other = practice.person(), practice.person("berta", "owner", email="berta@example.org")
    own, _ = keys.make_key(owner, "Eigener", SCOPES, practice.clock.forward(minutes=1))
    foreign, _ = keys.make_key(other, "Von Berta", SCOPES, practice.clock.now)
    work(practice.clock)
    mail.outbox = []
    keys.revoke_key(owner, own.id, practice.clock.forward(minutes=1))
    keys.revoke_key(owner, own.id, practice.clock.now)
    assert [one.kind for one in practice.rows(Notice)] == ["key-made", "key-made"]
    keys.revoke_key(owner, foreign.id, practice.clock.now)
    keys.revoke_key(owner, foreign.id, practice.clock.now)
    assert [one.kind for one in practice.rows(Notice)] == ["key-made", "key-made", "key-revoked"]
    work(practice.clock)
    assert [(one.to, one.subject.split(": ")[1]) for one in mail.outbox] == [
        (["berta@example.org"], "Ein Schlüssel für ein Programm wurde widerrufen")
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "mit\x00Null", "\u202egespiegelt"])
def test_a_name_is_short_and_printable(house_database: HouseDatabase, name: str) -> None:
    with pytest.raises(ValueError, match="printable name"):
        keys.make_key(member(), name, SCOPES, NOW)


@pytest.mark.parametrize("scopes", [[], ["charges"], ["exemption-queries", "charges"]])
def test_a_key_is_for_something_we_know(house_database: HouseDatabase, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="known ones"):
        keys.make_key(member(), "Praxissoftware", scopes, NOW)


def test_without_an_institution_no_key_can_be_read(house_database: HouseDatabase) -> None:
    _, token = keys.make_key(member(), "Praxissoftware", SCOPES, NOW)
    assert list(ApiKey.objects.all()) == []
    with connection.cursor() as cursor:
        cursor.execute("select key_name from institution_of_key(%s)", [keys.token_hash(token)])
        # There is no such institution in the directory, so even its key opens nothing.
        assert cursor.fetchall() == []


def journal() -> list[tuple[str, object]]:
    """Actions and details of the practice, in their order."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select action, detail::text from journal_entry where institution = %s order by id", [PRACTICE]
        )
        return [(action, json.loads(detail)) for action, detail in cursor.fetchall()]
