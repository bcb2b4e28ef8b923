"""Winning silent followers back: who is asked, by what, and whether it worked."""
