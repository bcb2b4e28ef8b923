"""Hostile input by the million: what a sender can send, drawn, sent and judged. Run by `python -m tests.fuzz`."""
