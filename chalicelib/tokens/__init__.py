"""Keeping every account's access token fresh."""
