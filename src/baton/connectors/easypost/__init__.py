"""EasyPost: what carriers scanned, by its webhooks."""
