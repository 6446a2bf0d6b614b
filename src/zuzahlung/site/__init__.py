"""Settings, addresses and start of the two sites: the only place that knows all others."""
