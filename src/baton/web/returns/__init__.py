"""What contacts send back, as the staff see it."""
