"""The FAQ engine, measured side by side with what others use."""
