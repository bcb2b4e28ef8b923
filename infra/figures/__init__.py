"""Daily figures as operators read them."""
