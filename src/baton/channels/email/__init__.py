"""Email: out over the business's own mail server, in from its mailbox or straight from others."""
