"""Words of places as people read them in the console."""

from baton.core.bookings import Entry, Kind, State

KINDS = {Kind.CLASS: "Class", Kind.APPOINTMENT: "Appointment", Kind.PARTY: "Party"}
ENTRIES = {
    Entry.AHEAD: "Booked ahead",
    Entry.LATE: "Registered late",
    Entry.WALK_IN: "Walked in",
}
DEEDS: dict[State, tuple[tuple[str, str, str], ...]] = {
    State.WAITING: (("release", "Take off the list", ""), ("take", "Book them now", "primary")),
    State.HELD: (("take", "Book it for them", "primary"), ("release", "Let the place go", "")),
    State.BOOKED: (
        ("confirm", "Confirm", "primary"),
        ("attended", "Came", "good"),
        ("no_show", "Did not come", ""),
        ("cancel", "Cancel", "bad"),
    ),
    State.CONFIRMED: (
        ("attended", "Came", "good"),
        ("no_show", "Did not come", ""),
        ("cancel", "Cancel", "bad"),
    ),
    State.ATTENDED: (("no_show", "Did not come after all", ""),),
    State.NO_SHOW: (("attended", "Came after all", "good"),),
    State.CANCELLED: (("restore", "Bring back", ""),),
    State.RELEASED: (),
}
"""What is offered of a booking in each state: the deed, its words, and its look."""

ONLY_AFTER = frozenset({"attended", "no_show"})
"""Deeds that make no sense before it has begun."""
