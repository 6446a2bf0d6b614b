r"""The service characters of EDIFACT, and text that holds them: released on writing, taken back on reading.

`:` parts components, `+` elements, `'` ends a segment, `?` releases the character that follows it. TA1
lists the decimal mark `,` among the characters to release, practice and the GKV-SV's answer do not: both
are read alike, and `release` writes `?,` only where it is asked to.

Source: TA1 V21, 5.1; house, the comma is not released unless a receiver asks for it.

>>> release("D'Angelo + Söhne?")
"D?'Angelo ?+ Söhne??"
>>> elements("NAD+D?'Angelo+Luigi?+Co+19720413")
['NAD', "D?'Angelo", 'Luigi?+Co', '19720413']
>>> taken_back("D?'Angelo")
"D'Angelo"
"""

from __future__ import annotations

import re

COMPONENT = ":"
ELEMENT = "+"
DECIMAL_MARK = ","
RELEASE = "?"
TERMINATOR = "'"

_RELEASED = str.maketrans({":": "?:", "+": "?+", "?": "??", "'": "?'"})
_RELEASED_WITH_COMMA = str.maketrans({":": "?:", "+": "?+", "?": "??", "'": "?'", ",": "?,"})
_RELEASE_AND_NEXT = re.compile(r"\?(.?)", re.DOTALL)


def release(text: str, *, comma: bool = False) -> str:
    """Return the text so that it can stand in an element; with `comma` the decimal mark is released as well."""
    return text.translate(_RELEASED_WITH_COMMA if comma else _RELEASED)


def taken_back(text: str) -> str:
    """Return an element or component as it is meant, without its release characters."""
    return _RELEASE_AND_NEXT.sub(r"\1", text) if RELEASE in text else text


def elements(segment: str) -> list[str]:
    """Return the tag and the elements of a segment, each still with its release characters."""
    return _split(segment, ELEMENT) if RELEASE in segment else segment.split(ELEMENT)


def components(element: str) -> list[str]:
    """Return the components of an element, each still with its release characters."""
    return _split(element, COMPONENT) if RELEASE in element else element.split(COMPONENT)


def _split(text: str, separator: str) -> list[str]:
    parts: list[str] = []
    open_: list[str] = []
    for piece in text.split(separator):
        open_.append(piece)
        if not ends_in_release(piece):
            parts.append(separator.join(open_))
            open_.clear()
    # The release character at the very end releases nothing.
    return [*parts, separator.join(open_)] if open_ else parts


def ends_in_release(text: str) -> bool:
    """Say whether what follows the text is released: whether it ends in an odd number of `?`."""
    return (len(text) - len(text.rstrip(RELEASE))) % 2 == 1
