"""Cal.com: what it posts of bookings, by its webhooks."""
