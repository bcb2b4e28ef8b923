"""The demo account: a shop, its words and its followers."""
