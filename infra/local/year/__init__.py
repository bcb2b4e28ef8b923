"""A year of a shop in memory: simulated followers, real handlers and workers, a clock that is moved."""
