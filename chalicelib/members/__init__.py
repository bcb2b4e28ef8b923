"""Followers as members: they come, act, opt out, ask for their data, and go."""
