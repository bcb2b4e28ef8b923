"""Whether the reactivation report keeps its word: ``python -m tests.statistics [--into docs/reactivation.md]``."""
