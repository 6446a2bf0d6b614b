"""Billing Heilmittel by § 302 SGB V: SLGA and SLLA:B as tables, their order, formulas, Prüfstufen and file names."""
