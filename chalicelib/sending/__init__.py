"""What every send must respect."""
