"""Who writes to us: contacts, their addresses, what they permit and what bars the way to them."""
