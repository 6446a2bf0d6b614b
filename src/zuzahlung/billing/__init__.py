"""From charge to invoice, transmission and answer: made by a later issue, its place in the house is here."""
