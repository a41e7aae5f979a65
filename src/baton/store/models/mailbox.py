"""How far connected mailboxes have been read."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class MailPlace(models.Model):
    """The place in an inbox's mailbox behind which mail is new; `id` is the inbox's own.

    It is of one `account` and folder, known by a fingerprint; UIDs mean something there while
    the folder's `validity` stays (RFC 3501). `problem` says in plain words why it cannot be
    read, since `problem_at`.
    """

    id = id_field()
    workspace_id = ref_field()
    account = models.CharField(max_length=32)
    validity = models.BigIntegerField(null=True)
    last = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)
    problem_at = models.DateTimeField(null=True)
