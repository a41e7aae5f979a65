"""Notifications to a visitor's browser, by Web Push."""
