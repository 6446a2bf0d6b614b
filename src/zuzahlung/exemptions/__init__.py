"""Online-Hintergrund-Abfrage: is this insured exempt on this day? Permission, query, answer."""
