"""The room of places: the calendar, slots and bookings, what can be booked, who belongs."""
