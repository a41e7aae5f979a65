"""Flows as their owners see, change, try and publish them."""
