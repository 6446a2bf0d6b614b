"""Institutions by their IK, their people and roles, sign-in, and the letters with credentials."""
