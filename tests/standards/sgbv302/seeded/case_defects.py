"""Defects of single cases (Prüfstufe 3): amounts, keys, days, prices, and what a correction asks for."""

from __future__ import annotations

from typing import Final

from tests.standards.sgbv302.seeded.damage import (
    all_of,
    before,
    defect,
    doubt,
    drop,
    form,
    put,
    remark,
    replaced,
    wrong,
)

AMOUNTS: Final = (
    defect(
        "quantity-nought", "01", "Die Menge ist 0.",
        put("EHE.3", "0,00"), wrong("ehe.quantity", "EHE.3"),
    ),
    defect(
        "quantity-negative", "02", "Die Menge ist negativ.",
        put("EHE.3", "-1,00"), wrong("ehe.quantity", "EHE.3"),
    ),
    defect(
        "price-negative", "01", "Der Preis ist negativ.",
        put("EHE.4", "-29,63"), wrong("ehe.price-negative", "EHE.4"),
    ),
    defect(
        "vat-amount", "01 Rechnungsart 2", "Die Mehrwertsteuer ist um einen Cent zu hoch.",
        put("MWS.2", "31,51"), wrong("mws.amount", "MWS.2"),
    ),
    defect(
        "vat-rate", "01 Rechnungsart 2", "Der Satz der Mehrwertsteuer passt nicht zu ihrem Betrag.",
        put("MWS.1", "19,00"), wrong("mws.amount", "MWS.2"),
    ),
    defect(
        "copayment-of-unit-too-high", "01", "Die Zuzahlung einer Einheit ist um einen Cent zu hoch.",
        put("EHE.6", "2,97"), wrong("ehe.copayment-per-unit", "EHE.6"),
    ),
    defect(
        "copayment-of-unit-cut", "01", "Die Zuzahlung einer Einheit ist abgeschnitten statt gerundet.",
        put("EHE#7.6", "3,55"), wrong("ehe.copayment-per-unit", "EHE#7.6"),
    ),
    defect(
        "copayment-of-line", "01", "EHE.6 nennt die Zuzahlung für zwei Einheiten statt für eine.",
        put("EHE#23.6", "5,92"), wrong("ehe.copayment-per-unit", "EHE#23.6"),
    ),
    defect(
        "copayment-left-out", "01", "Bei einer Position fehlt die Zuzahlung, die Summe enthält sie.",
        put("EHE.6", ""), wrong("ehe.copayment-left-out", "EHE.6"),
    ),
    defect(
        "copayment-left-out-of-claim", "03",
        "Bei einer Position fehlt die Zuzahlung, die Forderung enthält sie.",
        put("EHE#3.6", ""), wrong("ehe.copayment-left-out", "EHE#3.6"),
    ),
    defect(
        "key-0-although-charged", "01",
        "Das Zuzahlungskennzeichen ist 0, obwohl eine Zuzahlung abgezogen wird.",
        put("ZHE.4", "0"), wrong("zhe.key-without-copayment", "ZHE.4"),
    ),
    defect(
        "key-1-although-charged", "01 Sammelrechnung", "Befreit ist, wem eine Zuzahlung abgezogen wird.",
        put("ZHE#2.4", "1"), wrong("zhe.key-without-copayment", "ZHE#2.4"),
    ),
    defect(
        "charged-although-exempt", "01", "Eine Position eines Befreiten trägt eine Zuzahlung.",
        put("EHE#16.6", "2,96"), wrong("ehe.copayment-despite-key", "EHE#16.6"),
    ),
    defect(
        "bes-gross", "01", "Das Brutto eines Falls ist um einen Cent zu hoch.",
        put("BES.1", "177,79"), wrong("bes.gross", "BES.1"),
    ),
    defect(
        "bes-gross-of-another", "04", "Das Brutto eines Falls ist das eines anderen.",
        put("BES#2.1", "177,78"), wrong("bes.gross", "BES#2.1"),
    ),
    defect(
        "bes-total", "01", "Die Zuzahlung eines Falls ist nicht prozentual plus pauschal.",
        put("BES.2", "27,77"), wrong("bes.total", "BES.2"),
    ),
    defect(
        "bes-total-without-flat", "01", "Die Zuzahlung eines Falls enthält die 10 Euro nicht.",
        put("BES.2", "17,76"), wrong("bes.total", "BES.2"),
    ),
    defect(
        "bes-percent", "01", "Die prozentuale Zuzahlung ist um einen Cent zu hoch.",
        put("BES.3", "17,77"), wrong("bes.percent", "BES.3"),
    ),
    defect(
        "bes-percent-of-sum", "01", "Zehn Prozent der Summe statt der Summe der gerundeten Beträge.",
        all_of(put("BES.3", "17,78"), put("BES.2", "27,78")), wrong("bes.percent", "BES.3"),
    ),
    defect(
        "bes-percent-of-double", "01", "Die Menge 2 zählt in der prozentualen Zuzahlung nur einmal.",
        all_of(put("BES#7.3", "11,16"), put("BES#7.2", "21,16")), wrong("bes.percent", "BES#7.3"),
    ),
    defect(
        "bes-flat-half", "01", "Nur 5 Euro je Verordnung.",
        all_of(put("BES.4", "5,00"), put("BES.2", "22,76")), wrong("bes.flat", "BES.4"),
    ),
    defect(
        "bes-flat-missing", "01", "Die 10 Euro je Verordnung fehlen.",
        put("BES", "BES+177,78+17,76+17,76"), wrong("bes.flat", "BES.4"),
    ),
    defect(
        "bes-flat-for-each-position", "01", "10 Euro je Heilmittel statt je Verordnung.",
        all_of(put("BES#2.4", "20,00"), put("BES#2.2", "35,54")), wrong("bes.flat", "BES#2.4"),
    ),
    defect(
        "bes-flat-above-cost", "01", "Die pauschale Zuzahlung übersteigt mit der prozentualen die Kosten.",
        all_of(put("BES#5.4", "10,00"), put("BES#5.2", "10,84")), wrong("bes.flat", "BES#5.4"),
    ),
    defect(
        "bes-flat-of-exempt", "01", "Ein Befreiter zahlt 10 Euro.",
        put("BES#4", "BES+59,26+10,00++10,00"), wrong("bes.flat", "BES#4.4"),
    ),
    defect(
        "bes-flat-again", "02", "Die Nachforderung zieht die 10 Euro noch einmal ab.",
        all_of(
            put("BES", "BES+24,41+12,44+2,44+10,00"),
            put("GES", "GES+00+41,60+54,04+12,44"),
            put("GES#3", "GES+51+11,97+24,41+12,44"),
        ),
        doubt("bes.flat-again", "BES.4"),
    ),
    defect(
        "gzf-total", "03", "Die Forderung ist nicht prozentual plus pauschal.",
        put("GZF.1", "27,75"), wrong("gzf.total", "GZF.1"),
    ),
    defect(
        "gzf-percent", "03", "Die prozentuale Forderung ist zehn Prozent der Summe.",
        all_of(put("GZF.2", "17,78"), put("GZF.1", "27,78")), wrong("gzf.percent", "GZF.2"),
    ),
    defect(
        "gzf-flat", "03", "Die pauschale Forderung ist höher als 10 Euro.",
        all_of(put("GZF.3", "12,00"), put("GZF.1", "29,76")), wrong("gzf.flat", "GZF.3"),
    ),
    defect(
        "gzf-nought", "03", "Eine Forderung fordert nichts.",
        all_of(
            put("EHE#15.6", ""), put("GZF#3", "GZF+0,00"),
            put("GES", "GES+00+53,30+0,00+53,30"), put("GES#2", "GES+11+27,76+0,00+27,76"),
        ),
        wrong("gzf.zero", "GZF#3.1"),
    ),
)  # fmt: skip

LIABILITY: Final = (
    defect(
        "child-pays", "01", "Eine Siebzehnjährige zahlt zu.",
        put("NAD.3", "20090413"), doubt("ehe.copayment-under-18", "EHE.6"),
    ),
    defect(
        "child-with-key-3", "01", "Ein Kind hat das Zuzahlungskennzeichen 3.",
        put("ZHE#3.4", "3"), doubt("zhe.key-under-18", "ZHE#3.4"),
    ),
    defect(
        "adult-with-key-0", "01", "Ein Erwachsener ohne Zuzahlung hat das Zuzahlungskennzeichen 0 statt 1.",
        put("ZHE#4.4", "0"), doubt("zhe.key-0-adult", "ZHE#4.4"),
    ),
    defect(
        "key-3-without-copayment", "01", "Das Zuzahlungskennzeichen ist 3, aber es gibt keine Zuzahlung.",
        put("ZHE#4.4", "3"), doubt("zhe.key-3-without-copayment", "ZHE#4.4"),
    ),
    defect(
        "copayment-forgotten", "01", "Eine Position ohne Zuzahlung, in allen Summen so gerechnet.",
        all_of(
            put("EHE.6", ""), put("BES", "BES+177,78+24,80+14,80+10,00"),
            put("GES", "GES+00+691,28+788,73+97,45"), put("GES#2", "GES+11+411,46+460,38+48,92"),
        ),
        doubt("ehe.copayment-missing", "EHE.6"),
    ),
    defect(
        "key-3-although-freed", "01",
        "Die letzten beiden Tage sind frei, das Zuzahlungskennzeichen ist aber 3 statt 4.",
        all_of(
            put("EHE#5.6", ""), put("EHE#6.6", ""), put("BES", "BES+177,78+21,84+11,84+10,00"),
            put("GES", "GES+00+694,24+788,73+94,49"), put("GES#2", "GES+11+414,42+460,38+45,96"),
        ),
        doubt("zhe.key-3-with-free-days", "ZHE.4"),
    ),
    defect(
        "copayment-for-free-position", "01", "Zehn Prozent auf eine Position, die keine Zuzahlung trägt.",
        all_of(
            put("EHE#13.6", "0,14"), put("BES#2", "BES+156,65+25,68+15,68+10,00"),
            put("GES", "GES+00+688,18+788,73+100,55"), put("GES#4", "GES+51+130,97+165,08+34,11"),
        ),
        doubt("ehe.copayment-free-position", "EHE#13.6"),
    ),
    defect(
        "change-the-other-way", "01", "Erst Zuzahlung, dann keine: Das ist Kennzeichen 4 und nicht 5.",
        put("ZHE#7.4", "5"), doubt("zhe.key-of-change", "ZHE#7.4"),
    ),
)  # fmt: skip

PEOPLE: Final = (
    defect(
        "kvnr-check-digit", "01", "Die Prüfziffer der Krankenversichertennummer stimmt nicht.",
        put("INV.1", "A123456789"), doubt("inv.kvnr-check-digit", "INV.1"),
    ),
    defect(
        "kvnr-lower-case", "01", "Der Buchstabe der Krankenversichertennummer ist klein.",
        put("INV.1", "a123456780"), doubt("inv.kvnr-form", "INV.1"),
    ),
    defect(
        "kvnr-with-o", "03", "In der Krankenversichertennummer steht O statt 0.",
        put("INV.1", "A12345678O"), doubt("inv.kvnr-form", "INV.1"),
    ),
    defect(
        "status-form", "01", "Der Versichertenstatus endet mit einem kleinen Buchstaben.",
        put("INV#2.2", "5000m"), doubt("inv.status-form", "INV#2.2"),
    ),
    defect(
        "no-number-no-address", "01", "Versichertennummer und Anschrift fehlen.",
        put("INV#2.1", ""), wrong("nad.address", "NAD#2.4"),
    ),
    defect(
        "no-number-half-an-address", "01", "Ohne Versichertennummer fehlt der Wohnort.",
        put("NAD#6.6", ""), wrong("nad.address", "NAD#6.6"),
    ),
    defect(
        "postcode-of-four-digits", "01", "Die Postleitzahl hat vier Ziffern, das Länderkennzeichen fehlt.",
        all_of(put("NAD#6.5", "6700"), put("NAD#6.7", "")), wrong("nad.postcode", "NAD#6.5"),
    ),
    defect(
        "birth-not-in-calendar", "01", "Das Geburtsdatum 31.04.1972 gibt es nicht.",
        put("NAD.3", "19720431"), wrong("nad.birth-date", "NAD.3"),
    ),
    defect(
        "birth-after-prescription", "01", "Das Kind wurde nach der Verordnung geboren.",
        put("NAD#3.3", "20260902"), wrong("nad.birth-after-prescription", "NAD#3.3"),
    ),
    defect(
        "image-month", "01", "Der Abrechnungsmonat der Images ist 13.",
        put("IMG.2", "13"), wrong("img.month", "IMG.2"),
    ),
    defect(
        "image-ik-check-digit", "01", "Die Prüfziffer des IK der Image-Stelle stimmt nicht.",
        put("IMG.3", "590301868"), doubt("img.ik-check-digit", "IMG.3"),
    ),
)  # fmt: skip

POSITIONS: Final = (
    defect(
        "tarif-free-region", "01", "Das Tarifkennzeichen nennt einen nicht belegten Tarifbereich.",
        put("EHE.1.2", "26501"), wrong("ehe.tarif", "EHE.1.2"),
    ),
    defect(
        "tarif-kept-free", "01", "Das Tarifkennzeichen liegt zwischen U00 und ZZZ.",
        put("EHE.1.2", "00U01"), wrong("ehe.tarif", "EHE.1.2"),
    ),
    defect(
        "tarif-lower-case", "01", "Das Tarifkennzeichen enthält einen kleinen Buchstaben.",
        put("EHE.1.2", "00a01"), wrong("ehe.tarif", "EHE.1.2"),
    ),
    defect(
        "position-form", "01", "Die Positionsnummer ist die des Vertrags mit X statt 2.",
        put("EHE.2", "X0501"), wrong("ehe.position-form", "EHE.2"),
    ),
    defect(
        "position-unknown", "01", "Die Positionsnummer gibt es nicht.",
        put("EHE.2", "20599"), doubt("ehe.position-unknown", "EHE.2"),
    ),
    defect(
        "position-not-yet-valid", "02", "Die Position gibt es erst seit 2026, behandelt wurde 2025.",
        all_of(put("EHE.5", "20251215"), put("ZHE.3", "20251201")),
        doubt("ehe.position-not-valid", "EHE.2"),
    ),
    defect(
        "position-of-masseur", "01", "Die Positionsnummer ist die eines Masseurs.",
        put("EHE.2", "10501"), doubt("ehe.position-of-other-profession", "EHE.2"),
    ),
    defect(
        "line-of-another-area", "01", "Eine Position ist eine der Ergotherapie.",
        put("EHE", "EHE+26:00502+54102+1,00+29,63+20260907+2,96"),
        doubt("ehe.other-bereich", "EHE.1"), remark("ehe.no-price-list", "EHE.1"),
        why="The note says that the price was not compared.",
    ),
    defect(
        "area-of-another-profession", "01", "Als Heilmittel-Bereich steht Ergotherapie.",
        put("ZHE.16", "4"), doubt("zhe.bereich", "ZHE.16"),
    ),
    defect(
        "position-twice-on-a-day", "01",
        "Dieselbe Position steht an einem Tag zweimal statt einmal mit Menge 2.",
        put("EHE#2.5", "20260907"), wrong("ehe.twice", "EHE#2.2"),
    ),
    defect(
        "two-prices-on-a-day", "01", "Dieselbe Position hat an einem Tag zwei Preise.",
        all_of(
            put("EHE", "EHE+22:00999+20501+1,00+30,63+20260907+3,06"),
            put("EHE#2", "EHE+22:00999+20501+1,00+28,63+20260907+2,86"),
        ),
        wrong("ehe.two-prices", "EHE#2.4"), remark("ehe.no-price-list", "EHE.1"),
        why="The note says that prices were not compared.",
    ),
    defect(
        "home-visit-not-ticked", "01", "Ein Hausbesuch ist abgerechnet, aber nicht verordnet.",
        put("ZHE#7.12", ""), doubt("zhe.hausbesuch", "ZHE#7.12"),
    ),
    defect(
        "blanko-position", "01", "Eine von mehreren Positionen gehört zu einer Blankoverordnung.",
        put("EHE.2", "20529"),
        doubt("ehe.blanko-position", "EHE.2"), remark("ehe.no-price-list", "EHE.2"),
        why="The note says that the price was not compared.",
    ),
    defect(
        "blanko-case", "01",
        "Die einzige Position gehört zu einer Blankoverordnung, die Verordnung ist keine.",
        put("EHE#18.2", "20529"),
        doubt("zhe.blanko", "ZHE#5.6"), remark("ehe.no-price-list", "EHE#18.2"),
        why="The note says that the price was not compared.",
    ),
    defect(
        "treated-before-prescription", "01", "Eine Leistung liegt vor dem Verordnungsdatum.",
        put("EHE.5", "20260831"), wrong("ehe.before-prescription", "EHE.5"),
    ),
    defect(
        "prescribed-after-treatment", "01", "Das Verordnungsdatum liegt nach allen Leistungen.",
        put("ZHE.3", "20261001"), wrong("zhe.after-treatment", "ZHE.3"),
    ),
    defect(
        "treated-after-invoice", "01", "Eine Leistung liegt nach dem Rechnungsdatum.",
        put("EHE#6.5", "20261006"), wrong("ehe.after-invoice", "EHE#6.5"),
    ),
    defect(
        "invoiced-before-treatment", "01 Sammelrechnung", "Das Rechnungsdatum liegt vor allen Leistungen.",
        all_of(put("REC#2.2", "20260906"), put("REC#3.2", "20260906")),
        wrong("rec.before-treatment", "REC#3.2"),
    ),
)  # fmt: skip

PRICES: Final = (
    defect(
        "price-of-another-year", "01", "Der Preis ist nicht der des Vertrags.",
        all_of(
            put("EHE#14.4", "58,00"), put("BES#3.1", "116,83"),
            put("GES", "GES+00+687,49+787,90+100,41"), put("GES#3", "GES+31+116,83+116,83+0,00"),
        ),
        doubt("ehe.price", "EHE#14.4"),
    ),
    defect(
        "price-above-the-contract", "04", "Die Korrektur nennt einen höheren Preis als der Vertrag.",
        all_of(
            put("EHE#7.4", "36,00"), put("EHE#7.6", "3,60"), put("BES#2", "BES+36,00+3,60+3,60"),
            put("GES", "GES+00+177,42+213,78+36,36"), put("GES#3", "GES+51+32,40+36,00+3,60"),
        ),
        doubt("ehe.price-too-high", "EHE#7.4"),
    ),
    defect(
        "position-renamed-by-contract", "01", "Die Positionsnummer kennt der Vertrag nicht mehr.",
        put("EHE#26.2", "29933"), doubt("ehe.position-not-agreed", "EHE#26.2"),
    ),
    defect(
        "position-not-for-this-prescription", "01 Rechnungsart 3",
        "Die Position gilt nur für Verordnungen bis 30.09.2025.",
        all_of(
            put("EHE#8", "EHE+71:00501+78400+1,00+55,20+20260908+5,52"),
            put("BES#2", "BES+91,30+19,13+9,13+10,00"),
            put("GES", "GES+00+222,19+269,08+46,89"), put("GES#3", "GES+51+72,17+91,30+19,13"),
            put("GES#6", "GES+00+72,17+91,30+19,13"), put("GES#7", "GES+51+72,17+91,30+19,13"),
        ),
        doubt("ehe.position-not-for-prescription", "EHE#8.2"),
    ),
    defect(
        "vat-on-gross-price", "01 Rechnungsart 2",
        "Mehrwertsteuer auf eine Position, deren Preis der Vertrag nennt.",
        replaced("26:00099", "26:00501"), doubt("mws.not-agreed", "MWS"),
    ),
)  # fmt: skip

PRESCRIPTION: Final = (
    defect(
        "bsnr-with-letter", "01", "Die Betriebsstättennummer enthält einen Buchstaben.",
        put("ZHE.1", "72017840O"), wrong("zhe.bsnr", "ZHE.1"),
    ),
    defect(
        "lanr-with-blank", "01", "Die Arztnummer enthält ein Leerzeichen.",
        put("ZHE.2", "9067 6934"), wrong("zhe.lanr", "ZHE.2"),
    ),
    defect(
        "lanr-check-digit", "01", "Die Arztnummer ist nicht schlüssig.",
        put("ZHE.2", "906716834"), doubt("zhe.lanr-check-digit", "ZHE.2"),
    ),
    defect(
        "group-with-blank", "01", "Die Diagnosegruppe enthält ein Leerzeichen.",
        put("ZHE.5", "W S"), wrong("zhe.diagnosegruppe-form", "ZHE.5"),
    ),
    defect(
        "group-not-in-catalogue", "01", "Die Diagnosegruppe steht nicht im Katalog.",
        put("ZHE.5", "WS1"), doubt("zhe.diagnosegruppe", "ZHE.5"),
    ),
    defect(
        "group-of-another-area", "01 Rechnungsart 2",
        "Die Diagnosegruppe gehört zu einem anderen Heilmittel-Bereich.",
        put("ZHE#3.5", "PS1"), doubt("zhe.diagnosegruppe", "ZHE#3.5"),
    ),
    defect(
        "symptoms-without-text", "01",
        "Die patientenindividuelle Leitsymptomatik ist angekreuzt, der Text fehlt.",
        put("ZHE#2.14", ""), wrong("zhe.leitsymptomatik-text", "ZHE#2.14"),
    ),
    defect(
        "no-symptoms-no-text", "01", "Keine Leitsymptomatik ist angekreuzt, und der Text fehlt.",
        put("ZHE.13", "0000"), wrong("zhe.leitsymptomatik-text", "ZHE.14"),
    ),
    defect(
        "symptoms-outside-directive", "01",
        "Die Verordnung liegt außerhalb der Richtlinien, hat aber Leitsymptome.",
        put("ZHE.6", "99"), doubt("zhe.leitsymptomatik-9999", "ZHE.13"),
    ),
    defect(
        "symptoms-of-dentist", "01", "Eine zahnärztliche Verordnung hat Leitsymptome.",
        put("ZHE.7", "1"), doubt("zhe.leitsymptomatik-9999", "ZHE.13"),
    ),
    defect(
        "symptoms-9999-under-directive", "01", "Die Leitsymptomatik ist 9999, obwohl die Richtlinie gilt.",
        put("ZHE.13", "9999"), doubt("zhe.leitsymptomatik-missing", "ZHE.13"),
    ),
    defect(
        "frequency-of-podology", "01 Rechnungsart 3", "In der Podologie steht eine Therapiefrequenz.",
        put("ZHE#2.17", "1"), wrong("zhe.therapiefrequenz", "ZHE#2.17"),
    ),
    defect(
        "diagnosis-empty", "01", "DIA ist leer.",
        put("DIA", "DIA"), wrong("dia.empty", "DIA.2"),
    ),
    defect(
        "diagnosis-is-a-group", "01", "Als Diagnose steht die Diagnosegruppe.",
        put("DIA.1", "WS"), wrong("dia.diagnosegruppe", "DIA.1"),
    ),
    defect(
        "diagnosis-without-point", "01", "Der Diagnose fehlt der Punkt.",
        put("DIA.1", "M545"), doubt("dia.icd", "DIA.1"),
    ),
    defect(
        "approval-without-kind", "01", "Es gibt eine Genehmigung, die Verordnungsart ist aber 03.",
        put("ZHE#3.6", "03"), doubt("skz.verordnungsart", "SKZ.3"),
    ),
    defect(
        "begun-late", "01", "Die Behandlung begann 29 Tage nach der Verordnung.",
        put("ZHE.3", "20260809"), doubt("heilmrl.begin", "EHE.5"),
    ),
    defect(
        "urgent-begun-late", "01 Rechnungsart 2",
        "Die dringliche Behandlung begann 15 Tage nach der Verordnung.",
        put("ZHE#3.3", "20261130"), doubt("heilmrl.begin", "EHE#7.5"),
    ),
    defect(
        "interrupted", "01", "Zwischen zwei Behandlungen liegen 15 Tage.",
        put("EHE#15.5", "20260924"), doubt("heilmrl.interruption", "EHE#15.5"),
    ),
    defect(
        "blanko-over", "10", "Die Blankoverordnung ist länger als 16 Wochen her.",
        put("ZHE.3", "20260701"), doubt("heilmrl.blanko-weeks", "EHE.5"),
    ),
)  # fmt: skip

KEYS: Final = (
    defect(
        "key-of-copayment", "01", "Das Zuzahlungskennzeichen 7 gibt es nicht.",
        put("ZHE.4", "7"), wrong("key.unknown", "ZHE.4"),
    ),
    defect(
        "key-of-kind-dropped", "01", "Die Verordnungsart 01 wird nicht mehr verwendet.",
        put("ZHE.6", "01"), wrong("key.unknown", "ZHE.6"),
    ),
    defect(
        "key-of-hilfsmittel", "01", "Die Verordnungsbesonderheit 8 gibt es nur bei Hilfsmitteln.",
        put("ZHE.7", "8"), wrong("key.unknown", "ZHE.7"),
    ),
    defect(
        "key-of-accident", "01", "Das Unfallkennzeichen 4 gibt es nicht.",
        put("ZHE.8", "4"), wrong("key.unknown", "ZHE.8"),
    ),
    defect(
        "key-of-bvg", "01", "Bei BVG/SER steht 1 statt 6.",
        put("ZHE.9", "1"), wrong("key.unknown", "ZHE.9"),
    ),
    defect(
        "key-of-report", "01", "Der Therapiebericht ist mit 0 verneint statt leer.",
        put("ZHE.11", "0"), wrong("key.unknown", "ZHE.11"),
    ),
    defect(
        "key-of-home-visit", "01", "Der Hausbesuch ist mit 0 verneint statt leer.",
        put("ZHE.12", "0"), wrong("key.unknown", "ZHE.12"),
    ),
    defect(
        "key-of-symptoms", "01", "In der Leitsymptomatik steht eine 2.",
        put("ZHE.13", "1020"), wrong("key.unknown", "ZHE.13"),
    ),
    defect(
        "key-of-urgency", "01", "Der dringliche Behandlungsbedarf ist 2.",
        put("ZHE.15", "2"), wrong("key.unknown", "ZHE.15"),
    ),
    defect(
        "key-of-area", "01", "Den Heilmittel-Bereich 6 gibt es nicht.",
        put("ZHE.16", "6"), wrong("key.unknown", "ZHE.16"),
    ),
    defect(
        "key-of-approval", "01", "Die Genehmigungsart B1 wird nicht mehr verwendet.",
        put("SKZ.3", "B1"), wrong("key.unknown", "SKZ.3"),
    ),
    defect(
        "key-of-voucher", "01", "Die Beleginformation 3 gibt es nicht.",
        put("INV.3", "3"), wrong("key.unknown", "INV.3"),
    ),
    defect(
        "key-of-profession", "01", "Der Abrechnungscode ist einer der Hilfsmittel.",
        put("EHE.1.1", "11"), wrong("key.unknown", "EHE.1.1"),
    ),
)  # fmt: skip

CORRECTIONS: Final = (
    defect(
        "uri-missing", "02", "Der Nachforderung fehlt die ursprüngliche Rechnung.",
        drop("URI"), wrong("uri.missing", "INV"),
    ),
    defect(
        "uri-missing-in-claim", "03", "Einer Zuzahlungsforderung fehlt die ursprüngliche Rechnung.",
        drop("URI#3"), wrong("uri.missing", "INV#3"),
    ),
    defect(
        "uri-in-first-invoice", "01", "Die erste Abrechnung nennt eine ursprüngliche Rechnung.",
        before("NAD", "URI+440301798+2026-0901:0+20260905+1"), wrong("uri.in-first-invoice", "URI"),
    ),
    defect(
        "uri-own-invoice", "04", "Als ursprüngliche Rechnung steht die eigene.",
        put("URI.2", "2026-1105:0"), wrong("uri.own-invoice", "URI.2"),
    ),
    defect(
        "uri-later", "02", "Die ursprüngliche Rechnung ist jünger als diese.",
        put("URI.3", "20261104"), doubt("uri.after-invoice", "URI.3"),
    ),
    defect(
        "uri-ik-check-digit", "02", "Die Prüfziffer des ursprünglichen IK stimmt nicht.",
        put("URI.1", "440301797"), doubt("uri.ik-check-digit", "URI.1"),
    ),
    defect(
        "uri-without-single-number", "03",
        "Die Einzel-Rechnungsnummer der ursprünglichen Rechnung ist weggelassen.",
        put("URI.2", "2026-1001"), form("element.missing", "URI.2.2"),
    ),
    defect(
        "bes-in-claim", "03", "Eine Zuzahlungsforderung endet mit BES.",
        put("GZF#3", "BES+59,26+2,96+2,96"), wrong("bes.in-claim", "BES"),
    ),
    defect(
        "gzf-in-first-invoice", "01", "Eine erste Abrechnung endet mit GZF.",
        put("BES", "GZF+27,76+17,76+10,00"), wrong("gzf.outside-claim", "GZF"),
    ),
    defect(
        "deduction-in-first-invoice", "01", "Eine erste Abrechnung hat einen pauschalen Korrekturabzug.",
        put("BES.5", "5,00"), wrong("bes.deduction-outside-correction", "BES.5"),
    ),
    defect(
        "deduction-forgotten", "04", "Der pauschale Korrekturabzug (BES.5) fehlt in den Summen (GES.4).",
        all_of(put("GES", "GES+00+182,05+213,37+31,32"), put("GES#2", "GES+11+150,02+177,78+27,76")),
        wrong("ges.copayment", "GES#2.4"),
    ),
    defect(
        "claim-with-key-3", "03", "Eine Zuzahlungsforderung hat das Zuzahlungskennzeichen 3.",
        put("ZHE.4", "3"), wrong("zhe.key-of-claim", "ZHE.4"),
    ),
    defect(
        "claim-with-key-0", "03", "Eine Zuzahlungsforderung hat das Zuzahlungskennzeichen 0.",
        put("ZHE#2.4", "0"), wrong("zhe.key-of-claim", "ZHE#2.4"),
    ),
    defect(
        "key-2-in-first-invoice", "01", "Das Zuzahlungskennzeichen 2 steht in einer ersten Abrechnung.",
        put("ZHE.4", "2"), doubt("zhe.key-2-outside-claim", "ZHE.4"),
    ),
    defect(
        "resumed-in-another-area", "10", "Eine Wiederaufnahme steht in der Ergotherapie.",
        put("ZHE.16", "4"), wrong("zhe.resumed-bereich", "ZHE.16"),
        doubt("zhe.bereich", "ZHE.16"),
        why="It fits neither the Verarbeitungskennzeichen nor the positions.",
    ),
    defect(
        "resumed-without-blanko", "10", "Eine Wiederaufnahme gehört zu keiner Blankoverordnung.",
        put("ZHE.6", "03"), wrong("zhe.resumed-verordnungsart", "ZHE.6"),
    ),
    defect(
        "correction-without-voucher", "04", "Zu einer Korrekturrechnung kommt kein Beleg.",
        put("INV.3", "0"), doubt("inv.voucher-expected", "INV.3"),
    ),
    defect(
        "resumed-without-voucher", "10", "Zu einer Wiederaufnahme kommt kein Beleg.",
        put("INV.3", "0"), doubt("inv.voucher-expected", "INV.3"),
    ),
    defect(
        "claim-without-proof", "03", "Zu einer verweigerten Zuzahlung kommt kein Nachweis.",
        put("INV.3", "0"), doubt("inv.voucher-expected", "INV.3"),
    ),
    defect(
        "electronic-voucher", "01", "Der Beleg soll elektronisch kommen, das gibt es noch nicht.",
        put("INV.3", "2"), doubt("inv.voucher-electronic", "INV.3"),
    ),
)  # fmt: skip

DEFECTS: Final = (
    *AMOUNTS, *LIABILITY, *PEOPLE, *POSITIONS, *PRICES, *PRESCRIPTION, *KEYS, *CORRECTIONS,
)  # fmt: skip
