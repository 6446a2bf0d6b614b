"""A § 302 file of as many cases as wanted, each another, without a single fault: eleven segments, some 440 bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from zuzahlung.standards.numbers import ik, kvnr

CASES_OF_ONE_INVOICE = 50_000
"""UNT counts 999,999 segments: with eleven a case, some 90,000 fit."""

_FIRST_DAY = date(2026, 8, 3)
_STATUS = (("10000", "11"), ("30000", "31"), ("50000", "51"))
_NAMES = ("Müller", "Yılmaz".replace("ı", "i"), "D?'Angelo", "Weiß", "Schröder-Öztürk", "Nowak", "Çelik")
# Six treatments: percentage 17,76, flat fee 10,00.
_GROSS, _COPAYMENT = Decimal("177.78"), Decimal("27.76")
_END = "'\r\n"


def write_file(path: Path, cases: int) -> Path:
    """Writes the file and returns its path."""
    with path.open("wb") as file:
        for text in texts(cases):
            file.write(text.encode("latin-1"))
    return path


def texts(cases: int) -> Iterator[str]:
    """Yields the file in pieces of one case or less."""
    sender = "440301798"
    yield f"UNB+UNOC:3+{sender}+660999007+20261005:1040+00118+B+SL030179S10+2{_END}"
    messages = 0
    for start in range(0, cases, CASES_OF_ONE_INVOICE):
        count = min(CASES_OF_ONE_INVOICE, cases - start)
        number = messages // 2 + 1
        fund = _ik(f"1099{number:04}")
        invoice = f"REC+2026-{number}:0+20261005+1{_END}"
        yield _slga(messages + 1, sender, fund, invoice, _split(start, count))
        yield f"UNH+{messages + 2:05}+SLLA:21:0:0{_END}FKT+01++{sender}+{fund}+{fund}{_END}{invoice}"
        for place in range(count):
            yield _case(start + place, place + 1)
        yield f"UNT+{11 * count + 4:06}+{messages + 2:05}{_END}"
        messages += 2
    yield f"UNZ+{messages:06}+00118{_END}"


def _split(start: int, count: int) -> list[int]:
    """How many of these cases are of each status."""
    return [sum(1 for case in range(start, start + count) if case % 3 == status) for status in range(3)]


def _slga(number: int, sender: str, fund: str, invoice: str, split: list[int]) -> str:
    rows = [("00", sum(split))] + [(row, n) for (_, row), n in zip(_STATUS, split, strict=True) if n]
    sums = [
        f"GES+{row}+{_euros((_GROSS - _COPAYMENT) * n)}+{_euros(_GROSS * n)}+{_euros(_COPAYMENT * n)}{_END}"
        for row, n in rows
    ]
    return (
        f"UNH+{number:05}+SLGA:21:0:0{_END}FKT+01++{sender}+{fund}+{fund}+{sender}{_END}{invoice}"
        f"{''.join(sums)}NAM+Physiotherapie Mustermann+Frau Muster 0300000000{_END}"
        f"UNT+{len(rows) + 5:06}+{number:05}{_END}"
    )


def _case(number: int, beleg: int) -> str:
    nine = f"{chr(65 + number % 26)}{number * 7919 % 100_000_000:08}"
    first = _FIRST_DAY + timedelta(days=number % 25)
    days = (first + timedelta(days=offset) for offset in (0, 2, 7, 9, 14, 16))
    prescribed = first - timedelta(days=5)
    return (
        f"INV+{nine}{kvnr.check_digit(nine)}+{_STATUS[number % 3][0]}+1+{beleg}{_END}"
        f"NAD+{_NAMES[number % 7]}+Person {number}+{1940 + number % 60}{number % 12 + 1:02}15{_END}"
        + "".join(f"EHE+22:00501+20501+1,00+29,63+{day:%Y%m%d}+2,96{_END}" for day in days)
        + f"ZHE+110178400+906716934+{prescribed:%Y%m%d}+3+WS+03+++++++1000++0+1+2{_END}"
        f"DIA+M54.5{_END}BES+177,78+27,76+17,76+10,00{_END}"
    )


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _ik(eight: str) -> str:
    return eight + ik.check_digit(eight)
