"""Who writes: the fund's name, address and colours as every letter and receipt shows them."""

from __future__ import annotations

from typing import Any, Protocol


class Fund(Protocol):
    """What letters need to know of the health insurance fund; the settings of the house have it."""

    @property
    def name(self) -> str: ...
    @property
    def full_name(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def telephone(self) -> str: ...
    @property
    def telephone_note(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def web(self) -> str: ...
    @property
    def represented_by(self) -> str: ...
    @property
    def supervised_by(self) -> str: ...
    @property
    def register(self) -> str: ...
    @property
    def accent(self) -> str: ...


def letterhead(fund: Fund) -> dict[str, Any]:
    """The fund as templates expect it under `fund`."""
    return {
        "name": fund.name,
        "full_name": fund.full_name,
        "street": fund.street,
        "place": f"{fund.postcode} {fund.city}",
        "telephone": fund.telephone,
        "telephone_note": fund.telephone_note,
        "email": fund.email,
        "web": fund.web,
        "represented_by": fund.represented_by,
        "supervised_by": fund.supervised_by,
        "register": fund.register,
        "accent": fund.accent,
    }
