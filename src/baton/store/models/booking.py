"""What can be booked, who booked it, and who belongs: ours, or mirrors of other systems.

Of every table, `system_id` is the connected system whose mirror a row is, "" for ours;
`reference` names the thing within that system (ours: a short code that people read out), and
`stamp` orders its states (`core.records`). Money is in minor units of the workspace's currency.
"""

from django.db import models

from baton.core import ids
from baton.core.records import MAX_STAMP
from baton.store.models.base import id_field, ref_field


def _system_field() -> "models.CharField[str, str]":
    return models.CharField(max_length=ids.LENGTH, blank=True, default="")


def _reference_field() -> "models.CharField[str, str]":
    return models.CharField(max_length=120)


def _stamp_field() -> "models.CharField[str, str]":
    return models.CharField(max_length=MAX_STAMP, blank=True, default="")


def _once(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["workspace_id", "system_id", "reference"], name=name)


class Activity(models.Model):
    """Something that can be booked: a class, an appointment, a party (`core.bookings.Kind`).

    `capacity` is what its slots have unless they say otherwise. `deposit_minor` is None where
    the workspace's rule for deposits counts. A contact may cancel until `cancel_minutes`
    before it begins; a held place is theirs for `hold_minutes`. Where
    `needs_staff_confirmation`, changes that contacts ask for go to a person (AP10). Those that
    `suits_beginners` marks are recommended to new members.
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = _system_field()
    reference = _reference_field()
    stamp = _stamp_field()
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    minutes = models.IntegerField()
    capacity = models.IntegerField(default=1)
    price_minor = models.IntegerField(default=0)
    deposit_minor = models.IntegerField(null=True)
    cancel_minutes = models.IntegerField(default=720)
    hold_minutes = models.IntegerField(default=30)
    needs_staff_confirmation = models.BooleanField(default=False)
    suits_beginners = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [_once("activity_once")]


class Slot(models.Model):
    """An activity at a location and time; with `cancelled_at` the business called it off.

    Of a mirror, `taken_there` is how many places its system says are taken, and `page_url` where
    people book it there.
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = _system_field()
    reference = _reference_field()
    stamp = _stamp_field()
    activity_id = ref_field()
    location_id = ref_field(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.IntegerField()
    cancelled_at = models.DateTimeField(null=True)
    taken_there = models.IntegerField(default=0)
    page_url = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [_once("slot_once")]
        indexes = [
            models.Index(fields=["workspace_id", "starts_at"], name="slot_calendar"),
            models.Index(fields=["activity_id", "starts_at"], name="slot_of_activity"),
        ]


class Booking(models.Model):
    """A contact's places (`core.bookings.State`); a mirror may have no slot that we know.

    `starts_at` is that of its slot. `held_until` is when a held place goes to the next;
    `reason` a word of `core.bookings.Reason`, `entry` one of `core.bookings.Entry`, `made_by`
    who made it: "user:<id>", "flow:<name>", "contact:<id>" or "system:<id>". What a party
    has to tell besides is sealed, for it holds a telephone number. `page_url` is where a
    mirror's own system lets the contact change it, `handle` what its API calls it where that is
    something else than its `reference`; `state_stamp` orders what that system tells
    of its state alone. `rating` is how they found it, 1 to 5,
    with their words, sealed.
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = _system_field()
    reference = _reference_field()
    stamp = _stamp_field()
    state_stamp = _stamp_field()
    contact_id = ref_field()
    activity_id = ref_field()
    slot_id = ref_field(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.IntegerField(default=1)
    state = models.CharField(max_length=20)
    entry = models.CharField(max_length=20, default="ahead")
    price_minor = models.IntegerField(default=0)
    deposit_minor = models.IntegerField(default=0)
    deposit_paid_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    party_sealed = models.BinaryField(default=b"")
    page_url = models.CharField(max_length=500, blank=True, default="")
    handle = models.CharField(max_length=120, blank=True, default="")
    rating = models.SmallIntegerField(null=True)
    rated_at = models.DateTimeField(null=True)
    said_sealed = models.BinaryField(default=b"")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [_once("booking_once")]
        indexes = [
            models.Index(fields=["slot_id", "state"], name="booking_places"),
            models.Index(fields=["contact_id", "starts_at"], name="booking_of_contact"),
            models.Index(fields=["workspace_id", "starts_at"], name="booking_calendar"),
        ]


class BookingName(models.Model):
    """What a system calls a booking since it was moved; `first` is what it was called first."""

    id = id_field()
    workspace_id = ref_field()
    system_id = _system_field()
    reference = _reference_field()
    first = _reference_field()

    class Meta:
        constraints = [_once("booking_name_once")]


class BookingChange(models.Model):
    """A change of a booking: what it was before, who changed it, and why."""

    id = id_field()
    workspace_id = ref_field()
    booking_id = ref_field()
    contact_id = ref_field()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    state_before = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=20)
    slot_before_id = ref_field(null=True)
    slot_id = ref_field(null=True)
    starts_at = models.DateTimeField()
    reason = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["booking_id", "at"], name="booking_history"),
            models.Index(fields=["contact_id", "at"], name="booking_change_of_contact"),
        ]


class Membership(models.Model):
    """A contact's membership: `state` is active, paused or ended, `ends_on` its last day.

    One that `renews` goes on behind it. `resume_on` is the day on which one that is paused
    goes on; `told_end` the end of which flows have heard that it comes. `prefers` is when they
    mostly come, a word of `core.recommending.DayPart`, "" where nobody said it. `value_event`
    is what counts as the first use of it, fixed when it begins: "" for a booking or a visit,
    else an event, which came first at `valued_at` (ON22).
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = _system_field()
    reference = _reference_field()
    stamp = _stamp_field()
    contact_id = ref_field()
    plan = models.CharField(max_length=80)
    state = models.CharField(max_length=20)
    price_minor = models.IntegerField(default=0)
    renews = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    ends_on = models.DateField(null=True)
    resume_on = models.DateField(null=True)
    told_end = models.DateField(null=True)
    prefers = models.CharField(max_length=20, blank=True, default="")
    value_event = models.CharField(max_length=60, blank=True, default="")
    valued_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [_once("membership_once")]
        indexes = [
            models.Index(fields=["contact_id"], name="membership_of_contact"),
            models.Index(fields=["workspace_id", "state", "ends_on"], name="membership_ending"),
        ]


class CheckIn(models.Model):
    """Somebody came, with a booking or without one."""

    id = id_field()
    workspace_id = ref_field()
    system_id = _system_field()
    reference = _reference_field()
    stamp = _stamp_field()
    contact_id = ref_field()
    booking_id = ref_field(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [_once("check_in_once")]
        indexes = [
            models.Index(fields=["contact_id", "at"], name="check_in_of_contact"),
            # holds all that the churn score counts
            models.Index(fields=["workspace_id", "contact_id", "at"], name="check_in_habits"),
            models.Index(fields=["workspace_id", "at"], name="check_in_of_day"),
            models.Index(fields=["booking_id"], name="check_in_of_booking"),
        ]
