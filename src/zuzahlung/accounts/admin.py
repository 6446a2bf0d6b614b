"""The operator's pages of accounts: requests, the directory, people without their secrets, and own access."""

from __future__ import annotations

from zuzahlung.accounts.admin_directory import InstitutionAdmin
from zuzahlung.accounts.admin_people import OperatorAdmin, PersonAdmin
from zuzahlung.accounts.admin_registrations import RegistrationAdmin
from zuzahlung.accounts.models import Institution, Operator, Person, Registration

PAGES = (
    (Registration, RegistrationAdmin),
    (Institution, InstitutionAdmin),
    (Person, PersonAdmin),
    (Operator, OperatorAdmin),
)
