"""The place for sealing and opening files by the SECON rules (CMS); nothing is written here yet."""
