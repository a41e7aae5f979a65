"""What happened, counted, with the rows behind each number."""
