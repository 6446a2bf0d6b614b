"""Generated calls, right and wrong ones, never break the interface and never leave its description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.stage import NOW, Practice, Stage
from tests.database import HouseDatabase
from zuzahlung.site.wsgi import application
from zuzahlung.standards.numbers.kvnr import check_digit

EXAMPLES = 40
kvnr = st.from_regex("[A-Z][0-9]{8}", fullmatch=True).map(lambda nine: nine + check_digit(nine))
schemathesis.openapi.format("kvnr", kvnr)


@pytest.fixture(scope="module")
def practice(house: HouseDatabase) -> Iterator[Practice]:
    """A practice that may ask as often as it likes, on a day that stays the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: NOW)
        stage = Stage(house=house)
        made = stage.practice()
        plenty = 1_000_000
        stage.limit(made, per_day=plenty, per_burst=plenty, unknown_per_day=plenty)
        yield made


def check(operation: Any, practice: Practice, mode: GenerationMode, *, among: set[int]) -> set[int]:
    """Calls an operation many times; says which statuses came back."""
    seen: set[int] = set()
    # Days and permission have rules that no schema can say, so a well-formed question may be refused.
    excluded: list[Any] = [positive_data_acceptance] if mode is GenerationMode.POSITIVE else []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def calls(case: Case[Any]) -> None:
        # A wrong key would be put right below, and the question then be a good one.
        assume(mode is GenerationMode.POSITIVE or "Authorization" not in (case.headers or {}))
        headers = {"Authorization": f"Bearer {practice.token}"}
        response = case.call(headers=headers)
        case.validate_response(response, headers=headers, excluded_checks=excluded)
        seen.add(response.status_code)

    calls()
    assert seen <= among
    return seen


@pytest.fixture(scope="module")
def schema(practice: Practice) -> Any:
    """The description, read as a client would read it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def test_well_formed_questions_are_answered_or_refused_by_a_rule(schema: Any, practice: Practice) -> None:
    operation = schema["/api/v1/exemption-queries"]["POST"]
    assert check(operation, practice, GenerationMode.POSITIVE, among={200, 422}) == {200, 422}


def test_malformed_questions_are_refused(schema: Any, practice: Practice) -> None:
    operation = schema["/api/v1/exemption-queries"]["POST"]
    assert 422 in check(operation, practice, GenerationMode.NEGATIVE, among={400, 401, 415, 422})


def test_any_number_can_be_asked_for(schema: Any, practice: Practice) -> None:
    operation = schema["/api/v1/exemption-queries/{number}"]["GET"]
    assert check(operation, practice, GenerationMode.POSITIVE, among={404}) == {404}
