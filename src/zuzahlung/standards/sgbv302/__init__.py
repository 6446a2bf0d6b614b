"""The place for SLGA and SLLA as tables (§ 302 SGB V); nothing is written here yet."""
