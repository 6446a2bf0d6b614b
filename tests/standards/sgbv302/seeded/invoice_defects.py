"""Defects between messages (Prüfstufe 3): SLGA beside SLLA, numbers, Sammelrechnungen, sums."""

from __future__ import annotations

from typing import Final

from tests.standards.sgbv302.seeded.damage import (
    all_of,
    before,
    defect,
    doubled,
    doubt,
    drop,
    moved,
    put,
    replaced,
    swapped,
    wrong,
)

PAIRS: Final = (
    defect(
        "sender-of-slga", "01", "Die SLGA nennt einen anderen Absender als UNB.",
        put("FKT.6", "461100877"), wrong("fkt.sender", "FKT.6"),
    ),
    defect(
        "provider-differs", "01", "SLGA und SLLA nennen verschiedene Leistungserbringer.",
        put("FKT#2.3", "461100877"), wrong("fkt.differs", "FKT#2.3"),
    ),
    defect(
        "payer-differs", "01", "SLGA und SLLA nennen verschiedene Kostenträger.",
        put("FKT#2.4", "109990029"), wrong("fkt.differs", "FKT#2.4"),
    ),
    defect(
        "fund-differs", "03", "SLGA und SLLA nennen verschiedene Krankenkassen.",
        put("FKT#2.5", "109990029"), wrong("fkt.differs", "FKT#2.5"),
    ),
    defect(
        "vkz-differs", "01", "SLGA und SLLA haben verschiedene Verarbeitungskennzeichen.",
        put("FKT#2.1", "04"), wrong("fkt.differs", "FKT#2.1"),
    ),
    defect(
        "vkz-differs-in-claim", "03", "Die SLGA einer Zuzahlungsforderung ist als Abrechnung bezeichnet.",
        put("FKT.1", "01"), wrong("fkt.differs", "FKT#2.1"),
    ),
    defect(
        "number-differs", "01", "SLGA und SLLA haben verschiedene Rechnungsnummern.",
        put("REC#2.1.1", "2026-1010"), wrong("rec.differs", "REC#2.1.1"),
    ),
    defect(
        "single-number-differs", "01 Sammelrechnung",
        "SLGA und SLLA haben verschiedene Einzel-Rechnungsnummern.",
        put("REC#3.1.2", "2"), wrong("rec.differs", "REC#3.1.2"),
    ),
    defect(
        "day-differs", "01", "SLGA und SLLA haben verschiedene Rechnungsdaten.",
        put("REC#2.2", "20261004"), wrong("rec.differs", "REC#2.2"),
    ),
    defect(
        "rechnungsart-differs", "01", "SLGA und SLLA haben verschiedene Rechnungsarten.",
        put("REC#2.3", "2"), wrong("rec.differs", "REC#2.3"),
    ),
    defect(
        "slla-for-each-case", "03", "Für jeden Fall steht eine eigene SLLA.",
        all_of(
            *(
                before(
                    f"INV#{nth}",
                    "UNT+0+0", "UNH+0+SLLA:21:0:0", "FKT+03++440301798+109990018+109990018",
                    "REC+2026-1104:0+20261103+1",
                )
                for nth in (3, 2)
            )
        ),
        wrong("slla.second", "UNH#3"),
    ),
    defect(
        "slla-missing", "01 Sammelrechnung", "Der ersten Rechnung fehlt die SLLA.",
        drop("UNH#3", upto="UNT#3"), wrong("slga.without-slla", "UNH#2"),
    ),
    defect(
        "last-slla-missing", "01", "Die SLLA fehlt.",
        drop("UNH#2", upto="UNT#2"), wrong("slga.without-slla", "UNH"),
    ),
    defect(
        "slga-missing", "01", "Die SLGA fehlt.",
        drop("UNH", upto="UNT"), wrong("slla.without-slga", "UNH"),
    ),
    defect(
        "second-slga-missing", "01 Rechnungsart 2", "Der zweiten Rechnung fehlt die SLGA.",
        drop("UNH#3", upto="UNT#3"), wrong("slla.without-slga", "UNH#3"),
    ),
    defect(
        "sllas-swapped", "01 Sammelrechnung", "Die SLLA der beiden Rechnungen sind vertauscht.",
        all_of(
            moved("UNH#5", "UNH#3", upto="UNT#5"),
            moved("UNH#5", "UNH#4", upto="UNT#5"),
        ),
        wrong("slla.other-invoice", "UNH#3"), wrong("slla.other-invoice", "UNH#5"),
        why="Each stands where the other belongs.",
    ),
    defect(
        "slla-before-slga", "01", "Die SLLA steht vor ihrer SLGA.",
        moved("UNH#2", "UNH", upto="UNT#2"),
        wrong("slla.without-slga", "UNH"), wrong("slga.without-slla", "UNH#2"),
        why="What belongs to each of the two is missing after it, or before it.",
    ),
)  # fmt: skip

HEADS: Final = (
    defect(
        "fund-missing", "01", "In der SLGA fehlt das IK der Krankenkasse.",
        put("FKT.5", ""), wrong("fkt.fund-missing", "FKT.5"),
    ),
    defect(
        "fund-in-sammelrechnung", "01 Sammelrechnung", "Die Sammelrechnung nennt eine Krankenkasse.",
        put("FKT.5", "109990018"), wrong("fkt.fund-of-sammel", "FKT.5"),
    ),
    defect(
        "sammelrechnung-not-marked", "01 Sammelrechnung", "Der Sammelrechnung fehlt das J.",
        put("FKT.2", ""), wrong("fkt.sammel-not-marked", "FKT.2"),
    ),
    defect(
        "gesamtrechnung-marked", "01", "Eine Gesamtrechnung ist als Sammelrechnung bezeichnet.",
        put("FKT.2", "J"), wrong("fkt.not-sammel", "FKT.2"),
    ),
    defect(
        "marked-with-n", "01", "Statt leer ist das Feld Sammelrechnung N.",
        put("FKT.2", "N"), wrong("fkt.sammelrechnung", "FKT.2"),
    ),
    defect(
        "free-field", "01", "Das Freifeld der SLLA ist gefüllt.",
        put("FKT#2.2", "X"), doubt("fkt.freifeld", "FKT#2.2"),
    ),
    defect(
        "biller-in-rechnungsart-1", "01", "Die SLLA nennt bei Rechnungsart 1 einen Rechnungssteller.",
        put("FKT#2.6", "440301798"), wrong("fkt.biller-surplus", "FKT#2.6"),
    ),
    defect(
        "biller-missing", "01 Rechnungsart 3", "Die SLLA nennt bei Rechnungsart 3 keinen Rechnungssteller.",
        put("FKT#3.6", ""), wrong("fkt.biller-missing", "FKT#3.6"),
    ),
    defect(
        "other-biller", "01 Rechnungsart 3", "Als Rechnungssteller steht in der SLLA der Leistungserbringer.",
        put("FKT#3.6", "440301798"), wrong("fkt.other-biller", "FKT#3.6"),
    ),
    defect(
        "not-self-billed", "01", "Bei Rechnungsart 1 sendet ein anderer als der Leistungserbringer.",
        all_of(put("UNB.2", "461100877"), put("UNB.7", "SL110087S10"), put("FKT.6", "461100877")),
        doubt("fkt.not-self-billed", "FKT.3"),
    ),
    defect(
        "ik-check-digit", "01", "Die Prüfziffer des IK der Krankenkasse stimmt überall nicht.",
        replaced("109990018", "109990019", times=0), doubt("ik.check-digit", "FKT.4"),
    ),
    defect(
        "tax-exemption", "01", "Die Befreiung von der Umsatzsteuer ist mit N verneint statt leer.",
        put("UST.2", "N"), wrong("ust.exemption", "UST.2"),
    ),
    defect(
        "discount-nought", "01", "Das Skonto ist 0 Prozent.",
        put("SKO.1", "0,00"), doubt("sko.percent", "SKO.1"),
    ),
    defect(
        "discount-no-days", "01", "Das Zahlungsziel ist 0 Tage.",
        put("SKO.2", "0"), doubt("sko.days", "SKO.2"),
    ),
    defect(
        "discount-twice", "01", "Für dieselbe Frist gibt es zwei Skonti.",
        doubled("SKO"), doubt("sko.twice", "SKO#2.2"),
    ),
    defect(
        "email-with-umlaut", "01", "Die E-Mail-Adresse enthält einen Umlaut.",
        put("NAM.4", "praxis@müller.example"), wrong("nam.email", "NAM.4"),
    ),
    defect(
        "email-is-a-telephone", "01", "Statt der E-Mail-Adresse steht eine Telefonnummer.",
        put("NAM.4", "0300000000"), doubt("nam.no-email", "NAM.4"),
    ),
    defect(
        "key-of-vkz", "01", "Das Verarbeitungskennzeichen 05 gibt es nicht.",
        all_of(put("FKT.1", "05"), put("FKT#2.1", "05")),
        wrong("key.unknown", "FKT.1"), wrong("key.unknown", "FKT#2.1"),
        why="It stands in both messages.",
    ),
    defect(
        "key-of-rechnungsart", "01", "Die Rechnungsart 0 gibt es nicht.",
        all_of(put("REC.3", "0"), put("REC#2.3", "0")),
        wrong("key.unknown", "REC.3"), wrong("key.unknown", "REC#2.3"),
        why="It stands in both messages.",
    ),
)  # fmt: skip

NUMBERS: Final = (
    defect(
        "number-with-blank", "01", "Die Rechnungsnummer enthält ein Leerzeichen.",
        all_of(put("REC.1.1", "2026 1001"), put("REC#2.1.1", "2026 1001")),
        wrong("rec.number-form", "REC.1.1"),
    ),
    defect(
        "number-with-two-hyphens", "02", "In der Rechnungsnummer stehen zwei Bindestriche hintereinander.",
        all_of(put("REC.1.1", "2026--1103"), put("REC#2.1.1", "2026--1103")),
        wrong("rec.number-form", "REC.1.1"),
    ),
    defect(
        "number-with-umlaut", "01", "Die Rechnungsnummer enthält einen Umlaut.",
        all_of(put("REC.1.1", "März-1001"), put("REC#2.1.1", "März-1001")),
        wrong("rec.number-form", "REC.1.1"),
    ),
    defect(
        "single-number-without-sammelrechnung", "01",
        "Ohne Sammelrechnung ist die Einzel-Rechnungsnummer nicht 0.",
        all_of(put("REC.1.2", "1"), put("REC#2.1.2", "1")),
        wrong("rec.single-number", "REC.1.2"),
    ),
    defect(
        "no-single-number", "01 Sammelrechnung",
        "Unter der Sammelrechnung ist eine Einzel-Rechnungsnummer 0.",
        all_of(put("REC#2.1.2", "0"), put("REC#3.1.2", "0")),
        wrong("rec.single-number-missing", "REC#2.1.2"),
    ),
    defect(
        "single-number-of-sammelrechnung", "01 Sammelrechnung",
        "Die Sammelrechnung hat die Einzel-Rechnungsnummer 3.",
        put("REC.1.2", "3"), doubt("rec.single-number-of-sammel", "REC.1.2"),
    ),
    defect(
        "number-twice", "01 Rechnungsart 2", "Zwei Rechnungen an dieselbe Kasse haben dieselbe Nummer.",
        all_of(put("REC#3.1.1", "E-2027/1"), put("REC#4.1.1", "E-2027/1")),
        wrong("rec.number-twice", "REC#3.1"),
    ),
    defect(
        "number-reused", "01 Rechnungsart 2", "Zwei Rechnungen an verschiedene Kassen haben dieselbe Nummer.",
        all_of(
            put("REC#3.1.1", "E-2027/1"), put("REC#4.1.1", "E-2027/1"),
            put("FKT#3.5", "109990029"), put("FKT#4.5", "109990029"),
        ),
        doubt("rec.number-reused", "REC#3.1"),
    ),
    defect(
        "number-of-another", "01 Rechnungsart 3",
        "Zwei Leistungserbringer haben dieselbe Einzel-Rechnungsnummer.",
        all_of(
            put("REC#4.1.2", "1"), put("REC#5.1.2", "1"),
            put("FKT#4.5", "109990029"), put("FKT#5.5", "109990029"),
        ),
        wrong("rec.number-of-another", "REC#4.1.2"),
    ),
    defect(
        "torn-apart", "01 Sammelrechnung", "Zwei Rechnungen an dieselbe Kasse vom selben Tag.",
        all_of(put("FKT#4.5", "109990018"), put("FKT#5.5", "109990018")),
        wrong("invoice.torn-apart", "FKT#4"),
    ),
    defect(
        "invoice-later-than-file", "01", "Das Rechnungsdatum liegt nach dem Tag der Datei.",
        all_of(put("REC.2", "20261006"), put("REC#2.2", "20261006")),
        doubt("rec.after-the-file", "REC.2"),
    ),
    defect(
        "vkz-mixed", "01 Rechnungsart 2", "In einer Datei stehen Abrechnung und Nachforderung.",
        all_of(
            put("FKT#3.1", "02"), put("FKT#4.1", "02"),
            before("NAD#3", "URI+260326822+L-2026/9:0+20261201+1"),
        ),
        wrong("file.mixed-vkz", "FKT#3.1"),
    ),
    defect(
        "rechnungsart-mixed", "01 Rechnungsart 2", "In einer Datei stehen Rechnungsart 1 und 2.",
        all_of(put("REC#3.3", "1"), put("REC#4.3", "1")),
        wrong("file.mixed-rechnungsart", "REC#3.3"), doubt("fkt.not-self-billed", "FKT#3.3"),
        why="Rechnungsart 1 also says that the Leistungserbringer himself sends.",
    ),
    defect(
        "voucher-twice", "01", "Zwei Fälle haben dieselbe Belegnummer.",
        put("INV#2.4", "1"), wrong("inv.voucher-twice", "INV#2.4"),
    ),
    defect(
        "voucher-order", "01", "Die Fälle stehen nicht in der Reihenfolge der Belege.",
        put("INV.4", "9"), doubt("inv.voucher-order", "INV#2.4"),
    ),
    defect(
        "claimed-twice", "03", "Derselbe Fall wird zweimal gefordert.",
        put("URI#3.4", "1"), doubt("uri.claimed-twice", "URI#3"),
    ),
)  # fmt: skip

SAMMELRECHNUNGEN: Final = (
    defect(
        "sammelrechnung-for-one-only", "01 Sammelrechnung",
        "Ein zweiter Kostenträger hat keine Sammelrechnung.",
        all_of(
            doubled("UNH#4", upto="UNT#5"),
            put("FKT#6.4", "109990029"), put("FKT#7.4", "109990029"),
            put("REC#6.1", "2026-1003:0"), put("REC#7.1", "2026-1003:0"),
        ),
        wrong("sammel.mixed", "FKT#6.4"),
    ),
    defect(
        "sammelrechnung-missing", "01 Rechnungsart 3", "Bei Rechnungsart 3 fehlt die Sammelrechnung.",
        drop("UNH", upto="UNT"), wrong("sammel.missing", "FKT.4"),
    ),
    defect(
        "sammelrechnung-empty", "01 Sammelrechnung",
        "Unter einer zweiten Sammelrechnung steht keine Rechnung.",
        before(
            "UNZ",
            "UNH+0+SLGA:21:0:0", "FKT+01+J+440301798+109990029++440301798", "REC+2026-1003:0+20261005+1",
            "GES+00+0,00+0,00+0,00", "GES+99+0,00+0,00+0,00", "NAM+Therapie Mustermann", "UNT+0+0",
        ),
        wrong("sammel.empty", "UNH#6"),
    ),
    defect(
        "sammelrechnung-of-another-payer", "01 Sammelrechnung",
        "Die Rechnung geht an einen anderen Kostenträger.",
        all_of(put("FKT#2.4", "109990029"), put("FKT#3.4", "109990029")),
        wrong("sammel.other-paymaster", "FKT#2.4"),
    ),
    defect(
        "sammelrechnung-of-another-number", "01 Sammelrechnung", "Die Rechnung hat eine andere Sammelnummer.",
        all_of(put("REC#2.1.1", "2026-1009"), put("REC#3.1.1", "2026-1009")),
        wrong("sammel.other-number", "REC#2.1.1"),
    ),
    defect(
        "sammelrechnung-of-another-provider", "01 Sammelrechnung",
        "Die Sammelrechnung steht unter dem IK eines anderen als des Leistungserbringers.",
        put("FKT.3", "461100877"),
        wrong("sammel.other-provider", "FKT#2.3"),
    ),
    defect(
        "tax-in-sammelrechnung", "01 Sammelrechnung", "In der Sammelrechnung steht UST.",
        before("GES", "UST+DE123456789+J"), wrong("ust.in-sammel", "UST"),
    ),
    defect(
        "sammelrechnung-sum", "01 Sammelrechnung", "Die Sammelrechnung lässt eine Rechnung aus.",
        all_of(put("GES", "GES+00+150,02+177,78+27,76"), drop("GES#3")),
        wrong("ges.status-missing", "GES"),
    ),
    defect(
        "sammelrechnung-gross", "01 Sammelrechnung",
        "Das Brutto der Sammelrechnung ist um einen Cent zu hoch.",
        put("GES#2.3", "177,79"), wrong("ges.gross", "GES#2.3"),
    ),
)  # fmt: skip

SUMS: Final = (
    defect(
        "ges-status-first-digit", "01", "Als Status steht die erste Stelle des Versichertenstatus (01).",
        put("GES#2.1", "01"), wrong("key.unknown", "GES#2.1"),
    ),
    defect(
        "ges-status-missing", "01", "Für einen Status fehlt das GES.",
        drop("GES#4"), wrong("ges.status-missing", "GES"),
    ),
    defect(
        "ges-status-without-case", "10", "Für einen Status, der nicht vorkommt, steht ein GES mit 0,00.",
        before("NAM", "GES+31+0,00+0,00+0,00"), wrong("ges.status-without-case", "GES#3.1"),
    ),
    defect(
        "ges-status-twice", "01", "Ein Status steht zweimal.",
        doubled("GES#3"), wrong("ges.status-twice", "GES#4.1"),
    ),
    defect(
        "ges-total-not-first", "01", "Die Gesamtsumme steht nicht an erster Stelle.",
        swapped("GES", "GES#2"), wrong("ges.total-first", "GES.1"),
    ),
    defect(
        "ges-total-missing", "01", "Die Gesamtsumme fehlt.",
        drop("GES"), wrong("ges.total-first", "GES.1"),
    ),
    defect(
        "ges-gross", "01", "Das Brutto eines Status ist um einen Cent zu hoch.",
        put("GES#2.3", "460,39"), wrong("ges.gross", "GES#2.3"),
    ),
    defect(
        "ges-gross-of-total", "01", "Das Brutto der Gesamtsumme ist um einen Cent zu niedrig.",
        put("GES.3", "788,72"), wrong("ges.gross", "GES.3"),
    ),
    defect(
        "ges-copayment", "01", "Die Zuzahlung eines Status ist um einen Cent zu hoch.",
        put("GES#2.4", "51,89"), wrong("ges.copayment", "GES#2.4"),
    ),
    defect(
        "ges-copayment-left-out", "01", "Die Zuzahlung der Gesamtsumme fehlt.",
        put("GES.4", ""), wrong("ges.copayment", "GES.4"),
    ),
    defect(
        "ges-amount", "01", "Der Rechnungsbetrag ist nicht Brutto abzüglich Zuzahlung.",
        put("GES.2", "688,33"), wrong("ges.amount", "GES.2"),
    ),
    defect(
        "ges-amount-of-status", "04", "Der Rechnungsbetrag eines Status ist das Brutto.",
        put("GES#3.2", "35,59"), wrong("ges.amount", "GES#3.2"),
    ),
    defect(
        "ges-gross-of-claim", "03", "Eine Zuzahlungsforderung nennt ein Brutto.",
        put("GES#2.3", "237,04"), wrong("ges.gross-of-claim", "GES#2.3"),
    ),
    defect(
        "ges-amount-of-claim", "03", "Der Rechnungsbetrag einer Zuzahlungsforderung ist negativ.",
        put("GES.2", "-56,26"), wrong("ges.amount", "GES.2"),
    ),
    defect(
        "ges-copayment-of-claim", "03", "Die Forderung eines Status ist um einen Cent zu niedrig.",
        put("GES#3.4", "25,53"), wrong("ges.copayment", "GES#3.4"),
    ),
    defect(
        "ges-other-status", "01",
        "Ein Mitglied ist als Rentner angegeben, die Summen zählen es als Mitglied.",
        put("INV.2", "50000"), wrong("ges.other-status", "GES#2.3"),
    ),
)  # fmt: skip

DEFECTS: Final = (*PAIRS, *HEADS, *NUMBERS, *SAMMELRECHNUNGEN, *SUMS)
