"""What must not stand in the database in clear: fingerprints, encryption, and keys with ids."""
