"""Words on their way out: what may go, by which way, through which provider, and its fate."""
