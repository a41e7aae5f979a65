"""Conversations: messages, turns, what was decided and who owns them."""

from django.db import models

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class Conversation(models.Model):
    """One thread about one matter with a contact.

    `status` is open, snoozed or resolved; `handled_by` is bot, queue, agent or
    async (core.ownership). `lane` is its contact's; `channel`, `inbox_id` and `address_lane`
    are where they wrote last, and where an answer goes. The triage axes are stored here so
    that reports can hold the assumptions against what happened (T9). `location_id`, `segment`
    and `tags` (as ",vip,at_risk,") are its contact's when it was opened: what they become later
    changes no report.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    inbox_id = ref_field()
    lane = models.CharField(max_length=64)
    address_lane = models.CharField(max_length=64)
    channel = models.CharField(max_length=20)
    status = models.CharField(max_length=10)
    handled_by = models.CharField(max_length=10)
    assignee_id = ref_field(null=True)
    queue = models.CharField(max_length=40, blank=True)
    run_id = ref_field(null=True)  # the run that spoke last and may take any words
    opened_by = models.CharField(max_length=10, default="contact")  # bot: nobody wrote in yet
    request_type = models.CharField(max_length=60, blank=True)
    triage = models.CharField(max_length=10, blank=True)
    complexity = models.SmallIntegerField(null=True)
    emotion = models.SmallIntegerField(null=True)
    frequency = models.IntegerField(null=True)
    value = models.SmallIntegerField(null=True)
    urgency = models.SmallIntegerField(default=0)
    urgency_cause = models.CharField(max_length=40, blank=True)
    is_flagged = models.BooleanField(default=False)  # negative words seen live (T10)
    # the live flags that nobody has looked at yet: triggers of `Escalation`, joined by commas
    flags = models.CharField(max_length=250, blank=True, default="")
    needs_review = models.BooleanField(default=False)  # answered below 80% (E25)
    failed_attempts = models.SmallIntegerField(default=0)
    bot_turns = models.SmallIntegerField(default=0)
    is_answered = models.BooleanField(default=False)  # since the last failed attempt
    negative_turns = models.SmallIntegerField(default=0)
    last_reply_hash = models.CharField(max_length=16, blank=True)
    # what the bot last answered with: "name:version" of each article, joined by commas
    last_articles = models.CharField(max_length=250, blank=True)
    first_message_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)  # the contact's first unanswered word
    handed_over_at = models.DateTimeField(null=True)
    human_ended_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=10, blank=True)  # bot or agent
    resolution_code = models.CharField(max_length=40, blank=True)
    is_confirmed = models.BooleanField(default=False)  # the contact said that it is solved
    recontacts = models.SmallIntegerField(default=0)
    reopened_at = models.DateTimeField(null=True)
    # the shortest span, in seconds, between a close and the contact's return (K3, K7)
    recontacted_after = models.IntegerField(null=True)
    location_id = models.CharField(max_length=32, blank=True, default="")  # "" is no one place
    segment = models.CharField(max_length=60, blank=True, default="")
    tags = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [
            # the newest conversation of a contact
            models.Index(fields=["contact_id", "first_message_at"]),
            # the inbox: what waits, scored, and every count, from the index alone
            models.Index(
                fields=[
                    "workspace_id",
                    "status",
                    "handled_by",
                    "urgency",
                    "queue",
                    "opened_by",
                    "is_flagged",
                    "assignee_id",
                    "id",
                ],
                name="inbox_standing",
            ),
            # the inbox: what one person has, newest word first
            models.Index(
                fields=["assignee_id", "status", "last_message_at"],
                condition=models.Q(assignee_id__isnull=False),
                name="inbox_mine",
            ),
            # the inbox: what is flagged, newest word first
            models.Index(
                fields=["workspace_id", "status", "last_message_at"],
                condition=models.Q(is_flagged=True),
                name="inbox_flagged",
            ),
            # the inbox: a folder, newest word first
            models.Index(fields=["workspace_id", "status", "last_message_at"], name="inbox_newest"),
            # the inbox: what a person should look at again
            models.Index(
                fields=["workspace_id", "last_message_at"],
                condition=models.Q(needs_review=True),
                name="inbox_review",
            ),
            # reports over a window
            models.Index(fields=["workspace_id", "first_message_at"]),
            # the live flags
            models.Index(
                fields=["workspace_id", "last_message_at"],
                condition=~models.Q(flags=""),
                name="conversation_live_flags",
            ),
        ]


class Intake(models.Model):
    """What a contact answered to a flow's questions about their health, sealed and apart."""

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    conversation_id = ref_field()
    flow = models.CharField(max_length=60)
    answers_sealed = models.BinaryField()  # JSON: words by question
    began_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation_id", "flow"], name="intake_of_flow")
        ]


class Message(models.Model):
    """One message or note; the text is sealed.

    `author` is contact, bot, agent or system; `delivery` tells an outgoing
    message's fate, or "received" for one that came in. `purpose` is a word of
    `core.consent.Purpose`; an unprompted message answers nobody, and is what limits and
    quiet hours are for. `held_until` is when one that waits is asked about again,
    `useful_until` when it is worth nothing any more, if ever.

    `channel`, `inbox_id` and `address_lane` are the way that it came or goes, which need not
    be the conversation's. `onward` joins the channels that are left to it with commas, in
    order, and `onward_sealed` is what it says there. One that went because another could not stands
    `instead_of_id` that one, which no second one ever does. `stand_in_sealed` holds the
    approved words that take its place out of its window, `template` their name once they did.
    `flow` is the one that wrote it.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    contact_id = ref_field()
    author = models.CharField(max_length=10)
    user_id = ref_field(null=True)
    is_note = models.BooleanField(default=False)
    client_id = models.CharField(max_length=64, blank=True)  # the writer's own name for it
    body_sealed = models.BinaryField()
    choices = models.JSONField(default=list)  # quick replies offered with it
    delivery = models.CharField(max_length=10)
    delivery_reason = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=20, default="service")
    is_unprompted = models.BooleanField(default=False)
    held_until = models.DateTimeField(null=True)
    useful_until = models.DateTimeField(null=True)
    channel = models.CharField(max_length=20, blank=True, default="")
    inbox_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")
    address_lane = models.CharField(max_length=64, blank=True, default="")
    onward = models.CharField(max_length=80, blank=True, default="")
    onward_sealed = models.BinaryField(default=b"")
    instead_of_id = ref_field(null=True)
    stand_in_sealed = models.BinaryField(default=b"")
    template = models.CharField(max_length=80, blank=True, default="")
    flow = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # nothing is told twice: what could not go has one successor at most
            models.UniqueConstraint(
                fields=["instead_of_id"],
                condition=models.Q(instead_of_id__isnull=False),
                name="message_instead",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation_id", "id"]),  # a transcript in order
            models.Index(fields=["contact_id", "id"]),  # what a widget has not shown yet
            # how often a contact was written to unasked, and what still waits to be sent
            models.Index(
                fields=["contact_id", "created_at"],
                condition=models.Q(is_unprompted=True),
                name="message_unprompted",
            ),
            # what we began in a window, for reports
            models.Index(
                fields=["workspace_id", "created_at"],
                condition=models.Q(is_unprompted=True),
                name="message_begun_in_window",
            ),
            # what was not sent, for the report
            models.Index(
                fields=["workspace_id", "created_at"],
                condition=models.Q(delivery__in=["refused", "held", "failed"]),
                name="message_withheld",
            ),
        ]


class Turn(models.Model):
    """One decision of the bot: what it read, what it did and why (H2, E15).

    `path` names the steps of the flow that it went through, in order, with a space between;
    those of a flow that was called stand as `flow.step`.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    at = models.DateTimeField()
    intent = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField(null=True)
    sentiment = models.FloatField(default=0)
    decision = models.CharField(max_length=30)
    reason = models.CharField(max_length=60)
    action = models.CharField(max_length=200)  # in words, for the card
    flow = models.CharField(max_length=60, blank=True)
    step = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(default=0)
    path = models.TextField(blank=True, default="")
    is_unanswered = models.BooleanField(default=False)  # a failed attempt to answer

    class Meta:
        indexes = [
            models.Index(fields=["conversation_id", "id"]),  # the decision log
            # which ways of a flow are taken
            models.Index(
                fields=["workspace_id", "flow", "version", "at"],
                condition=~models.Q(flow=""),
                name="turn_of_flow",
            ),
            # what was asked and not answered
            models.Index(
                fields=["workspace_id", "at"],
                condition=models.Q(is_unanswered=True),
                name="turn_unanswered",
            ),
        ]


class Review(models.Model):
    """A turn that a person should look at: an answer under 80% (E25, R8), or another reason.

    `read` is what the reader made of it then: its candidates, and the hard stops with
    their words (masked).
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    turn_id = ref_field()
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=20, blank=True)
    reviewed_by_id = ref_field(null=True)
    reviewed_at = models.DateTimeField(null=True)
    read = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "verdict", "at"]),  # the review queue
            models.Index(fields=["conversation_id"]),  # what still keeps a conversation open
        ]


class SurveyResponse(models.Model):
    """A survey asked, and its answer when one came (K2): `score` is 0 to 100.

    `kind` is one of `core.survey`'s scales. `follows_id` is the answered one that this asks
    again about (NP21). What the contact said of it is sealed.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    kind = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    rating = models.SmallIntegerField(null=True)
    score = models.FloatField(null=True)
    contact_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")
    flow = models.CharField(max_length=60, blank=True, default="")
    follows_id = ref_field(null=True)
    words_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["conversation_id", "asked_at"]),  # the survey in force
            # a contact's earlier answers
            models.Index(fields=["contact_id", "asked_at"], name="survey_of_contact"),
            # the list of feedback
            models.Index(fields=["workspace_id", "kind", "asked_at"], name="survey_by_kind"),
            # what came of an answer
            models.Index(
                fields=["follows_id"],
                condition=models.Q(follows_id__isnull=False),
                name="survey_following",
            ),
        ]
