"""How fast it is: `python -m tests.bench [name …]` prints Markdown tables, every figure beside its comparison."""
