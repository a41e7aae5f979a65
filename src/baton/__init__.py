"""Baton: customer-service automation that knows when to hand over."""

__version__ = "0.1.0"
