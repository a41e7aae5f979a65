"""Who may leave: the latest score of each contact, and signs that other systems told of."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class ChurnScore(models.Model):
    """A contact's score as it stands (`core.churn.Churn`); its id is the contact's.

    `signs` is what it came from, as JSON. `value_minor` is what they are worth in a year, in
    minor units. Contacts in whom nothing is seen have no row.
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
