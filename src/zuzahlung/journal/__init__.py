"""Who did what, for whom, on which permission: entries are added and never changed."""
