"""Daily figures, derived from the journal."""
