"""Words that are approved before they go out."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class TemplateVersion(models.Model):
    """One version of a template, with who wrote it and why.

    A template is its name on a channel in a language. `body` has places as a flow's texts have,
    `replies` lists its quick replies as {"key": ..., "label": ...}, `examples` a value for each
    place. The `header` is an email's subject, or stands above a WhatsApp text, the `footer` below
    it, and one button leads to `link_url`. `state` is a word of `core.template.TemplateState`,
    `reason` why the provider refused or paused it. The provider knows the version as
    `provider_name` and `provider_id`; each has a name of its own, so that the one before goes on
    being sent while the next waits for approval. On SMS and by email a person decides in the
    provider's place. `quality` is the provider's word for how people take it.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    number = models.IntegerField()
    body = models.TextField()
    header = models.CharField(max_length=400, blank=True, default="")
    footer = models.CharField(max_length=60, blank=True, default="")
    link_label = models.CharField(max_length=25, blank=True, default="")
    link_url = models.CharField(max_length=2_000, blank=True, default="")
    replies = models.JSONField(default=list)
    examples = models.JSONField(default=list)
    purpose = models.CharField(max_length=20)
    state = models.CharField(max_length=20, default="draft")
    reason = models.CharField(max_length=300, blank=True, default="")
    provider_name = models.CharField(max_length=80, blank=True, default="")
    provider_id = models.CharField(max_length=64, blank=True, default="")
    quality = models.CharField(max_length=20, blank=True, default="")
    written_by = models.CharField(max_length=120)
    why = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "name", "channel", "language", "number"],
                name="template_version_once",
            ),
        ]
