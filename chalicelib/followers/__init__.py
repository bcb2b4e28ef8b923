"""The followers that WeChat knows and ours: taken over, kept in step, told in a file, erased on request."""
