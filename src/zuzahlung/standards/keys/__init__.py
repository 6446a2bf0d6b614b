"""Schlüsselverzeichnisse of TA3: each code beside its German meaning."""
