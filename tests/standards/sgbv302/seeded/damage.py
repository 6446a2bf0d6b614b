"""Ways to damage a good file in one place, and what a check is to say of it.

A place is written as in a finding: „EHE.6“ is the sixth element of the first EHE of the file, „EHE#2.1.2“ the
second component of the first element of the second EHE, „ZHE“ a whole segment. FKT and REC count through SLGA
and SLLA. Counts and numbers of UNH, UNT and UNZ are put right afterwards unless the damage is about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tests.standards.sgbv302.seeded.good import GOOD
from zuzahlung.standards.edifact.stream import BrokenStream, segments
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302.checks.rules import FileFinding

END = "'\r\n"
Damage = Callable[[str], str]


class Expected(NamedTuple):
    """A finding: its rule, its Prüfstufe, how grave it is, and the place."""

    rule: str
    stufe: int
    severity: Severity
    where: str


def head(rule: str, where: str = "") -> Expected:
    """Return an error of Stufe 1: the file and its envelope."""
    return Expected(rule, 1, Severity.ERROR, where)


def form(rule: str, where: str) -> Expected:
    """Return an error of Stufe 2: order and form of segments."""
    return Expected(rule, 2, Severity.ERROR, where)


def wrong(rule: str, where: str) -> Expected:
    """Return an error of Stufe 3: what the segments say."""
    return Expected(rule, 3, Severity.ERROR, where)


def doubt(rule: str, where: str, stufe: int = 3) -> Expected:
    """Return a warning."""
    return Expected(rule, stufe, Severity.WARNING, where)


def remark(rule: str, where: str, stufe: int = 3) -> Expected:
    """Return a note."""
    return Expected(rule, stufe, Severity.NOTE, where)


@dataclass(frozen=True, kw_only=True)
class Defect:
    """A single defect in a good file, and all that is to be found because of it.

    `why` says why it is right that there is not exactly one finding. With `raw` nothing is counted again.
    """

    id: str
    file: str
    says: str
    damage: Damage
    expected: tuple[Expected, ...]
    why: str = ""
    raw: bool = False

    def damaged(self) -> bytes:
        """Return the damaged file in I1, the bytes that stand for a character being that character."""
        text = self.damage(GOOD[self.file].decode("latin-1"))
        return (text if self.raw else _counted(text)).encode("latin-1")


def defect(id_: str, file: str, says: str, damage: Damage, *expected: Expected, why: str = "") -> Defect:
    """Return a defect whose file is counted again."""
    return Defect(id=id_, file=file, says=says, damage=damage, expected=expected, why=why)


def put(where: str, new: str) -> Damage:
    """Return the damage of another element or component; a whole segment may become several."""

    def damage(text: str) -> str:
        parts = _split(text)
        place, element, component = _find(parts, where)
        parts[place] = new if element is None else _with(parts[place], element, component, new)
        return _join(parts)

    return damage


def drop(where: str, *, upto: str | None = None) -> Damage:
    """Return the damage of a segment left out, or of several up to and with the second one named."""

    def damage(text: str) -> str:
        parts = _split(text)
        start = _find(parts, where)[0]
        end = start if upto is None else _find(parts, upto)[0]
        return _join([*parts[:start], *parts[end + 1 :]])

    return damage


def before(where: str, *new: str) -> Damage:
    """Return the damage of segments too many."""

    def damage(text: str) -> str:
        parts = _split(text)
        place = _find(parts, where)[0]
        return _join([*parts[:place], *new, *parts[place:]])

    return damage


def doubled(where: str, *, upto: str | None = None) -> Damage:
    """Return the damage of a segment, or of several in a row, that stand twice."""

    def damage(text: str) -> str:
        parts = _split(text)
        start = _find(parts, where)[0]
        end = start + 1 if upto is None else _find(parts, upto)[0] + 1
        return _join([*parts[:end], *parts[start:end], *parts[end:]])

    return damage


def moved(where: str, ahead_of: str, *, upto: str | None = None) -> Damage:
    """Return the damage of a segment, or of several in a row, that stand before another one."""

    def damage(text: str) -> str:
        parts = _split(text)
        start = _find(parts, where)[0]
        end = start + 1 if upto is None else _find(parts, upto)[0] + 1
        goal = _find(parts, ahead_of)[0]
        rest = [*parts[:start], *parts[end:]]
        goal -= end - start if goal > start else 0
        return _join([*rest[:goal], *parts[start:end], *rest[goal:]])

    return damage


def swapped(one: str, other: str) -> Damage:
    """Return the damage of two segments in each other's place."""

    def damage(text: str) -> str:
        parts = _split(text)
        first, second = _find(parts, one)[0], _find(parts, other)[0]
        parts[first], parts[second] = parts[second], parts[first]
        return _join(parts)

    return damage


def replaced(old: str, new: str, *, times: int = 1) -> Damage:
    """Return the damage of a text in place of another; 0 times is everywhere."""

    def damage(text: str) -> str:
        assert old in text
        return text.replace(old, new, times or -1)

    return damage


def cut(ahead_of: str, *, characters: int = 0) -> Damage:
    """Return the damage of a file that ends before a segment, or so many characters into it."""

    def damage(text: str) -> str:
        parts = _split(text)
        place = _find(parts, ahead_of)[0]
        return _join(parts[:place]) + parts[place][:characters]

    return damage


def all_of(*damages: Damage) -> Damage:
    """Return several changes that make one defect together."""

    def damage(text: str) -> str:
        for one in damages:
            text = one(text)
        return text

    return damage


def instead(content: bytes) -> Damage:
    """Return the damage of something else in place of the file."""
    return lambda _: content.decode("latin-1")


def told(content: bytes, findings: Iterable[FileFinding]) -> list[Expected]:
    """Return what was found in a file, with places as they are written here."""
    tags = [""]
    try:
        tags.extend(_tag(piece.text) for piece in segments([content]))
    except BrokenStream as broken:
        tags.append(_tag(broken.beginning))
    return [Expected(one.rule, one.stufe, one.severity, _where(one, tags)) for one in findings]


def _tag(text: str) -> str:
    tag = text.partition("+")[0]
    return tag if tag.isalnum() and len(tag) == 3 else "?"


def _where(finding: FileFinding, tags: list[str]) -> str:
    tag = tags[finding.segment]
    nth = tags[: finding.segment + 1].count(tag)
    return tag + (f"#{nth}" if nth > 1 else "") + (f".{finding.place}" if finding.place else "")


def _split(text: str) -> list[str]:
    return [piece.text for piece in segments([text.encode("latin-1")])]


def _join(parts: Iterable[str]) -> str:
    return "".join(part + END for part in parts)


def _find(parts: list[str], where: str) -> tuple[int, int | None, int | None]:
    name, *numbers = where.split(".")
    tag, _, nth = name.partition("#")
    places = [place for place, part in enumerate(parts) if part.partition("+")[0] == tag]
    element, component = ([int(number) for number in numbers] + [None, None])[:2]
    return places[int(nth or 1) - 1], element, component


def _with(segment: str, element: int, component: int | None, new: str) -> str:
    parts = _marked(segment).split("+")
    parts += [""] * (element + 1 - len(parts))
    if component is None:
        parts[element] = _marked(new)
    else:
        components = parts[element].split(":")
        components += [""] * (component - len(components))
        components[component - 1] = _marked(new)
        parts[element] = ":".join(components)
    return "+".join(parts).rstrip("+").replace("\x01", "?+").replace("\x02", "?:")


def _marked(text: str) -> str:
    """Return the text with other signs for what is released, so that a plain split finds the elements."""
    return text.replace("?+", "\x01").replace("?:", "\x02")


def _counted(text: str) -> str:
    """Return the file with right numbers in UNH, UNT and UNZ."""
    parts = _split(text)
    messages = count = 0
    for place, part in enumerate(parts):
        count += 1
        if part.startswith("UNH+"):
            messages, count = messages + 1, 1
            parts[place] = _with(part, 1, None, f"{messages:05}")
        elif part.startswith("UNT+"):
            parts[place] = f"UNT+{count:06}+{messages:05}"
        elif part.startswith("UNZ+"):
            parts[place] = _with(part, 1, None, f"{messages:06}")
    return _join(parts)
