"""The closed list of six forms of permission: each has a label to choose and a sentence it states, for good."""

from __future__ import annotations

import hashlib

import pytest

from zuzahlung.exemptions.permission_texts import (
    TEXT_VERSION,
    VERSIONS,
    Permission,
    permission_choices,
    permission_text,
)

# What was confirmed must be shown unchanged years later: a published version never changes again.
PUBLISHED = {"2026-11": "5f0fe7b45bab1a15"}


def test_there_are_exactly_six_in_the_order_of_the_page() -> None:
    assert [value for value, _ in permission_choices()] == [
        "in-person",
        "in-writing",
        "electronic",
        "telephone",
        "legal-representative",
        "series",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_a_text_for_every_form(version: str) -> None:
    assert set(VERSIONS[version]) == set(Permission)


def test_the_version_of_today_is_one_of_them() -> None:
    assert TEXT_VERSION == "2026-11"
    assert TEXT_VERSION in VERSIONS


def test_a_label_is_short_and_a_statement_is_a_whole_sentence() -> None:
    text = permission_text(Permission.TELEPHONE)
    assert text.label == "am Telefon"
    assert text.statement == (
        "Die versicherte Person hat am Telefon erlaubt, bei der Krankenkasse abzufragen, ob sie von "
        "Zuzahlungen befreit ist."
    )


def test_an_unknown_version_has_no_text() -> None:
    with pytest.raises(KeyError):
        permission_text(Permission.TELEPHONE, version="1999-01")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_published_version_reads_as_on_the_day_it_was_published(version: str) -> None:
    words = "\n".join(
        f"{text.permission}|{text.label}|{text.statement}" for text in VERSIONS[version].values()
    )
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == PUBLISHED[version]


def test_the_table_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError):
        VERSIONS["2027-01"] = {}  # type: ignore[index]
