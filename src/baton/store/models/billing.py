"""What contacts owe, and what was reported to be paid: ours, or mirrors of other systems.

`system_id` is the connected system whose mirror a row is, "" for ours; `reference` names the
thing within it, and `stamp` orders its states. Money is in minor units of `currency`.
"""

from django.db import models

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class Invoice(models.Model):
    """Something owed; `state` is a word of `core.billing.InvoiceState`.

    `number` is what people read. `cause` and `cause_id` name what it is about, a word of
    `core.billing.Cause` and the id of that row, "" for nothing that we know. What it says
    to the contact is sealed, since people write it. `made_by` is "user:<id>",
    "contact:<id>", "flow:<name>" or "system:<id>". `checkout` is the provider's page on
    which it is being paid, as its name there, and `checkout_sealed` its address, good
    until `checkout_until`. `pay_url` is where a mirror's own system takes the money.
    """

    id = id_field()
    workspace_id = ref_field()
    system_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")
    reference = models.CharField(max_length=120)
    stamp = models.CharField(max_length=40, blank=True, default="")
    contact_id = ref_field()
    number = models.CharField(max_length=40)
    amount_minor = models.IntegerField()
    currency = models.CharField(max_length=3)
    memo_sealed = models.BinaryField(default=b"")
    cause = models.CharField(max_length=20, blank=True, default="")
    cause_id = models.CharField(max_length=ids.LENGTH, blank=True, default="")
    state = models.CharField(max_length=10)
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True, default="")
    made_by = models.CharField(max_length=80)
    checkout = models.CharField(max_length=120, blank=True, default="")
    checkout_sealed = models.BinaryField(default=b"")
    checkout_until = models.DateTimeField(null=True)
    pay_url = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "system_id", "reference"], name="invoice_once"
            )
        ]
        indexes = [
            # the list of invoices: what is owed, by when
            models.Index(fields=["workspace_id", "state", "due_at"], name="invoice_owed"),
            models.Index(fields=["contact_id", "issued_at"], name="invoice_of_contact"),
            # the deposit of a booking, the renewal of a membership
            models.Index(fields=["workspace_id", "cause_id"], name="invoice_of_cause"),
        ]


class Payment(models.Model):
    """A payment that was reported, by a provider or by a person of the staff.

    `paid_by` and `state` are words of `core.billing`; `reference` is the provider's name
    for it, which comes once, "" for what a person noted; `noted_by` who told of it.
    """

    id = id_field()
    workspace_id = ref_field()
    invoice_id = ref_field()
    contact_id = ref_field()
    paid_by = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    amount_minor = models.IntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, blank=True, default="")
    noted_by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "reference"],
                condition=~models.Q(reference=""),
                name="payment_once",
            )
        ]
        indexes = [models.Index(fields=["invoice_id", "at"], name="payment_of_invoice")]
