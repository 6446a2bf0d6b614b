"""The six ways in which an insured may permit a query, and the sentence somebody confirms by choosing one.

A sentence that was ever confirmed is never changed: a new wording is a new version beside the old one,
so that the journal can always show what was confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

TEXT_VERSION = "2026-11"


class Permission(StrEnum):
    """How the insured gave permission (Erlaubnis); the values stand in the journal and in the JSON."""

    IN_PERSON = "in-person"
    IN_WRITING = "in-writing"
    ELECTRONIC = "electronic"
    TELEPHONE = "telephone"
    LEGAL_REPRESENTATIVE = "legal-representative"
    SERIES = "series"


@dataclass(frozen=True, kw_only=True, slots=True)
class PermissionText:
    """What a person reads when choosing a form of permission, and what the choice states."""

    permission: Permission
    label: str
    statement: str


def permission_text(permission: Permission, *, version: str = TEXT_VERSION) -> PermissionText:
    """The text of one form of permission in one version; an unknown version raises KeyError."""
    return VERSIONS[version][permission]


def permission_choices() -> tuple[tuple[str, str], ...]:
    """Value and label of all six in the order of the page, in the version of today."""
    return tuple((text.permission.value, text.label) for text in VERSIONS[TEXT_VERSION].values())


def _table(*texts: PermissionText) -> Mapping[Permission, PermissionText]:
    return MappingProxyType({text.permission: text for text in texts})


VERSIONS: Mapping[str, Mapping[Permission, PermissionText]] = MappingProxyType(
    {
        "2026-11": _table(
            PermissionText(
                permission=Permission.IN_PERSON,
                label="mündlich, hier vor Ort",
                statement="Die versicherte Person hat mir heute vor Ort mündlich erlaubt, bei der Krankenkasse "
                "abzufragen, ob sie von Zuzahlungen befreit ist.",
            ),
            PermissionText(
                permission=Permission.IN_WRITING,
                label="schriftlich, mit Unterschrift",
                statement="Die versicherte Person hat schriftlich erlaubt, bei der Krankenkasse abzufragen, ob sie "
                "von Zuzahlungen befreit ist. Das unterschriebene Blatt liegt bei uns.",
            ),
            PermissionText(
                permission=Permission.ELECTRONIC,
                label="elektronisch (App oder E-Mail)",
                statement="Die versicherte Person hat auf elektronischem Weg erlaubt, bei der Krankenkasse "
                "abzufragen, ob sie von Zuzahlungen befreit ist. Die Nachricht liegt bei uns.",
            ),
            PermissionText(
                permission=Permission.TELEPHONE,
                label="am Telefon",
                statement="Die versicherte Person hat am Telefon erlaubt, bei der Krankenkasse abzufragen, ob sie "
                "von Zuzahlungen befreit ist.",
            ),
            PermissionText(
                permission=Permission.LEGAL_REPRESENTATIVE,
                label="durch Eltern oder gesetzliche Vertretung",
                statement="Die gesetzliche Vertretung der versicherten Person hat erlaubt, bei der Krankenkasse "
                "abzufragen, ob die versicherte Person von Zuzahlungen befreit ist.",
            ),
            PermissionText(
                permission=Permission.SERIES,
                label="für die ganze Behandlungsserie",
                statement="Die versicherte Person hat erlaubt, während dieser Behandlungsserie bis zum angegebenen "
                "Tag bei der Krankenkasse abzufragen, ob sie von Zuzahlungen befreit ist.",
            ),
        )
    }
)
