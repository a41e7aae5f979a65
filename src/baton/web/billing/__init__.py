"""Invoices as the staff see them."""
