"""The JSON interface for practice software, with its OpenAPI description."""
