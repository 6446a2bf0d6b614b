"""Prüfstufen 1 to 3 of TA1 chapter 6: every finding of a § 302 file, while it is read, in memory that does not grow."""
