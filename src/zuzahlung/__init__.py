"""Platform for co-payments (Zuzahlung) in German statutory health insurance."""
