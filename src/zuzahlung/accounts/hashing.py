"""The argon2id profile for what people choose or read off paper: the OWASP minimum, about 50 ms."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with t = 2, m = 19 MiB, p = 1 (OWASP Password Storage Cheat Sheet)."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
