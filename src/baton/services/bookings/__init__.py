"""The embedded store of bookings: what can be booked, who has a place, who belongs."""
