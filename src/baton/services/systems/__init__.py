"""Systems outside: connected, heard, and told to whom it concerns."""
