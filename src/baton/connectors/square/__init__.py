"""Square Appointments: what it posts of bookings, with what it is asked of them."""
