"""A § 302 file as a person reads it: its invoices, cases and positions in words and sums, while it is read."""
