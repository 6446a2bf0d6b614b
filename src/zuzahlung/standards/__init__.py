"""What law and published documents say, as pure functions: no Django, no clock, no environment."""
