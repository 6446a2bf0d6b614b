"""The OpenAPI description in the form that a page shows: operations, and tables of members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One member of an object, or one parameter: its name, what it may be, and what it means."""

    name: str
    values: str
    is_required: bool
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """An object of the interface with its members."""

    name: str
    description: str
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Member, ...]
    answers: tuple[tuple[str, str], ...]


def operations(description: Schema) -> tuple[Operation, ...]:
    """All operations, in the order of the description; HEAD says nothing that GET does not say."""
    return tuple(
        Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            description=operation["description"],
            parameters=tuple(_parameter(one) for one in operation["parameters"]),
            answers=tuple(
                (str(status), one["description"]) for status, one in operation["responses"].items()
            ),
        )
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method != "head"
    )


def shape(name: str, description: Schema) -> Shape:
    """One object of the description by its name."""
    schema = description["components"]["schemas"][name]
    return Shape(name=name, description=schema["description"], members=tuple(_members(schema, description)))


def _members(schema: Schema, description: Schema) -> Iterator[Member]:
    required = schema.get("required", ())
    for name, one in schema["properties"].items():
        yield Member(
            name=name,
            values=_values(one, description),
            is_required=name in required,
            description=one.get("description", ""),
        )


def _parameter(given: Schema) -> Member:
    return Member(
        name=given["name"],
        values=f"{given['in']}, {_values(given['schema'], {})}",
        is_required=given["required"],
        description=given.get("description", ""),
    )


def _values(schema: Schema, description: Schema) -> str:
    """What a value may be, in words."""
    if "anyOf" in schema:
        return " or ".join(_values(one, description) for one in schema["anyOf"])
    if "$ref" in schema:
        return _named(schema["$ref"].rsplit("/", 1)[-1], description)
    if "enum" in schema:
        return "one of " + ", ".join(str(one) for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema["type"] == "array":
        most = f", 1 to {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {_values(schema['items'], description)}{most}"
    return _FORMS.get(schema.get("format", ""), str(schema["type"]))


def _named(name: str, description: Schema) -> str:
    target = description["components"]["schemas"][name]
    return _values(target, description) if "enum" in target else name


_FORMS: Mapping[str, str] = {
    "date": "YYYY-MM-DD",
    "date-time": "YYYY-MM-DDThh:mm:ssZ",
    "kvnr": "letter and nine digits",
}
