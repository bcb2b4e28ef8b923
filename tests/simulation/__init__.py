"""Whole flows under faults: every single one, all pairs, and random schedules that a seed repeats."""
