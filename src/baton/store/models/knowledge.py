"""The knowledge base: articles with their versions, what they did, and what agents say of them."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Article(models.Model):
    """An article of a workspace; what it says stands in its versions.

    `name` never changes, since uses and suggestions refer to it. An archived
    article answers nobody; it keeps its versions and its numbers.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    version_id = ref_field()  # the version in force
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="article_by_name"),
        ]


class ArticleVersion(models.Model):
    """An article as somebody saved it, with who, when and why (GV10); never changed afterwards."""

    id = id_field()
    workspace_id = ref_field()
    article_id = ref_field()
    version = models.IntegerField()
    intent = models.CharField(max_length=60)
    question = models.CharField(max_length=200)
    variants = models.JSONField(default=list)
    answer = models.TextField()
    channel_answers = models.JSONField(default=dict)  # an own answer, by channel
    cta_label = models.CharField(max_length=40, blank=True)
    cta_url = models.CharField(max_length=500, blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    location_id = models.CharField(max_length=32, blank=True)  # "" is every location
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=60)  # "system", "user:<id>"
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article_id", "version"], name="article_version_once"),
        ]
        indexes = [models.Index(fields=["workspace_id", "intent"])]  # what answers an intent


class ArticleUse(models.Model):
    """What an article did in a conversation: a fact, never changed afterwards.

    `outcome` is given, not_helpful, handed_over (right after it) or recontacted
    (within the window of `core.policy`); the other three name the version given last.
    """

    id = id_field()
    workspace_id = ref_field()
    article = models.CharField(max_length=60)
    version = models.IntegerField()
    conversation_id = ref_field()
    turn_id = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "article", "at"]),  # an article's numbers
            models.Index(fields=["conversation_id"]),  # which answers a conversation was given
        ]


class ArticleSuggestion(models.Model):
    """An agent's note on what an article should say instead (FQ18); identifiers are masked."""

    id = id_field()
    workspace_id = ref_field()
    article = models.CharField(max_length=60)
    conversation_id = ref_field()
    turn_id = ref_field()
    text = models.CharField(max_length=600)
    made_by_id = ref_field()
    made_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, blank=True)  # "", done or declined
    closed_by_id = ref_field(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "article", "verdict"])]  # the open ones
