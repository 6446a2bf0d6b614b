"""A small file in which every segment stands at least once: its text, for tests that take it apart.

It is in order, and every field has its form; the sums are made up, since nothing here looks at them.
"""

from __future__ import annotations

SEGMENTS = (
    "UNB+UNOC:3+440301798+660999007+20261005:1040+00118+B+SL030179S10+0",
    "UNH+00001+SLGA:21:0:0",
    "FKT+01++440301798+109990018+109990018+440301798",
    "REC+2026-1001:0+20261005+1",
    "UST+DE123456789+J",
    "SKO+2,00+14",
    "SKO+1,50+30",
    "GES+00+459,83+532,87+73,04",
    "GES+11+459,83+532,87+73,04",
    "NAM+Praxis Müller ?+ Söhne+Frau Muster 0300000000++info@example.org",
    "UNT+000010+00001",
    "UNH+00002+SLLA:21:0:0",
    "FKT+01++440301798+109990018+109990018",
    "REC+2026-1001:0+20261005+1",
    "INV+A123456780+10000+1+1",
    "URI+440301798+2026-1000:0+20260905+17",
    "NAD+D?'Angelo+Luigi+19720413",
    "IMG+2026+09+440301798",
    "EVO+160.123.456.789.012.34",
    "EHE+22:00501+20501+1,00+29,63+20260907+2,96",
    "TXT+Fragen??",
    "MWS+19,00+5,63",
    "EHE+22:00501+20501+1,00+29,63+20260909+2,96+12",
    "ZHE+110178400+906716934+20260901+3+WS+03++++++1+1000++0+1+2",
    "DIA+M54.5",
    "DIA++Rückenschmerz?: links",
    "SKZ+G-4711+20260820+B2",
    "BES+64,89+15,92+5,92+10,00",
    "INV+B234567895+50000+1+2",
    "NAD+Müller+Erna+19450131+Weg 1+01067+Dresden",
    "EHE+22:00501+21201+0,50+35,59+20260908+3,56",
    "ZHE+110178400+906716934+20260901+2+EX+03+++++++1000++0+1+2",
    "DIA+M75.1",
    "GZF+27,76+17,76+10,00",
    "UNT+000024+00002",
    "UNZ+000002+00118",
)
"""The segments without their terminators."""


def joined(*segments: str, end: str = "\r\n") -> bytes:
    """Return a file of these segments, as I1 writes it."""
    return "".join(segment + "'" + end for segment in segments).encode("latin-1")


TEXT = joined(*SEGMENTS)
