"""Money and exceptions that somebody proposed, and what people made of them."""

from django.db import models

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class Approval(models.Model):
    """A refund, credit, label or exception, from its proposal until it was carried out (BI6).

    `kind`, `state` and `asked` are words of `core.approvals` and `core.roles`; `reason` is a
    code of the pack. `proposed_by` is "user:<id>" or "flow:<name>"; a flow's is told to its
    run as the end of call `call_number`. `due_at` is until when `asked` has time, None once
    nobody is asked. What people wrote is sealed: what it concerns, why, the answer, and the
    number under which it was carried out. `problem` says why carrying it out failed last.
    `return_id` is the return that it pays for, "" for none.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    kind = models.CharField(max_length=20)
    amount_minor = models.IntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40)
    subject_sealed = models.BinaryField()
    note_sealed = models.BinaryField()
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    run_id = ref_field(null=True)
    call_number = models.IntegerField(default=0)
    state = models.CharField(max_length=12)
    asked = models.CharField(max_length=20)
    due_at = models.DateTimeField(null=True)
    decided_by_id = ref_field(null=True)
    decided_at = models.DateTimeField(null=True)
    answer_sealed = models.BinaryField(default=b"")
    carried_out_by_id = ref_field(null=True)
    reference_sealed = models.BinaryField(default=b"")
    problem = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    return_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")

    class Meta:
        indexes = [
            # what waits for whom, and what is over, newest first
            models.Index(fields=["workspace_id", "state", "proposed_at"], name="approval_by_state"),
            # a conversation's, and what was granted in it
            models.Index(fields=["conversation_id", "id"], name="approval_talk"),
            # what was proposed for a return
            models.Index(
                fields=["return_id"],
                condition=~models.Q(return_id=""),
                name="approval_of_return",
            ),
            # one person's own
            models.Index(fields=["workspace_id", "proposed_by", "id"], name="approval_of_person"),
        ]
