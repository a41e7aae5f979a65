"""What contacts owe, how they pay it, and what flows hear of it."""
