"""Assessments of past conversations, and the request types that a workspace took from them."""

from django.db import models
from django.db.models import Q

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class PastAssessment(models.Model):
    """A file of past conversations, on its way to an assessment or assessed.

    `state` is reading, done or failed; `progress` says what is being done, `share` how much of
    all is done (0 to 1). `told_sealed` is the assessment as JSON, sealed, for it holds examples
    of what people wrote. The file itself is kept nowhere.
    """

    id = id_field()
    workspace_id = ref_field()
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10)
    progress = models.CharField(max_length=80, blank=True, default="")
    share = models.FloatField(default=0.0)
    progress_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True, default="")
    told_sealed = models.BinaryField(default=b"")
    made_by = models.CharField(max_length=40)  # "user:<id>"
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            # one at a time: it takes a core for a minute
            models.UniqueConstraint(
                fields=["workspace_id"],
                condition=Q(state="reading"),
                name="assessment_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "id"], name="assessments_listed")]


class OwnRequestType(models.Model):
    """A request type of the workspace's own, or its own axes for one of the pack's."""

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=100)
    complexity = models.PositiveSmallIntegerField()
    emotion = models.PositiveSmallIntegerField()
    frequency_per_week = models.PositiveIntegerField()
    value = models.PositiveSmallIntegerField()
    assessment_id = models.CharField(max_length=ids.LENGTH)
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="own_type_once"),
        ]
