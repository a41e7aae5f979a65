"""AfterShip: what carriers scanned, by its webhooks."""
