"""EDIFACT: segments as text and text as segments, with tables that describe them; knows nothing of health care."""
