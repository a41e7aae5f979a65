"""Baton seen from outside: the web chat, providers' webhooks, mailboxes and signed links."""
