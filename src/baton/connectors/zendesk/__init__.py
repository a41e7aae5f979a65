"""Zendesk: tickets that hold a whole conversation, for whoever works there."""
