"""Calendly: what it posts of invitees, by its webhooks."""
