"""The command `zuzahlung`: starting the house, working on its files, and importing into it."""
