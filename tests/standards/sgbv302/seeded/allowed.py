"""What only looks odd and is allowed: changes to good files in which nothing is to be found."""

from __future__ import annotations

from typing import Final

from tests.standards.sgbv302.seeded.damage import all_of, defect, drop, put

WRITTEN: Final = (
    defect(
        "noughts-in-bes", "01", "Die Summen eines Befreiten nennen 0,00 statt nichts.",
        put("BES#4", "BES+59,26+0,00+0,00+0,00"),
    ),
    defect(
        "nought-in-ehe", "01", "Eine Position ohne Zuzahlung nennt 0,00 statt nichts.",
        put("EHE#14.6", "0,00"),
    ),
    defect(
        "no-nought-in-ges", "01", "Wo nichts abgezogen wird, fehlt GES.4.",
        put("GES#3", "GES+31+117,66+117,66"),
    ),
    defect(
        "nought-before-comma-missing", "01", "Unter einem Euro fehlt die Null vor dem Komma.",
        all_of(put("EHE#18.6", ",84"), put("BES#5.3", ",84")),
    ),
    defect(
        "leading-noughts", "01", "Ein Betrag hat führende Nullen.",
        put("EHE.4", "0029,63"),
    ),
    defect(
        "released-plus", "01", "Ein Ätiologiecode hat sein Plus, freigegeben.",
        put("DIA.1", "E10.3?+"),
    ),
    defect(
        "longest-name", "01", "Ein Nachname hat 47 Zeichen.",
        put("NAD#2.1", "M" * 47),
    ),
    defect(
        "longest-name-released", "01", "Freigabezeichen zählen nicht zur Länge.",
        put("NAD#2.1", "?'" * 47),
    ),
    defect(
        "smallest-nam", "01", "NAM nennt nur den Namen.",
        put("NAM", "NAM+Praxis"),
    ),
)  # fmt: skip

PEOPLE: Final = (
    defect(
        "old-number", "01", "Statt der Krankenversichertennummer steht eine alte Nummer aus zwölf Ziffern.",
        put("INV.1", "123456789012"),
    ),
    defect(
        "no-word-of-vouchers", "01", "Zu Belegen ist nichts gesagt.",
        put("INV.3", ""),
    ),
    defect(
        "form-of-care", "01", "Der Fall gehört zu einer besonderen Versorgungsform.",
        put("INV.5", "1"),
    ),
    defect(
        "address-without-need", "01", "Die Anschrift steht auch ohne Not da.",
        all_of(put("NAD.4", "Weg 1"), put("NAD.5", "01067"), put("NAD.6", "Dresden")),
    ),
    defect(
        "month-of-birth-unknown", "01", "Tag und Monat der Geburt sind unbekannt.",
        put("NAD.3", "19720000"),
    ),
    defect(
        "voucher-with-letter", "01", "Eine Belegnummer endet mit einem Buchstaben.",
        put("INV#2.4", "2a"),
    ),
)  # fmt: skip

PRESCRIPTIONS: Final = (
    defect(
        "no-bsnr-no-lanr", "01", "Betriebsstätten- und Arztnummer fehlen auf der Verordnung.",
        all_of(put("ZHE.1", "999999999"), put("ZHE.2", "999999999")),
    ),
    defect(
        "short-numbers", "01", "Beide Nummern sind kürzer als neun Stellen und nicht aufgefüllt.",
        all_of(put("ZHE.1", "1"), put("ZHE.2", "4711")),
    ),
    defect(
        "no-group", "01", "Eine Diagnosegruppe fehlt auf der Verordnung.",
        put("ZHE.5", "9999"),
    ),
    defect(
        "no-area", "01", "Der Heilmittel-Bereich ist nicht angegeben.",
        put("ZHE.16", ""),
    ),
    defect(
        "no-frequency", "01", "Eine Therapiefrequenz fehlt auf der Verordnung.",
        put("ZHE.17", "0"),
    ),
    defect(
        "dentist", "01", "Ein Zahnarzt hat verordnet.",
        all_of(put("ZHE.2", "0815"), put("ZHE.5", "CD2a"), put("ZHE.7", "1"), put("ZHE.13", "9999")),
    ),
    defect(
        "outside-both-directives", "01", "Die Verordnung liegt außerhalb beider Richtlinien.",
        all_of(put("ZHE.6", "99"), put("ZHE.13", "9999")),
    ),
    defect(
        "all-keys-filled", "01", "Unfall, SER, Modellvorhaben, Bericht und Hausbesuch treffen zugleich zu.",
        put("ZHE", "ZHE+720178400+906716934+20260901+3+WS+03+9+1+6++1+1+1111+frei+1+1+9"),
    ),
    defect(
        "code-and-text", "01", "Eine Diagnose hat Code und Text.",
        put("DIA", "DIA+M54.5+Lumbago"),
    ),
    defect(
        "kilometres", "01", "Zu einer Position sind Kilometer angegeben.",
        put("EHE.7", "12"),
    ),
)  # fmt: skip

INVOICES: Final = (
    defect(
        "number-of-groups", "01", "Die Rechnungsnummer ist mit Binde- und Schrägstrich gegliedert.",
        all_of(put("REC.1.1", "26/PT-1001"), put("REC#2.1.1", "26/PT-1001")),
    ),
    defect(
        "no-tax-no-discount", "01", "UST und SKO fehlen.",
        all_of(drop("UST"), drop("SKO")),
    ),
    defect(
        "last-reference", "01", "Die Datenaustauschreferenz ist 99999.",
        all_of(put("UNB.5", "99999"), put("UNZ.2", "99999")),
    ),
    defect(
        "midnight", "01", "Die Datei entstand um Mitternacht.",
        put("UNB.4.2", "0000"),
    ),
    defect(
        "real-file", "01", "Es ist eine Echtdatei.",
        put("UNB.8", "2"),
    ),
    defect(
        "month-of-another", "01", "Der logische Dateiname nennt den Monat der Leistungen.",
        put("UNB.7", "SL030179S09"),
    ),
    defect(
        "voucher-though-not-needed", "02", "Zu einer Nachforderung kommt ein Beleg.",
        put("INV.3", "1"),
    ),
    defect(
        "former-ik", "03", "Die ursprüngliche Rechnung trug ein anderes IK.",
        put("URI.1", "461100877"),
    ),
    defect(
        "former-number", "04", "Die ursprüngliche Rechnung hatte eine Einzel-Rechnungsnummer.",
        put("URI.2", "A-135:11"),
    ),
)  # fmt: skip

ALLOWED: Final = (*WRITTEN, *PEOPLE, *PRESCRIPTIONS, *INVOICES)
