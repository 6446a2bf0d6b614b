"""The use cases of accounts, one module per group; edges and higher businesses call these and nothing below."""
