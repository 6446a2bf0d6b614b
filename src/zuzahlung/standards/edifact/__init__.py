"""The place for reading and writing EDIFACT segments as text; nothing is written here yet."""
