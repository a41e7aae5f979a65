"""Systems outside that tell us what happens, and what came of what they told."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class ConnectedSystem(models.Model):
    """A system that a workspace is connected with.

    `token` names it in its webhooks' address; `secret_sealed` signs them, and so does
    `former_sealed`, the one before, until `former_until`. `settings_sealed` is how it is
    reached, by `kind`, as JSON; `maps` are `core.mapping.FieldMap`s; `example_sealed` is a
    payload of its own that people map by. Disconnected, nothing is taken from it. Of a feed
    that is looked at, `seen` is the mark of each event by its name and `etag` that of the whole;
    `problem` is why it could not be looked at last. Who leads is told, at `silence_told_at`, when
    nothing came for `quiet_hours`; 0 hours are none.
    """

    id = id_field()
    workspace_id = ref_field()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    token = models.CharField(max_length=40, unique=True)
    secret_sealed = models.BinaryField()
    former_sealed = models.BinaryField(default=b"")
    former_until = models.DateTimeField(null=True)
    settings_sealed = models.BinaryField()
    maps = models.JSONField(default=list)
    example_sealed = models.BinaryField(default=b"")
    is_connected = models.BooleanField(default=True)
    heard_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=dict)
    etag = models.CharField(max_length=200, blank=True, default="")
    problem = models.CharField(max_length=200, blank=True, default="")
    quiet_hours = models.SmallIntegerField(default=0)
    silence_told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace_id"])]  # the systems of a workspace


class SystemDelivery(models.Model):
    """One thing that a system told, and its fate, a word of `core.fates.Fate`.

    `reference` is the system's own name for it, or one that we gave; `body_sealed` is what
    it said, kept for as long as the row. `told` says what it became. What came before the
    booking or the person that it is about `awaits` that, as a fingerprint.
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = ref_field()
    reference = models.CharField(max_length=64)
    body_sealed = models.BinaryField()
    received_at = models.DateTimeField()
    fate = models.CharField(max_length=12)
    told = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")
    takes = models.IntegerField(default=1)
    awaits = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints = [
            # take: is this one known already, and taken again?
            models.UniqueConstraint(
                fields=["system_id", "reference"], name="system_delivery_reference"
            ),
        ]
        indexes = [
            # the last of a system, its counts, and what is too old to be kept
            models.Index(fields=["system_id", "received_at"], name="system_delivery_received"),
            # what waits for somebody, or something, that has come
            models.Index(
                fields=["system_id", "awaits"],
                name="system_delivery_awaits",
                condition=~models.Q(awaits=""),
            ),
        ]


class SystemContact(models.Model):
    """Whom a system means by an id of its own, which is kept as a fingerprint."""

    id = id_field()
    workspace_id = ref_field()
    system_id = ref_field()
    token = models.CharField(max_length=64)
    contact_id = ref_field()

    class Meta:
        constraints = [
            # recognise: who is this?
            models.UniqueConstraint(fields=["system_id", "token"], name="system_contact_token"),
        ]
        indexes = [
            # what systems know of a contact, to part, show and erase it
            models.Index(fields=["contact_id"], name="system_contact_of"),
        ]


class Import(models.Model):
    """A file that a system exported, on its way in: `state` is a word of `core.fates.Step`.

    Dry, it is gone through without keeping anything, to be imported after; `done_pages` of
    `pages` are behind it. Lines are counted by what came of them; `problem` is why all of it
    ended.
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = ref_field()
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    is_dry = models.BooleanField()
    is_quiet = models.BooleanField(default=False)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lines = models.IntegerField(default=0)
    pages = models.IntegerField(default=0)
    done_pages = models.IntegerField(default=0)
    told = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    newcomers = models.IntegerField(default=0)
    problem = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        indexes = [
            # the last files of a system
            models.Index(fields=["system_id", "made_at"], name="import_of_system"),
        ]


class ImportPage(models.Model):
    """Some lines of a file that are still to be taken, sealed; gone once they are."""

    id = models.BigAutoField(primary_key=True)
    import_id = ref_field()
    number = models.IntegerField()
    body_sealed = models.BinaryField()

    class Meta:
        constraints = [
            # run: the page at hand
            models.UniqueConstraint(fields=["import_id", "number"], name="import_page_once"),
        ]


class ImportFault(models.Model):
    """Why a line of a file was not taken; what stood there is not repeated."""

    id = models.BigAutoField(primary_key=True)
    import_id = ref_field()
    line = models.IntegerField()
    column = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [
            # the report, in the order of the file
            models.Index(fields=["import_id", "line"], name="import_fault_line"),
        ]
