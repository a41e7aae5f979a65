"""Telephone calls that say a message: kept for high value and for what did not arrive."""
