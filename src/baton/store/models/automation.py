"""Flows, their versions and the runs of contacts through them."""

from django.db import models
from django.db.models import Q

from baton.store.models.base import id_field, ref_field


class FlowVersion(models.Model):
    """An immutable version of a flow, with who published it and why (GV7, GV8).

    `source` is the YAML that `document` was read from, with its comments; "" where nobody
    kept it.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    version = models.IntegerField()
    document = models.JSONField()
    source = models.TextField(default="", blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "name", "version"], name="flow_version_once"
            ),
        ]


class Run(models.Model):
    """One contact going through one flow version; its state is sealed, since it holds answers.

    `subject` tells it from the contact's other runs of the flow (a booking's number, as a
    fingerprint); `is_proactive` says that it goes on for a reason of its own when nobody
    speaks to it; `inside` is the flow that it goes through right now, "" for its own;
    `awaits` and `events` are what would move it, so that a message or an event finds it
    without its state being opened. One that `is_shadow` says and does nothing (PL5).
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    contact_id = ref_field()
    flow = models.CharField(max_length=60)
    version = models.IntegerField()
    step = models.CharField(max_length=60)
    inside = models.CharField(max_length=60, blank=True, default="")
    inside_version = models.IntegerField(default=0)
    subject = models.CharField(max_length=64, blank=True, default="")
    awaits = models.CharField(max_length=10, blank=True, default="")
    is_proactive = models.BooleanField(default=False)
    events = models.CharField(max_length=400, blank=True, default="")  # ",this,that,"
    is_shadow = models.BooleanField(default=False)
    status = models.CharField(max_length=10)  # waiting, ended, stopped
    state_sealed = models.BinaryField()
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            # a batch's snapshot: the contact's runs that wait
            models.Index(
                fields=["contact_id"], condition=Q(status="waiting"), name="run_waiting_of_contact"
            ),
            # the flow's page: how many wait in which step of which version
            models.Index(
                fields=["workspace_id", "flow", "version", "step", "inside", "inside_version"],
                condition=Q(status="waiting"),
                name="run_waiting_in_place",
            ),
            # the same of a flow that others go through
            models.Index(
                fields=["workspace_id", "inside"],
                condition=Q(status="waiting") & ~Q(inside=""),
                name="run_waiting_inside",
            ),
        ]


class FlowPause(models.Model):
    """A flow that somebody stopped for a while: nothing new starts, nobody in it is moved.

    `ends_runs` says that those who were in it were let go instead of held. Kept when it is
    over, with who resumed it and why.
    """

    id = id_field()
    workspace_id = ref_field()
    flow = models.CharField(max_length=60)
    ends_runs = models.BooleanField()
    paused_at = models.DateTimeField()
    paused_by = models.CharField(max_length=60)  # "user:<id>" or "system"
    reason = models.CharField(max_length=300)
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.CharField(max_length=60, blank=True, default="")
    resume_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "flow"],
                condition=Q(resumed_at=None),
                name="flow_paused_once",
            ),
        ]


class ReportedEvent(models.Model):
    """An event that some system has reported: the check knows its name from then on."""

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="reported_event_once"),
        ]


class HeldFact(models.Model):
    """What would have moved a run of a paused flow: sealed as in the inbox, which it returns to."""

    id = id_field()
    workspace_id = ref_field()
    flow = models.CharField(max_length=60)
    lane = models.TextField()
    kind = models.TextField()
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # a resumed flow's facts, in the order in which they came
            models.Index(fields=["workspace_id", "flow", "id"], name="held_fact_of_flow"),
        ]


class Task(models.Model):
    """Something that a flow gave people to do (R14); its title is sealed.

    `outcome` is a word of `core.outreach.Outcome`, "" until it is done.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    conversation_id = ref_field()
    flow = models.CharField(max_length=60)
    queue = models.CharField(max_length=40)
    title_sealed = models.BinaryField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)  # it was told that it is late
    done_at = models.DateTimeField(null=True)
    done_by_id = ref_field(null=True)
    outcome = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        indexes = [
            # the list of what is to be done, the most urgent first
            models.Index(
                fields=["workspace_id", "due_at"], condition=Q(done_at=None), name="task_open"
            ),
            # what is to be done about one contact
            models.Index(fields=["conversation_id"], name="task_of_conversation"),
        ]


class Exposure(models.Model):
    """A contact saw a variant of a split for the first time (AB4)."""

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    flow = models.CharField(max_length=60)
    version = models.IntegerField()
    split = models.CharField(max_length=60)
    variant = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "flow", "split", "contact_id"], name="exposure_once"
            ),
        ]
        indexes = [
            # what a page of contacts was dealt, to be folded
            models.Index(fields=["contact_id"], name="exposure_of_contact"),
        ]


class OfferMade(models.Model):
    """An offer that a flow made: what it may cost is counted by these (CH13).

    `cost_minor` is what one cost on the average by the policy then, `worth_minor` what the contact
    was worth in a year; null where nobody knows.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    flow = models.CharField(max_length=60)
    offer = models.CharField(max_length=60)
    cost_minor = models.IntegerField(null=True)
    worth_minor = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "at"], name="offers_of_month"),
            models.Index(fields=["contact_id"], name="offers_of_contact"),
        ]


class DigestLine(models.Model):
    """A line that waits for its contact's next digest; both texts are sealed."""

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    digest = models.CharField(max_length=60)
    opening_sealed = models.BinaryField()
    line_sealed = models.BinaryField()
    purpose = models.CharField(max_length=20, default="service")  # of the flow that added it
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            # the lines of a digest that goes out, and whether one is open already
            models.Index(fields=["contact_id", "digest", "id"], name="digest_of_contact"),
        ]


class CannedResponse(models.Model):
    """An agent's saved reply, written by typing `/short_code`."""

    id = id_field()
    workspace_id = ref_field()
    short_code = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "short_code"], name="canned_by_code"),
        ]
