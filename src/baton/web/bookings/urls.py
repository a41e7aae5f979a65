"""The addresses of this room: the calendar, and what stands in it."""

from django.urls import URLPattern, path

from baton.web.bookings import activities, calendar, members

urlpatterns: list[URLPattern] = [
    path("calendar", calendar.calendar_page, name="calendar"),
    path("calendar/slots/<slug:slot_id>", calendar.slot_page, name="slot"),
    path("calendar/slots/<slug:slot_id>/book", calendar.book, name="book_slot"),
    path("calendar/slots/<slug:slot_id>/capacity", calendar.capacity, name="slot_capacity"),
    path("calendar/slots/<slug:slot_id>/call-off", calendar.call_off, name="call_off_slot"),
    path("calendar/booked/<slug:booking_id>", calendar.gathered_page, name="gathered"),
    path("bookings/<slug:booking_id>", calendar.booking_page, name="booking"),
    path("bookings/<slug:booking_id>/<slug:name>", calendar.deed, name="booking_deed"),
    path("members", members.list_page, name="members"),
    path("members/new/<slug:contact_id>", members.new_page, name="new_member"),
    path("members/<slug:membership_id>", members.member_page, name="member"),
    path("members/<slug:membership_id>/check-in", members.check_in, name="check_in"),
    path("activities", activities.list_page, name="activities"),
    path("activities/<slug:activity_id>", activities.activity_page, name="activity"),
    path("activities/<slug:activity_id>/slots", activities.add_slots, name="add_slots"),
    path("activities/<slug:activity_id>/remove", activities.remove, name="remove_activity"),
]
