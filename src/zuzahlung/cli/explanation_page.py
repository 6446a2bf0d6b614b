"""An explained file as one page that needs nothing else: for every reader, for every screen, and for paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from typing import Final

from zuzahlung.cli.explanation_blocks import AsItStands, Block, Column, Facts, Heading, Sentence, Table
from zuzahlung.cli.explanation_style import STYLE
from zuzahlung.cli.explanation_text import LONGEST_SEGMENT
from zuzahlung.cli.terminal import german, shown

_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
"""Nothing is loaded, nothing runs, and no style but ours counts, whatever a file may have smuggled in."""

_TAGS: Final = frozenset(
    {
        "html", "head", "meta", "title", "style", "body", "main", "footer", "section", "article", "h1", "h2", "h3",
        "p", "dl", "div", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "ol", "li",
        "code",
    }
)  # fmt: skip
_EMPTY: Final = frozenset({"meta"})
_CONTAINERS: Final = {2: "section", 3: "article"}


class Markup:
    """Writes HTML as it goes; every text and every value of an attribute is escaped, there is no other way in."""

    def __init__(self, write: Callable[[str], object]) -> None:
        """Take what writes text, and begin the document."""
        self._write = write
        self._open: list[str] = []
        write("<!DOCTYPE html>\n")

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._open)

    def begin(self, tag: str, **attributes: str) -> None:
        """Opens an element; `class_` is written class, `data_label` data-label."""
        self._write(_opening(tag, tuple(attributes.items())))
        if tag not in _EMPTY:
            self._open.append(tag)

    def text(self, text: str) -> None:
        """Writes a text as it is to be read."""
        self._write(_escaped(text))

    def end(self) -> None:
        """Closes the element that was opened last."""
        self._write(f"</{self._open.pop()}>")

    def end_to(self, depth: int) -> None:
        """Closes elements until so many are open."""
        while len(self._open) > depth:
            self.end()

    def leaf(self, tag: str, text: str, **attributes: str) -> None:
        """Writes an element that holds a text."""
        self.begin(tag, **attributes)
        self.text(text)
        self.end()

    @contextmanager
    def within(self, tag: str, **attributes: str) -> Iterator[None]:
        """Writes an element around what is written meanwhile."""
        self.begin(tag, **attributes)
        yield
        self.end()

    def new_line(self) -> None:
        """Begins a new line of the file, for those who read it as text."""
        self._write("\n")


# Most of what a page says comes again in every case; the rest does not stay long.
@lru_cache(4_096)
def _escaped(text: str) -> str:
    return escape(shown(text))


@lru_cache(4_096)
def _opening(tag: str, attributes: tuple[tuple[str, str], ...]) -> str:
    if tag not in _TAGS:
        raise ValueError("no element of our pages")
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_escaped(value)}"' for name, value in attributes
    )
    return f"<{tag}{named}>"


def write_page(blocks: Iterable[Block], write: Callable[[str], object]) -> None:
    """Writes the page while the blocks come, from its first heading to its end."""
    page = Markup(write)
    page.begin("html", lang="de")
    for place, block in enumerate(blocks):
        if place == 0:
            _head(page, block.text if isinstance(block, Heading) else "")
            page.begin("body")
            page.begin("main")
        _block(page, block)
        page.new_line()
    page.end_to(_BODY)
    with page.within("footer"):
        page.leaf("p", "Geschrieben von „zuzahlung explain“. Diese Seite enthält Daten von Versicherten.")
    page.end_to(0)
    page.new_line()


_BODY = 2
_MAIN = 3


def _head(page: Markup, title: str) -> None:
    with page.within("head"):
        page.begin("meta", charset="utf-8")
        page.begin("meta", http_equiv="Content-Security-Policy", content=POLICY)
        page.begin("meta", name="viewport", content="width=device-width, initial-scale=1")
        page.begin("meta", name="referrer", content="no-referrer")
        page.begin("meta", name="robots", content="noindex")
        page.leaf("title", f"{title} – erklärt")
        page.leaf("style", STYLE)
    page.new_line()


def _block(page: Markup, block: Block) -> None:
    if isinstance(block, Heading):
        _heading(page, block)
    elif isinstance(block, Facts):
        _facts(page, block)
    elif isinstance(block, Table):
        _table(page, block)
    elif isinstance(block, Sentence):
        page.leaf("p", block.text, **({"class_": "out"} if block.stands_out else {}))
    else:
        _segments(page, block)


def _heading(page: Markup, block: Heading) -> None:
    """Closes what the heading does not belong to, and opens what it heads."""
    page.end_to(_MAIN if block.level <= 2 else _MAIN + 1)
    if container := _CONTAINERS.get(block.level):
        page.begin(container)
    page.leaf(f"h{block.level}", block.text)


def _facts(page: Markup, block: Facts) -> None:
    with page.within("dl"):
        for name, value in block.rows:
            with page.within("div"):
                page.leaf("dt", name)
                page.leaf("dd", value)


def _segments(page: Markup, block: AsItStands) -> None:
    page.leaf("p", f"{block.lead}:", class_="lead")
    with page.within("ol", class_="segments"):
        for number, text in block.segments:
            with page.within("li"):
                page.text(f"Segment {german(number)}: ")
                page.leaf("code", text[:LONGEST_SEGMENT])
                if len(text) > LONGEST_SEGMENT:
                    page.text(f" … ({german(len(text))} Zeichen)")


def _table(page: Markup, block: Table) -> None:
    # On a narrow screen rows of many cells become blocks, and a browser would forget that they are rows: the roles remain.
    with page.within("table", role="table", **({"class_": "stack"} if len(block.columns) > 2 else {})):
        page.leaf("caption", block.caption)
        with page.within("thead", role="rowgroup"), page.within("tr", role="row"):
            for column in block.columns:
                page.leaf(
                    "th", column.title, scope="col", role="columnheader", **_look(is_number=column.is_number)
                )
        seen: set[str] = set()
        with page.within("tbody", role="rowgroup"):
            for row in block.rows:
                _row(page, block.columns, row, seen)
        if block.foot is not None:
            with page.within("tfoot", role="rowgroup"):
                _row(page, block.columns, block.foot, seen)


def _row(page: Markup, columns: Sequence[Column], row: Sequence[str], seen: set[str]) -> None:
    with page.within("tr", role="row"):
        page.leaf("th", row[0], scope="row", role="rowheader", data_label=columns[0].title)
        for cell, column in zip(row[1:], columns[1:], strict=True):
            look = _look(is_number=column.is_number, is_again=column.is_wordy and cell in seen)
            page.leaf("td", cell, role="cell", data_label=column.title, **look)
            if column.is_wordy:
                seen.add(cell)


def _look(*, is_number: bool, is_again: bool = False) -> dict[str, str]:
    """Returns the class of a cell; words that stand above already need one line only."""
    if is_number:
        return {"class_": "number"}
    return {"class_": "again"} if is_again else {}
