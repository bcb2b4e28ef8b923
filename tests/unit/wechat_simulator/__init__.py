"""The simulator in-process: its core, its API and its faults, without a network."""
