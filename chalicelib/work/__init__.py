"""What runs by queue and by clock: the jobs that callbacks leave behind."""
