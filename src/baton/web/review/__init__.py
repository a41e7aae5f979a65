"""What was read, judged by people, and the readers that learn from it."""
