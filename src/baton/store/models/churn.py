"""Who may leave: each contact's latest score, signs told of elsewhere, and what was learned."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class ChurnScore(models.Model):
    """A contact's score as it stands (`core.churn.Churn`); its id is the contact's.

    `signs` is what it came from, as JSON; what is counted in days is kept by the moment since
    which it is. `value_minor` is what they are worth in a year, in minor units. `scored_at` is
    when any of this changed last. Contacts in whom nothing is seen have no row.
    """

    id = id_field()
    workspace_id = ref_field()
    points = models.IntegerField()
    signs = models.TextField()
    is_at_risk = models.BooleanField()
    is_high_value = models.BooleanField()
    value_minor = models.BigIntegerField(default=0)
    since = models.DateTimeField()  # at risk, or not at risk, without a break
    scored_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "is_at_risk", "-points", "id"], name="churn_list"),
            models.Index(fields=["workspace_id", "id"], name="churn_page"),
        ]


class ContactSign(models.Model):
    """When another system last told of a sign of a contact: a payment failed, the app was opened.

    `sign` is a word of `core.churn.Sign`.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    sign = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "contact_id"], name="contact_signs")]


class ChurnModel(models.Model):
    """What was learned last of who leaves (`core.churn_model`), held against the rules.

    `weights` is the model as JSON, "" where too little is known. Of `contacts` the share
    `left` stayed away; how well each way ranked them is an AUC, 0.5 for no better than chance.
    Scores go by it from `used_at` on, None while they go by the rules.
    """

    id = id_field()
    workspace_id = ref_field()
    weights = models.TextField(blank=True, default="")
    contacts = models.IntegerField(default=0)
    left = models.FloatField(default=0.0)
    auc_model = models.FloatField(default=0.0)
    auc_rules = models.FloatField(default=0.0)
    fitted_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id"], name="churn_model_once")]
