"""Pushes: each notice once, with a known outcome, within WeChat's rules."""
