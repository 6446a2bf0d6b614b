"""Who owes a Zuzahlung on which day, and the key that follows (§§ 32, 61, 62 SGB V)."""
