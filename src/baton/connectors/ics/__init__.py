"""Calendars as ICS feeds: looked at again and again, and read as bookings."""
