"""What followers write to human service while nobody is there, and how they are answered."""
