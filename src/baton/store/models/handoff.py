"""What people are asked for: escalations, handoffs, who has them, and the clocks that run."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Escalation(models.Model):
    """A trigger that fired (E15, E16): which rule, on what evidence, and a later verdict.

    `act` is a word of `core.escalation.Act`; `version` that of the workspace's own rule, 0
    for those that Baton or a flow brings. `verdict` is a word of `core.escalation.Verdict`,
    "" until somebody has looked.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    at = models.DateTimeField()
    trigger = models.CharField(max_length=40)
    act = models.CharField(max_length=10, default="hand_over")
    version = models.IntegerField(default=0)
    evidence = models.CharField(max_length=200)  # tokenised
    verdict = models.CharField(max_length=10, blank=True)
    judged_by_id = ref_field(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "at"]),  # the monthly review
            # what fired in a conversation, newest last
            models.Index(fields=["conversation_id", "at"], name="escalation_of"),
        ]


class Handoff(models.Model):
    """The act of passing a conversation to people: offered, accepted, resolved or returned.

    It is a human stretch: `offered_at` and `ended_at` are its two ends. Who had it meanwhile is
    in `Assignment`. `is_card_seen` tells of who answered first, as they did; `is_restated`
    whether the contact had to say again what they had said before, as people ended it. Null is
    "nobody knows".
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    queue = models.CharField(max_length=40)
    is_async = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField(default=0)  # what is asked for, where it is money
    card_sealed = models.BinaryField()
    lacks = models.CharField(max_length=60, blank=True)  # of core.card.MAY_LACK, by commas
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by_id = ref_field(null=True)
    replied_at = models.DateTimeField(null=True)  # the first answer of a person
    is_card_seen = models.BooleanField(null=True)
    is_restated = models.BooleanField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["conversation_id", "offered_at"]),  # the handoff in force
            models.Index(fields=["workspace_id", "offered_at"], name="handoff_in_window"),
            models.Index(  # one person's day: what they closed
                fields=["accepted_by_id", "ended_at"],
                condition=models.Q(accepted_by_id__isnull=False),
                name="handoff_by_person",
            ),
        ]


class Assignment(models.Model):
    """Somebody of the staff having a conversation of a handoff: from when to when.

    `ended_by` is a word of `services.conversation.assignments.Ended`, "" while it runs.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    handoff_id = ref_field()
    user_id = ref_field()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            # a conversation is with one person at most
            models.UniqueConstraint(
                fields=["conversation_id"],
                condition=models.Q(ended_at=None),
                name="assignment_running",
            ),
        ]
        indexes = [models.Index(fields=["handoff_id", "began_at"], name="assignment_of")]


class Invitation(models.Model):
    """A waiting conversation offered to one person, for a moment; then to the next.

    `state` is a word of `core.inviting.State`.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    handoff_id = ref_field()
    user_id = ref_field()
    at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # one person at a time is asked
            models.UniqueConstraint(
                fields=["conversation_id"],
                condition=models.Q(state="open"),
                name="invitation_open",
            ),
        ]
        indexes = [
            models.Index(  # what somebody is asked for now
                fields=["user_id"], condition=models.Q(state="open"), name="invitation_of_user"
            ),
            models.Index(fields=["handoff_id"], name="invitation_of_handoff"),  # who was asked
        ]


class SlaClock(models.Model):
    """A running promise to a contact; `kind` is a word of `core.clocks.Kind`.

    `window_seconds` are the opening hours that it has in all; `queue` is where the
    conversation waited as it started. One that is paused is due later, once it goes on.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    kind = models.CharField(max_length=20)
    queue = models.CharField(max_length=40, blank=True, default="")
    window_seconds = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)  # the matter ended without an answer

    class Meta:
        indexes = [
            models.Index(fields=["conversation_id", "started_at"]),  # a conversation's clocks
            models.Index(  # promises that are about to break
                fields=["workspace_id", "due_at"],
                condition=models.Q(met_at=None, stopped_at=None),
                name="clock_running",
            ),
            models.Index(  # the inbox: the clock of a conversation that is due first
                fields=["conversation_id", "due_at", "id"],
                condition=models.Q(met_at=None, stopped_at=None, paused_at=None),
                name="clock_next",
            ),
        ]


class Breach(models.Model):
    """What was promised to a contact and not kept, or a conversation that was forgotten.

    `reason` is a word of `core.breaches.Reason`. It stays open until somebody answers,
    takes or settles the conversation; `assignee_id` is who had it then.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    clock_id = ref_field(null=True)
    reason = models.CharField(max_length=20)
    queue = models.CharField(max_length=40, blank=True)
    assignee_id = ref_field(null=True)
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # a conversation is told once of each reason, until that is over
            models.UniqueConstraint(
                fields=["conversation_id", "reason"],
                condition=models.Q(ended_at=None),
                name="breach_open",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace_id", "ended_at", "at"], name="breach_list"),
        ]


class QueuePace(models.Model):
    """How long a conversation of a queue takes people, as last measured (U18)."""

    id = id_field()
    workspace_id = ref_field()
    queue = models.CharField(max_length=40)
    seconds = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "queue"], name="pace_of_queue"),
        ]


class Notice(models.Model):
    """Something that one person should know, until they have seen it.

    `kind` is a word of `services.notices.Kind`; `details` completes its sentence.
    """

    id = id_field()
    workspace_id = ref_field()
    user_id = ref_field()
    kind = models.CharField(max_length=20)
    conversation_id = ref_field(null=True)
    details = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)  # with a digest

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "at"], name="notice_of_user"),
            models.Index(  # how many a person has not seen
                fields=["user_id"], condition=models.Q(seen_at=None), name="notice_unseen"
            ),
        ]
