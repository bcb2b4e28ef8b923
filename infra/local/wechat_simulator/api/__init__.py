"""WeChat's server-side API under its own paths, as functions of the world."""
