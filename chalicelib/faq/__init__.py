"""What followers ask, and what the account answers."""
