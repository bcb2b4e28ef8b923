"""A stage on AWS as operators meet it: its stack, what is deployed onto it, and whether all of that works."""
