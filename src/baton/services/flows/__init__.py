"""Flows at the desk of who owns them: written, checked, tried, published, paused, moved."""
